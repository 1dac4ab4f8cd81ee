"""Who may do what to whose data: one table, which every operation and every page asks.

A role reaches, for an operation, nothing (the default), its own rows, those of the teams
that it manages, those of its region, or all. Somebody with several roles may do what any
of them may; what is ``OF_OTHERS`` no role lets anybody do to themselves.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """The roles that an account can have."""

    ADMINISTRATOR = "administrator"
    HR = "hr"
    HR_REGION = "hr_region"
    FINANCE = "finance"
    SALES_DIRECTOR = "sales_director"
    MANAGER = "manager"
    SALESPERSON = "salesperson"
    AUDITOR = "auditor"


class Reach(StrEnum):
    """Whose rows: one's own, one's teams' (without oneself), one's region's, everybody's."""

    OWN = "own"
    TEAM = "team"
    REGION = "region"
    ALL = "all"


_ADMIN, _HR, _REGION = Role.ADMINISTRATOR, Role.HR, Role.HR_REGION
_FIN, _DIR, _MGR = Role.FINANCE, Role.SALES_DIRECTOR, Role.MANAGER
_SALES, _AUDIT = Role.SALESPERSON, Role.AUDITOR

_READERS_OF_PAY = {
    _HR: {Reach.ALL},
    _REGION: {Reach.REGION},
    _FIN: {Reach.ALL},
    _DIR: {Reach.ALL},
    _MGR: {Reach.OWN, Reach.TEAM},
    _SALES: {Reach.OWN},
    _AUDIT: {Reach.ALL},
}

_LEADERS = {
    _HR: {Reach.ALL},
    _REGION: {Reach.REGION},
    _DIR: {Reach.ALL},
    _MGR: {Reach.TEAM},
}

OPERATIONS: MappingProxyType[str, dict[Role, set[Reach]]] = MappingProxyType(
    {
        # accounts: the system's administrator, who sees no pay
        "add_account": {_ADMIN: {Reach.ALL}},
        "change_account": {_ADMIN: {Reach.ALL}},
        "list_accounts": {_ADMIN: {Reach.ALL}, _AUDIT: {Reach.ALL}},
        "back_up": {_ADMIN: {Reach.ALL}},
        # data
        "import_records": {_HR: {Reach.ALL}},
        "mend_row": {_HR: {Reach.ALL}},
        "list_people": {_ADMIN: {Reach.ALL}, **_READERS_OF_PAY},
        "list_records": _READERS_OF_PAY,
        "list_imports": {_HR: {Reach.ALL}, _FIN: {Reach.ALL}, _AUDIT: {Reach.ALL}},
        # rules: everybody who is appraised by them may read them
        "list_policies": {
            role: {Reach.ALL} for role in (_HR, _REGION, _FIN, _DIR, _MGR, _SALES, _AUDIT)
        },
        "list_versions": {role: {Reach.ALL} for role in (_HR, _FIN, _DIR, _AUDIT)},
        "draft_policy": {_HR: {Reach.ALL}},
        "submit_policy": {_HR: {Reach.ALL}},
        "read_submissions": {role: {Reach.ALL} for role in (_HR, _FIN, _DIR, _AUDIT)},
        "approve_policy": {_FIN: {Reach.ALL}, _DIR: {Reach.ALL}},
        "publish_policy": {_HR: {Reach.ALL}},
        # somebody whom a change in a begun period makes worse off answers for themselves
        "answer_consent": {_MGR: {Reach.OWN}, _SALES: {Reach.OWN}},
        # what other rules would give everybody: HR asks, whoever decides reads
        "simulate": {_HR: {Reach.ALL}},
        "list_simulations": {role: {Reach.ALL} for role in (_HR, _FIN, _DIR, _AUDIT)},
        "list_fairness": {role: {Reach.ALL} for role in (_HR, _FIN, _DIR, _AUDIT)},
        # who is under which policy: it names everybody
        "check_assignment": {role: {Reach.ALL} for role in (_HR, _FIN, _DIR, _AUDIT)},
        # what is said of a draft, and what was held about it with employees
        "read_comments": {role: {Reach.ALL} for role in (_HR, _FIN, _DIR, _AUDIT)},
        "comment_draft": {role: {Reach.ALL} for role in (_HR, _FIN, _DIR)},
        "read_consultations": {role: {Reach.ALL} for role in (_HR, _FIN, _DIR, _AUDIT)},
        "record_consultation": {_HR: {Reach.ALL}},
        # everybody's own copy: one signs one's own, whoever leads them sees who has signed
        "read_agreements": _READERS_OF_PAY,
        "sign_agreement": {_MGR: {Reach.OWN}, _SALES: {Reach.OWN}},
        "follow_agreements": {
            **{role: {Reach.ALL} for role in (_HR, _FIN, _DIR, _AUDIT)},
            _REGION: {Reach.REGION},
            _MGR: {Reach.TEAM},
        },
        # whose a record is: one answers for oneself, whoever leads one proposes, HR decides
        "confirm_records": {_MGR: {Reach.OWN}, _SALES: {Reach.OWN}},
        "claim_credit": {_MGR: {Reach.OWN}, _SALES: {Reach.OWN}},
        "answer_proposal": {_MGR: {Reach.OWN}, _SALES: {Reach.OWN}},
        "read_claims": _READERS_OF_PAY,
        "follow_confirmations": {
            **{role: {Reach.ALL} for role in (_HR, _FIN, _DIR, _AUDIT)},
            _REGION: {Reach.REGION},
            _MGR: {Reach.TEAM},
        },
        "propose_credits": {_HR: {Reach.ALL}, _REGION: {Reach.REGION}, _MGR: {Reach.TEAM}},
        "decide_claim": {_HR: {Reach.ALL}, _REGION: {Reach.REGION}},
        # figures that no system has: whoever is named reports and checks them
        "name_provider": {_HR: {Reach.ALL}},
        "report_figures": {role: {Reach.ALL} for role in (_HR, _REGION, _FIN, _DIR, _MGR, _SALES)},
        "follow_reports": {_HR: {Reach.ALL}, _AUDIT: {Reach.ALL}},
        # after the lock: HR proposes to measure anew, those who approve results decide
        "read_changes": {role: {Reach.ALL} for role in (_HR, _FIN, _DIR, _AUDIT)},
        "propose_relock": {_HR: {Reach.ALL}},
        "decide_relock": {_FIN: {Reach.ALL}, _DIR: {Reach.ALL}},
        "decide_credit_difference": {_HR: {Reach.ALL}},
        # cycles
        "list_cycles": {
            role: {Reach.ALL} for role in (_HR, _REGION, _FIN, _DIR, _MGR, _SALES, _AUDIT)
        },
        "open_cycle": {_HR: {Reach.ALL}},
        "lock_cycle": {_HR: {Reach.ALL}},
        "approve_cycle": {_FIN: {Reach.ALL}, _DIR: {Reach.ALL}},
        "close_cycle": {_HR: {Reach.ALL}},
        "move_cycle": {_HR: {Reach.ALL}},
        # it posts money, so it is for those who approve it
        "rerun_cycle": {_FIN: {Reach.ALL}, _DIR: {Reach.ALL}},
        "replay_cycle": {_HR: {Reach.ALL}, _FIN: {Reach.ALL}, _AUDIT: {Reach.ALL}},
        # reviews: who moves one from stage to stage is the policy's to say, within this reach
        "list_reviews": _READERS_OF_PAY,
        "list_targets": _READERS_OF_PAY,
        "give_figures": {_HR: {Reach.ALL}},
        "list_figures": _READERS_OF_PAY,
        "move_review": {
            _HR: {Reach.ALL},
            _REGION: {Reach.REGION},
            _DIR: {Reach.ALL},
            _MGR: {Reach.OWN, Reach.TEAM},
            _SALES: {Reach.OWN},
        },
        "calibrate_review": {
            _HR: {Reach.ALL},
            _REGION: {Reach.REGION},
            _DIR: {Reach.ALL},
            _MGR: {Reach.TEAM},
        },
        # goals: HR plans the year, managers propose and settle within their teams, people answer
        "read_goals": _READERS_OF_PAY,
        "plan_goals": {_HR: {Reach.ALL}},
        "approve_goal_plan": {_FIN: {Reach.ALL}, _DIR: {Reach.ALL}},
        "propose_goals": {
            _HR: {Reach.ALL},
            _REGION: {Reach.REGION},
            _DIR: {Reach.ALL},
            _MGR: {Reach.TEAM},
        },
        "answer_goals": {_MGR: {Reach.OWN}, _SALES: {Reach.OWN}},
        "agree_goals": {
            _HR: {Reach.ALL},
            _REGION: {Reach.REGION},
            _DIR: {Reach.ALL},
            _MGR: {Reach.TEAM},
        },
        "state_goal": {
            _HR: {Reach.ALL},
            _REGION: {Reach.REGION},
            _MGR: {Reach.OWN, Reach.TEAM},
            _SALES: {Reach.OWN},
        },
        "take_goals": {_HR: {Reach.ALL}},
        # calibration sessions: of managers those who were asked, or who lead the unit above
        "hold_calibration": {_HR: {Reach.ALL}, _REGION: {Reach.REGION}},
        "see_calibration": {
            **{role: {Reach.ALL} for role in (_HR, _DIR)},
            _REGION: {Reach.REGION},
            _MGR: {Reach.TEAM},
        },
        "calibrate_in_session": {
            **{role: {Reach.ALL} for role in (_HR, _DIR)},
            _REGION: {Reach.REGION},
            _MGR: {Reach.TEAM},
        },
        "approve_calibration": {_DIR: {Reach.ALL}, _MGR: {Reach.TEAM}},
        # settling a review: HR holds one back and proposes to open one again, others approve that
        "hold_review": {_HR: {Reach.ALL}},
        "reopen_review": {_HR: {Reach.ALL}},
        "approve_reopening": {_FIN: {Reach.ALL}, _DIR: {Reach.ALL}},
        "read_seals": _READERS_OF_PAY,
        # the conversation about a result, and what is said back to whoever leads
        "hold_feedback": {
            _HR: {Reach.ALL},
            _REGION: {Reach.REGION},
            _DIR: {Reach.ALL},
            _MGR: {Reach.TEAM},
        },
        "answer_feedback": {_MGR: {Reach.OWN}, _SALES: {Reach.OWN}},
        "read_upward": {_HR: {Reach.ALL}, _DIR: {Reach.ALL}, _MGR: {Reach.TEAM}},
        # appeals: one's own; whoever handles one is named by HR, and looked at then
        "submit_appeal": {_MGR: {Reach.OWN}, _SALES: {Reach.OWN}},
        "read_appeals": {
            **{role: {Reach.ALL} for role in (_HR, _FIN, _DIR, _AUDIT)},
            _REGION: {Reach.REGION},
            _MGR: {Reach.OWN},
            _SALES: {Reach.OWN},
        },
        "assign_appeal": {_HR: {Reach.ALL}},
        "handle_appeal": {role: {Reach.ALL} for role in (_HR, _REGION, _FIN, _DIR, _MGR)},
        "approve_correction": {_FIN: {Reach.ALL}, _DIR: {Reach.ALL}},
        # tracking: a one-to-one is for the two who hold it, and for those who answer for people
        "read_check_ins": {
            _HR: {Reach.ALL},
            _REGION: {Reach.REGION},
            _MGR: {Reach.OWN, Reach.TEAM},
            _SALES: {Reach.OWN},
            _AUDIT: {Reach.ALL},
        },
        "record_check_in": {_MGR: {Reach.TEAM}},
        "end_measure": {_HR: {Reach.ALL}, _MGR: {Reach.OWN, Reach.TEAM}, _SALES: {Reach.OWN}},
        # plans, and the file about somebody that the law asks for
        "read_plans": {
            _HR: {Reach.ALL},
            _DIR: {Reach.ALL},
            _REGION: {Reach.REGION},
            _MGR: {Reach.OWN, Reach.TEAM},
            _SALES: {Reach.OWN},
            _AUDIT: {Reach.ALL},
        },
        "draft_plan": {
            _HR: {Reach.ALL},
            _REGION: {Reach.REGION},
            _DIR: {Reach.ALL},
            _MGR: {Reach.TEAM},
        },
        "agree_plan": {
            _DIR: {Reach.ALL},
            _MGR: {Reach.OWN, Reach.TEAM},
            _SALES: {Reach.OWN},
        },
        "note_plan": {
            _HR: {Reach.ALL},
            _DIR: {Reach.ALL},
            _REGION: {Reach.REGION},
            _MGR: {Reach.OWN, Reach.TEAM},
            _SALES: {Reach.OWN},
        },
        "read_eligibility": {
            _HR: {Reach.ALL},
            _REGION: {Reach.REGION},
            _DIR: {Reach.ALL},
            _MGR: {Reach.TEAM},
            _AUDIT: {Reach.ALL},
        },
        # the programme itself
        "read_programme": {role: {Reach.ALL} for role in (_HR, _DIR, _AUDIT)},
        "run_programme": {_HR: {Reach.ALL}},
        "answer_survey": {_MGR: {Reach.OWN}, _SALES: {Reach.OWN}},
        # evaluation: who reports, who sits on a panel or was asked is said by the rows themselves
        "write_self_report": {_MGR: {Reach.OWN}, _SALES: {Reach.OWN}},
        "answer_self_report": _LEADERS,
        "call_meeting": _LEADERS,
        "sit_on_panel": {role: {Reach.ALL} for role in (_HR, _REGION, _FIN, _DIR, _MGR, _SALES)},
        "rate": {_MGR: {Reach.OWN, Reach.TEAM}, _SALES: {Reach.OWN}},
        "rate_as_asked": {_MGR: {Reach.ALL}, _SALES: {Reach.ALL}},
        "lead_ratings": _LEADERS,
        "give_customer_ratings": {_HR: {Reach.ALL}, _REGION: {Reach.REGION}},
        "ask_customers": {_HR: {Reach.ALL}, _REGION: {Reach.REGION}, _MGR: {Reach.TEAM}},
        "read_ratings": _READERS_OF_PAY,
        "contribute": {_MGR: {Reach.OWN}, _SALES: {Reach.OWN}},
        # money
        "list_ledger": _READERS_OF_PAY,
        "list_proposals": {_HR: {Reach.ALL}, _DIR: {Reach.ALL}, _AUDIT: {Reach.ALL}},
        "decide_proposal": {_HR: {Reach.ALL}, _DIR: {Reach.ALL}},
        # the organisation over time: who leads people sees where they were, HR enters it
        "read_organisation": {
            **{role: {Reach.ALL} for role in (_HR, _DIR, _AUDIT)},
            _REGION: {Reach.REGION},
            _MGR: {Reach.OWN, Reach.TEAM},
        },
        "change_organisation": {_HR: {Reach.ALL}},
        "add_to_cycle": {_HR: {Reach.ALL}},
        # who acts for whom: people name their own, HR anybody's
        "name_stand_in": {
            _HR: {Reach.ALL},
            **{role: {Reach.OWN} for role in (_REGION, _FIN, _DIR, _MGR)},
        },
        "read_stand_ins": {_HR: {Reach.ALL}, _AUDIT: {Reach.ALL}},
        # the working calendar and what happens when a time has come
        "list_calendar": {
            role: {Reach.ALL} for role in (_HR, _REGION, _FIN, _DIR, _MGR, _SALES, _AUDIT)
        },
        "change_calendar": {_HR: {Reach.ALL}},
        "list_timers": {_ADMIN: {Reach.ALL}, _HR: {Reach.ALL}, _AUDIT: {Reach.ALL}},
        "fire_timers": {_ADMIN: {Reach.ALL}, _HR: {Reach.ALL}},
        # audits of results: auditors check and change nothing; HR answers what they find
        "read_audits": {role: {Reach.ALL} for role in (_HR, _DIR, _AUDIT)},
        "audit_results": {_AUDIT: {Reach.ALL}},
        "answer_finding": {_HR: {Reach.ALL}},
        # the history
        "list_log": {_AUDIT: {Reach.ALL}},
        "read_log_values": {_AUDIT: {Reach.ALL}},
        "verify_log": {_AUDIT: {Reach.ALL}, _ADMIN: {Reach.ALL}, _HR: {Reach.ALL}},
    }
)

# Judging, leading and correcting somebody: however far a role reaches, not to oneself. What is
# one's own to do (submit one's goals, comment on one's plan) is what ``OWN`` reaches above.
OF_OTHERS = frozenset(
    {
        "move_review",
        "calibrate_review",
        "hold_review",
        "reopen_review",
        "approve_reopening",
        "give_figures",
        "propose_goals",
        "agree_goals",
        "state_goal",
        "hold_feedback",
        "assign_appeal",
        "approve_correction",
        "record_check_in",
        "end_measure",
        "draft_plan",
        "agree_plan",
        "note_plan",
        "answer_self_report",
        "call_meeting",
        "lead_ratings",
        "give_customer_ratings",
        "ask_customers",
        "decide_proposal",
        "propose_credits",
        "decide_claim",
        "decide_credit_difference",
        "audit_results",
        "answer_finding",
    }
)


def reaches(operation: str, role: Role) -> set[Reach]:
    """Return what ``role`` reaches in ``operation``; an operation not listed is a bug."""
    return OPERATIONS[operation].get(role, set())
