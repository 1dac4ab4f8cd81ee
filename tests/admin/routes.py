"""Every route that there is: who may use it, and to whose rows. A new route adds a line.

``tests/admin/test_access.py`` walks this table for every role and everybody's row and fails
on a route that is not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.factories import CYCLE
from tests.organisation import TEAMS
from workflows.access.policy import Role

EVERYBODY = frozenset(role.value for role in Role)
NO_ADMINISTRATOR = EVERYBODY - {"administrator"}
VERSION_READERS = frozenset({"hr", "finance", "sales_director", "auditor"})
DATA_KEEPERS = frozenset({"hr", "finance", "auditor"})
ALL = frozenset(
    {manager for _, manager, _ in TEAMS.values()}
    | {member for _, _, members in TEAMS.values() for member in members}
)
EAST = frozenset({"M1", "M2", "S11", "S12", "S21", "S22"})
# role: whose rows it sees (the manager is M1, the salesperson is S11)
SEES: Mapping[str, frozenset[str]] = {
    "administrator": ALL,
    "hr": ALL,
    "hr_region": EAST,
    "finance": ALL,
    "sales_director": ALL,
    "manager": frozenset({"M1", "S11", "S12"}),
    "salesperson": frozenset({"S11"}),
    "auditor": ALL,
}


@dataclass(frozen=True)
class Route:
    """A rule of the application's map with one method.

    A role that is not in ``open_to`` gets a 403 for every address of it. One that is gets
    ``answers``: at ``at`` (an address that is nobody's in particular), and at ``row`` (an
    address with ``{}`` for a person's code) for those people that ``sees`` gives the role; for
    all others a 404, the same as at ``absent``. Of those that it sees, it may use ``reaches``
    only and gets a 403 for the rest. A POST sends ``form``. What is no whole page (a file, a
    fragment) says ``page=False``.
    """

    rule: str
    open_to: frozenset[str] | set[str]
    method: str = "GET"
    at: str = ""
    row: str = ""
    absent: str = ""
    sees: Mapping[str, frozenset[str]] = field(default_factory=lambda: SEES)
    reaches: Mapping[str, frozenset[str]] | None = None
    form: Mapping[str, str] = field(default_factory=dict)
    answers: int = 200
    needs_role: bool = True  # False: open to whoever has signed in
    page: bool = True  # False: a file, or a fragment that other pages take in

    @property
    def plain(self) -> str:
        """The address that is nobody's row, where there is one."""
        return self.at or ("" if "<" in self.rule else self.rule)

    def may(self, role: str, person: str) -> bool:
        return role in self.open_to and person in (self.reaches or self.sees)[role]


CALIBRATORS = frozenset({"hr", "hr_region", "sales_director", "manager"})
ON_BOARD = {role: EAST - {"M1"} if role == "manager" else EAST for role in CALIBRATORS}

# What anyone may open without signing in, whoever they are.
PUBLIC = {
    ("GET", "/healthz"),
    ("GET", "/login"),
    ("POST", "/login"),
    ("GET", "/static/<path:filename>"),
    ("POST", "/preferences/<name>"),
    ("GET", "/rate/<token>"),
    ("POST", "/rate/<token>"),
}

# Goal plans: HR plans, people see their own and their people's, managers propose and settle.
PLAN = "/goals/2026"
WITH_OFFERS = {
    role: seen & {"S11", "S12", "S21", "S22", "S31", "S32", "S33"} for role, seen in SEES.items()
}
NOBODY: Mapping[str, frozenset[str]] = {role: frozenset() for role in SEES}
GOALS = (
    Route("/goals/", NO_ADMINISTRATOR),
    Route("/goals/new", {"hr"}, "POST", form={"year": "2026"}, answers=409),
    Route("/goals/<int:year>", NO_ADMINISTRATOR, at=PLAN, absent="/goals/2099"),
    Route(
        "/goals/<int:year>/missing",
        NO_ADMINISTRATOR,
        at=f"{PLAN}/missing",
        absent="/goals/2099/missing",
    ),
    Route(
        "/goals/<int:year>/goal/<code>",
        NO_ADMINISTRATOR,
        at=f"{PLAN}/goal/revenue_target",
        absent=f"{PLAN}/goal/none",
    ),
    *(
        Route(
            f"/goals/<int:year>/goal/<code>/{step}",
            {"hr"},
            "POST",
            at=f"{PLAN}/goal/revenue_target/{step}",
            absent=f"{PLAN}/goal/none/{step}",
            form={
                "step": "amount",
                "amount": "1",
                "kind": "even",
                "seen": "99",
                "reason": "x",
                "into": "org",
                "by": "equal",
                "block": " ",
            },
            answers=answers,
        )
        for step, answers in (("split", 409), ("figure", 409), ("curve", 409), ("grid", 400))
    ),
    Route(
        "/goals/<int:year>/goal/<code>/grid",
        {"hr"},
        at=f"{PLAN}/goal/revenue_target/grid",
        absent=f"{PLAN}/goal/none/grid",
    ),
    Route(
        "/goals/<int:year>/workbook", {"hr"}, at=f"{PLAN}/workbook", absent="/goals/2099/workbook"
    ),
    Route(
        "/goals/<int:year>/workbook.xlsx",
        {"hr"},
        at=f"{PLAN}/workbook.xlsx",
        absent="/goals/2099/workbook.xlsx",
        page=False,
    ),
    *(
        Route(
            f"/goals/<int:year>/{step}",
            roles,
            "POST",
            at=f"{PLAN}/{step}",
            absent=f"/goals/2099/{step}",
            form=form,
            answers=answers,
        )
        for step, roles, form, answers in (
            ("add", {"hr"}, {"title": " ", "round_to": "1"}, 400),
            ("version", {"hr"}, {"step": "withdraw"}, 409),
            ("take", {"hr"}, {"cycle": CYCLE}, 409),
            ("workbook", {"hr"}, {}, 400),  # no file was sent
            ("propose", {"hr", "hr_region", "sales_director", "manager"}, {}, 400),
            ("agree", {"hr", "hr_region", "sales_director", "manager"}, {"step": "agree"}, 400),
        )
    ),
    Route(
        "/goals/<int:year>/restate/<code>",
        {"hr"},
        "POST",
        at=f"{PLAN}/restate/revenue_target",
        absent=f"{PLAN}/restate/none",
        form={"title": " "},
        answers=400,
    ),
    Route(
        "/goals/<int:year>/own",
        {"hr", "hr_region", "manager", "salesperson"},
        "POST",
        absent="/goals/2099/own",
    ),
    Route(
        "/goals/<int:year>/mine",
        {"manager", "salesperson"},
        at=f"{PLAN}/mine",
        absent="/goals/2099/mine",
    ),
    Route(
        "/goals/<int:year>/team",
        {"hr", "hr_region", "sales_director", "manager"},
        at=f"{PLAN}/team",
        absent="/goals/2099/team",
    ),
    Route(
        "/goals/offers/<key>/answer",
        {"manager", "salesperson"},
        "POST",
        row="/goals/offers/offer-{}/answer",
        absent="/goals/offers/1/answer",
        sees={**NOBODY, "salesperson": frozenset({"S11"})},
        form={"step": "counter", "amount-0": "1"},
        answers=400,  # without a reason
    ),
    Route(
        "/goals/offers/<key>/settle",
        {"hr", "hr_region", "sales_director", "manager"},
        "POST",
        row="/goals/offers/offer-{}/settle",
        absent="/goals/offers/1/settle",
        sees=WITH_OFFERS,
        form={"amount-0": "1"},
        answers=400,  # without a reason
    ),
    Route(
        "/reviews/<key>/goals",
        NO_ADMINISTRATOR,
        row="/reviews/review-{}/goals",
        absent="/reviews/1/goals",
    ),
)

LISTS = (
    Route("/people/", EVERYBODY),
    Route("/people/<path:key>", EVERYBODY, row="/people/{}", absent="/people/nobody"),
    Route("/units/", EVERYBODY),
    Route("/units/<path:key>", EVERYBODY, at="/units/company", absent="/units/nowhere"),
    Route("/records/", NO_ADMINISTRATOR),
    Route(
        "/records/<path:key>",
        NO_ADMINISTRATOR,
        row="/records/deal/DEAL/{}",
        absent="/records/deal/none",
    ),
    Route("/reviews/", NO_ADMINISTRATOR),
    Route("/reviews/<path:key>", NO_ADMINISTRATOR, row="/reviews/review-{}", absent="/reviews/1"),
    Route("/appeals/", NO_ADMINISTRATOR),
    Route(
        "/appeals/<path:key>",
        NO_ADMINISTRATOR,
        row="/appeals/appeal-{}",
        absent="/appeals/1",
        sees={**SEES, "manager": frozenset({"M1"})},
    ),
    Route("/ledger/", NO_ADMINISTRATOR),
    Route("/ledger/<path:key>", NO_ADMINISTRATOR, absent="/ledger/999999"),
    Route("/policies/", NO_ADMINISTRATOR),
    Route(
        "/policies/<path:key>", NO_ADMINISTRATOR, at="/policies/east/1", absent="/policies/east/99"
    ),
    Route("/agreements/", NO_ADMINISTRATOR),
    Route(
        "/agreements/<path:key>",
        NO_ADMINISTRATOR,
        row="/agreements/copy-{}",
        absent="/agreements/1",
    ),
    Route("/claims/", NO_ADMINISTRATOR),
    Route("/claims/<path:key>", NO_ADMINISTRATOR, row="/claims/claim-{}", absent="/claims/1"),
    Route("/cycles/", NO_ADMINISTRATOR),
    Route("/cycles/<path:key>", NO_ADMINISTRATOR, at=f"/cycles/{CYCLE}", absent="/cycles/none@1"),
    Route("/imports/", DATA_KEEPERS),
    Route("/imports/<path:key>", DATA_KEEPERS, at="/imports/import-1", absent="/imports/1"),
    Route("/quarantine/", DATA_KEEPERS),
    Route(
        "/quarantine/<path:key>",
        DATA_KEEPERS,
        at="/quarantine/import-1/1",
        absent="/quarantine/import-1/99",
    ),
    Route("/simulations/", VERSION_READERS),
    Route(
        "/simulations/<path:key>",
        VERSION_READERS,
        at="/simulations/simulation-1",
        absent="/simulations/1",
    ),
    Route("/accounts/", {"administrator", "auditor"}),
    Route(
        "/accounts/<path:key>",
        {"administrator", "auditor"},
        at="/accounts/account-hr",
        absent="/accounts/1",
    ),
    Route("/log/", {"auditor"}),
    Route("/log/<path:key>", {"auditor"}, at="/log/0", absent="/log/999999"),
)
EXPORTS = tuple(
    Route(f"{route.rule}export.csv", route.open_to, page=False)
    for route in LISTS
    if "<" not in route.rule
)
LIST_NAMES = tuple(route.rule.strip("/") for route in LISTS if "<" not in route.rule)
ORGANISATION_READERS = {"hr", "hr_region", "sales_director", "manager", "auditor"}
NAMERS = {"hr", "hr_region", "finance", "sales_director", "manager"}
VERSION_READERS = frozenset({"hr", "finance", "sales_director", "auditor"})
CHECKERS = frozenset({"hr", "finance", "sales_director", "auditor"})
VERIFIERS = frozenset({"auditor", "administrator", "hr"})
MOVERS = {"hr", "hr_region", "sales_director", "manager", "salesperson"}
# Whose grade they may propose: nobody's own.
GRADERS = {
    "hr": ALL,
    "hr_region": EAST,
    "sales_director": ALL,
    "manager": frozenset({"S11", "S12"}),
}
STEPS = {"lock": {"hr"}, "approve": {"finance", "sales_director"}, "close": {"hr"}}
# Who are appraised sign their own copy; what is said of a draft is not for everybody.
SIGNERS = {"manager": frozenset({"M1"}), "salesperson": frozenset({"S11"})}
# Who proposes whose a record is: nobody for a claim of their own.
PROPOSERS = {"hr": ALL, "hr_region": EAST, "manager": frozenset({"S11", "S12"})}
NOBODYS = {role.value: frozenset[str]() for role in Role}
COMMENTERS = frozenset({"hr", "finance", "sales_director"})
COMMENT_READERS = COMMENTERS | {"auditor"}
NEW_ACCOUNT = {"username": "new", "give": "salesperson", "person": "S12"}
# tracking, plans and the programme
TALKERS = frozenset({"hr", "hr_region", "manager", "salesperson", "auditor"})
ENDERS = {
    "hr": ALL,
    "manager": frozenset({"M1", "S11", "S12"}),
    "salesperson": frozenset({"S11"}),
}
PLAN_READERS = TALKERS | {"sales_director"}
PLANNERS = {
    "hr": ALL,
    "hr_region": EAST,
    "sales_director": ALL,
    "manager": frozenset({"S11", "S12"}),
}
AGREEING = {
    "sales_director": ALL,
    "manager": frozenset({"M1", "S11", "S12"}),
    "salesperson": frozenset({"S11"}),
}
NOTING = {**PLANNERS, **AGREEING}
LEADS = {"manager": frozenset({"S11", "S12"})}
PROGRAMME = frozenset({"hr", "sales_director", "auditor"})
QUARTER = "/programme/2026-Q1"

TRACKING = (
    Route(
        "/reviews/<key>/tracking",
        NO_ADMINISTRATOR,
        row="/reviews/review-{}/tracking",
        absent="/reviews/1/tracking",
    ),
    Route(
        "/reviews/<key>/check-ins",
        {"manager"},
        "POST",
        row="/reviews/review-{}/check-ins",
        absent="/reviews/1/check-ins",
        reaches=LEADS,
        form={"rhythm": "weekly"},  # and no day
        answers=400,
    ),
    Route("/check-ins/<key>", TALKERS, row="/check-ins/check-in-{}", absent="/check-ins/1"),
    *(
        Route(
            f"/check-ins/<key>/{deed}",
            {"manager"},
            "POST",
            row=f"/check-ins/check-in-{{}}/{deed}",
            absent=f"/check-ins/1/{deed}",
            reaches=LEADS,
            answers=400,  # nothing was typed
        )
        for deed in ("hold", "cancel")
    ),
    Route(
        "/measures/<key>",
        frozenset(ENDERS),
        row="/measures/measure-{}",
        absent="/measures/1",
        sees=ENDERS,
    ),
    Route(
        "/measures/<key>/end",
        frozenset(ENDERS),
        "POST",
        row="/measures/measure-{}/end",
        absent="/measures/1/end",
        sees=ENDERS,
        answers=400,
    ),
    Route(
        "/teams/<code>/meetings",
        TALKERS,
        at="/teams/east-1/meetings",
        absent="/teams/nowhere/meetings",
    ),
    Route(
        "/teams/<code>/meetings",
        {"manager"},
        "POST",
        at="/teams/east-1/meetings",
        absent="/teams/nowhere/meetings",
        form={"cycle": "east@2026-Q1", "rhythm": "weekly"},
        answers=400,
    ),
)
PLANS = (
    Route(
        "/reviews/<key>/plans",
        PLAN_READERS,
        row="/reviews/review-{}/plans",
        absent="/reviews/1/plans",
    ),
    Route(
        "/reviews/<key>/plans",
        frozenset(PLANNERS),
        "POST",
        row="/reviews/review-{}/plans",
        absent="/reviews/1/plans",
        reaches=PLANNERS,
        answers=400,
    ),
    Route("/plans/<key>", PLAN_READERS, row="/plans/plan-{}", absent="/plans/1"),
    *(
        Route(
            f"/plans/<key>/{deed}",
            frozenset(reaches),
            "POST",
            row=f"/plans/plan-{{}}/{deed}",
            absent=f"/plans/1/{deed}",
            reaches=reaches,
            answers=answers,  # it runs already, and nothing was typed
        )
        for deed, reaches, answers in (
            ("agree", AGREEING, 409),
            ("start", PLANNERS, 409),
            ("notes", NOTING, 400),
            ("evaluate", PLANNERS, 400),
            ("end", PLANNERS, 400),
        )
    ),
    Route("/file/<code>", PLAN_READERS, row="/file/{}", absent="/file/nobody"),
    Route(
        "/file/<code>/export",
        PLAN_READERS,
        row="/file/{}/export",
        absent="/file/nobody/export",
        page=False,
    ),
    Route("/career/", PROGRAMME | {"hr_region", "manager"}),
)
ABOUT_THE_PROGRAMME = (
    Route("/programme/", PROGRAMME),
    Route("/programme/<quarter>", PROGRAMME, at=QUARTER, absent="/programme/none"),
    *(
        Route(
            f"/programme/<quarter>/{deed}",
            {"hr"},
            "POST",
            at=f"{QUARTER}/{deed}",
            absent=f"/programme/none/{deed}",
            answers=answers,
        )
        for deed, answers in (("survey", 400), ("survey/close", 409), ("measures", 400))
    ),
    Route("/survey/<key>", {"manager", "salesperson"}, at="/survey/survey-1", absent="/survey/1"),
    Route(
        "/survey/<key>",
        {"manager", "salesperson"},
        "POST",
        at="/survey/survey-1",
        absent="/survey/1",
        answers=400,
    ),
)
# A review's settling: whoever talks about it, and whoever appeals against it.
TALKERS = {**GRADERS, "salesperson": frozenset({"S11"}), "manager": SEES["manager"]}
APPEALS_SEEN = {**SEES, "manager": frozenset({"M1"})}
HANDLERS = frozenset({"hr", "hr_region", "finance", "sales_director", "manager"})
DECIDERS = frozenset({"finance", "sales_director"})


def of_review(
    what: str,
    open_to: frozenset[str],
    answers: int,
    reaches: Mapping[str, frozenset[str]] | None = None,
    **form: str,
) -> Route:
    """A form on a review's page."""
    return Route(
        f"/reviews/<key>/{what}",
        open_to,
        "POST",
        row=f"/reviews/review-{{}}/{what}",
        absent=f"/reviews/1/{what}",
        reaches=reaches,
        form=form,
        answers=answers,
    )


def of_appeal(what: str, open_to: frozenset[str], answers: int) -> Route:
    """A form on an appeal's page, made of another version than there is."""
    return Route(
        f"/appeals/<key>/{what}",
        open_to,
        "POST",
        row=f"/appeals/appeal-{{}}/{what}",
        absent=f"/appeals/1/{what}",
        sees=APPEALS_SEEN,
        form={"version": "7", "handler": "auditor", "answer": "-", "reason": "-"},
        answers=answers,
    )


SETTLING = (
    *(
        Route(
            f"/reviews/<key>/{page}",
            NO_ADMINISTRATOR,
            row=f"/reviews/review-{{}}/{page}",
            absent=f"/reviews/1/{page}",
        )
        for page in ("feedback", "appeal", "closing")
    ),
    Route(
        "/cycles/<key>/closing",
        NO_ADMINISTRATOR,
        at=f"/cycles/{CYCLE}/closing",
        absent="/cycles/none@1/closing",
    ),
    Route(
        "/cycles/<key>/upward",
        {"hr", "sales_director", "manager"},
        at=f"/cycles/{CYCLE}/upward",
        absent="/cycles/none@1/upward",
    ),
    Route(
        "/cycles/<key>/late",
        DECIDERS,
        "POST",
        at=f"/cycles/{CYCLE}/late",
        absent="/cycles/none@1/late",
        answers=409,
    ),
    of_review("hold", frozenset({"hr"}), 400),
    of_review("release", frozenset({"hr"}), 400),
    of_review("reopen", frozenset({"hr"}), 400),
    of_review("reopening", DECIDERS, 409),
    of_review("appeal", frozenset(SIGNERS), 400, SIGNERS),
    of_review("feedback/prepare", frozenset(GRADERS), 409, GRADERS, praise="-"),
    of_review("feedback/hold", frozenset(GRADERS), 409, GRADERS),
    of_review("feedback/note", frozenset(TALKERS), 409, TALKERS, text="-"),
    of_review("feedback/acknowledge", frozenset(SIGNERS), 409, SIGNERS),
    of_review("feedback/upward", frozenset(SIGNERS), 400, SIGNERS),
    of_appeal("withdraw", frozenset(SIGNERS), 409),
    of_appeal("assign", frozenset({"hr"}), 400),
    of_appeal("accept", HANDLERS, 403),
    of_appeal("reject", HANDLERS, 403),
    of_appeal("propose", HANDLERS, 403),
    of_appeal("approve", DECIDERS, 409),
    of_appeal("return", DECIDERS, 409),
    of_appeal("files", NO_ADMINISTRATOR, 400),  # nothing was chosen
    Route(
        "/appeals/<key>/files/<int:file_id>",
        NO_ADMINISTRATOR,
        absent="/appeals/1/files/1",
        row="/appeals/appeal-{}/files/1",  # the one file that there is, of S11's appeal
        sees={role: seen & {"S11"} for role, seen in APPEALS_SEEN.items()},
        page=False,
    ),
)
# Customers are asked by whoever leads the person or HR.
CUSTOMERS = tuple(
    Route(
        f"/reviews/<key>/{what}",
        {"hr", "hr_region", "manager"},
        "POST",
        row=f"/reviews/review-{{}}/{at}",
        absent=f"/reviews/1/{at}",
        reaches={role: seen - {"M1"} if role == "manager" else seen for role, seen in SEES.items()},
        answers=404,  # the policy collects no such ratings, and nobody was asked
    )
    for what, at in (
        ("ratings/<code>/customers", "ratings/none/customers"),
        ("customers/<asked>", "customers/none"),
    )
)
# Audits of results: the auditor checks and settles, HR answers.
AUDIT_READERS = {"hr", "sales_director", "auditor"}
AUDITS = (
    Route("/audits/", AUDIT_READERS),
    Route("/audits/", {"auditor"}, "POST", form={"cycle": CYCLE}, answers=400),  # no size
    Route("/audits/<key>", AUDIT_READERS, at="/audits/audit-1", absent="/audits/none"),
    Route(
        "/audits/<key>.csv",
        AUDIT_READERS,
        at="/audits/audit-1.csv",
        absent="/audits/none.csv",
        page=False,
    ),
    *(
        Route(
            f"/audits/<key>/<review>/{deed}",
            {who},
            "POST",
            at=f"/audits/audit-1/review-S11/{deed}",
            absent=f"/audits/audit-1/review-S12/{deed}",
            form={"version": "7", "answer": "-", "note": "-", "verdict": "settled"},
            answers=answers,
        )
        for deed, who, answers in (
            ("check", "auditor", 409),
            ("answer", "hr", 409),
            ("settle", "auditor", 409),
        )
    ),
)
# Each area's pages and actions beside the lists.

# The world's policy has neither self reports nor ratings, which its pages say; what happens
# under one that has is in ``test_evaluating``.
EVALUATION = (
    *(
        Route(
            f"/reviews/<key>/{page}",
            NO_ADMINISTRATOR,
            row=f"/reviews/review-{{}}/{page}",
            absent=f"/reviews/none/{page}",
        )
        for page in ("self-report", "ratings", "report")
    ),
    *(
        Route(
            f"/reviews/<key>/{page}",
            set(reaches),
            "POST",
            row=f"/reviews/review-{{}}/{page}",
            absent=f"/reviews/none/{page}",
            reaches=reaches,
            form=form,
            answers=409,
        )
        for page, reaches, form in (
            ("self-report", SIGNERS, {"text-plan": "x"}),
            ("self-report/submit", SIGNERS, {"text-plan": "x"}),
            ("self-report/return", GRADERS, {"reason": "x"}),
            ("self-report/comments", GRADERS, {"text": "x"}),
            ("rating-round", GRADERS, {"do": "finish"}),
        )
    ),
    Route(
        "/reviews/<key>/peers/<asked>",
        set(GRADERS),
        "POST",
        row="/reviews/review-{}/peers/none",
        absent="/reviews/none/peers/none",
        reaches=GRADERS,
        answers=409,
    ),
    *(
        Route(
            f"/reviews/<key>/ratings/<code>{more}",
            NO_ADMINISTRATOR,
            method,
            row=f"/reviews/review-{{}}/ratings/self{more}",
            absent=f"/reviews/none/ratings/self{more}",
            answers=404,
        )
        for method, more in (("GET", ""), ("POST", ""), ("POST", "/peers"))
    ),
    *(
        Route(
            rule,
            {"manager", "salesperson"},
            method,
            absent=absent,
        )
        for rule, absent in (
            ("/ratings/asked/<asked>", "/ratings/asked/none"),
            ("/ratings/<cycle>", f"/ratings/{CYCLE}"),
        )
        for method in ("GET", "POST")
    ),
    Route("/contributions/", {"manager", "salesperson"}),
    Route("/contributions/claim", {"manager", "salesperson"}, "POST", answers=400),
    Route(
        "/contributions/<key>/answer",
        {"manager", "salesperson"},
        "POST",
        absent="/contributions/none/answer",
    ),
    Route("/meetings/", NO_ADMINISTRATOR),
    Route("/meetings/new", set(GRADERS)),
    Route("/meetings/new", set(GRADERS), "POST", form={"cycle": CYCLE}, answers=409),
    Route("/meetings/<key>", NO_ADMINISTRATOR, absent="/meetings/none"),
    Route("/meetings/<key>/reports/<review>", NO_ADMINISTRATOR, absent="/meetings/none/reports/1"),
    *(
        Route(f"/meetings/<key>/{rule}", NO_ADMINISTRATOR, "POST", absent=f"/meetings/none/{at}")
        for rule, at in (
            ("end", "end"),
            ("scores/<review>", "scores/1"),
            ("todos", "todos"),
            ("todos/<todo>", "todos/1"),
        )
    ),
)
ROUTES = (
    *LISTS,
    *EXPORTS,
    *TRACKING,
    *PLANS,
    *ABOUT_THE_PROGRAMME,
    *EVALUATION,
    *SETTLING,
    *AUDITS,
    *CUSTOMERS,
    Route("/", EVERYBODY, needs_role=False),
    # those who appraise and those who are appraised
    Route("/team/", {"hr", "hr_region", "sales_director", "manager"}),
    Route("/mine/", {"manager", "salesperson"}),
    Route(
        "/reviews/<key>/why",
        NO_ADMINISTRATOR,
        row="/reviews/review-{}/why",
        absent="/reviews/1/why",
    ),
    Route(
        "/reviews/<key>/outlook",
        NO_ADMINISTRATOR,
        row="/reviews/review-{}/outlook",
        absent="/reviews/1/outlook",
    ),
    Route(
        "/reviews/<key>/records/<measure>",
        NO_ADMINISTRATOR,
        row="/reviews/review-{}/records/won_deals",
        absent="/reviews/1/records/won_deals",
    ),
    Route(
        "/reviews/<key>/moves",
        frozenset(MOVERS),
        "POST",
        row="/reviews/review-{}/moves",
        absent="/reviews/1/moves",
        form={"version": "6", "transition": "fly"},
        answers=400,
    ),
    Route(
        "/reviews/<key>/grade",
        frozenset(GRADERS),
        "POST",
        row="/reviews/review-{}/grade",
        absent="/reviews/1/grade",
        reaches=GRADERS,
        form={"version": "6", "grade": "C"},  # and no reason
        answers=400,
    ),
    Route("/waiting/moves", frozenset(MOVERS), "POST"),
    # stages: a team moved at once, notices, the working calendar
    Route("/team/moves", {"hr", "hr_region", "sales_director", "manager"}, "POST"),
    Route("/notices/", EVERYBODY, needs_role=False),
    Route("/notices/read", EVERYBODY, "POST", answers=303, needs_role=False),
    Route(
        "/notices/<key>/read",
        EVERYBODY,
        "POST",
        absent="/notices/1/read",
        needs_role=False,
    ),
    Route("/calendar/", {"hr"}),
    Route("/calendar/", {"hr"}, "POST", form={"day": "2026-05-08"}, answers=400),  # and no reason
    Route(
        "/calendar/<day>/drop",
        {"hr"},
        "POST",
        absent="/calendar/2026-05-08/drop",
    ),
    # an auditor's pages
    Route(
        "/reviews/<key>/timeline",
        NO_ADMINISTRATOR,
        row="/reviews/review-{}/timeline",
        absent="/reviews/1/timeline",
    ),
    Route("/versions/", VERSION_READERS),
    Route("/versions/<code>", VERSION_READERS, at="/versions/east", absent="/versions/none"),
    *(
        Route(
            f"/versions/<code>/{each}",
            VERSION_READERS,
            at=f"/versions/east/{each}?field=total.cap",
            absent=f"/versions/none/{each}",
        )
        for each in ("compare", "value")
    ),
    Route(
        "/versions/<code>/<int:seq>",
        VERSION_READERS,
        at="/versions/east/1",
        absent="/versions/east/99",
    ),
    Route(
        "/log/<int:seq>/proof", {"auditor"}, at="/log/0/proof", absent="/log/999/proof", page=False
    ),
    Route("/checkpoint/", VERIFIERS),
    Route("/checkpoint/verify", VERIFIERS, "POST"),
    Route("/checkpoint/export", VERIFIERS, page=False),
    # accounts
    Route("/accounts/new", {"administrator"}),
    Route("/accounts/new", {"administrator"}, "POST", form=NEW_ACCOUNT),
    Route(
        "/accounts/<key>/active",
        {"administrator"},
        "POST",
        at="/accounts/account-finance/active",
        absent="/accounts/1/active",
        form={"active": "no"},
        answers=303,
    ),
    Route(
        "/accounts/<key>/roles",
        {"administrator"},
        "POST",
        at="/accounts/account-auditor/roles",
        absent="/accounts/1/roles",
        form={"give": "hr_region:west"},
        answers=303,
    ),
    Route(
        "/accounts/<key>/roles/<int:role_id>/take",
        {"administrator"},
        "POST",
        at="/accounts/account-hr/roles/2/take",
        absent="/accounts/1/roles/2/take",
        answers=303,
    ),
    Route("/password", EVERYBODY, needs_role=False),
    Route(
        "/password",
        EVERYBODY,
        "POST",
        form={"current": "?", "new": "?", "again": "?"},
        needs_role=False,
        answers=400,
    ),
    # what is said of a draft, what was held about it with employees, who has signed
    Route(
        "/rulebook/<code>/comments",
        COMMENT_READERS,
        at="/rulebook/east/comments",
        absent="/rulebook/none/comments",
    ),
    Route(
        "/rulebook/<code>/comments",
        COMMENTERS,
        "POST",
        at="/rulebook/east/comments",
        absent="/rulebook/none/comments",
        form={"path": "total.cap", "text": "为何是 130?"},
        answers=303,
    ),
    Route(
        "/rulebook/<code>/comments/<int:thread>",
        COMMENTERS,
        "POST",
        at="/rulebook/east/comments/1",
        absent="/rulebook/east/comments/99",
        form={"deed": "said", "text": "因为去年如此"},
        answers=303,
    ),
    Route(
        "/rulebook/<code>/consultation",
        COMMENT_READERS,
        at="/rulebook/east/consultation",
        absent="/rulebook/none/consultation",
    ),
    Route(
        "/rulebook/<code>/consultation",
        {"hr"},
        "POST",
        at="/rulebook/east/consultation",
        absent="/rulebook/none/consultation",
        form={"kind": "discussion", "held_on": "2026-01-20", "participants": "12", "text": "好"},
        answers=303,
    ),
    Route(
        "/rulebook/<code>/consultation/<key>/opinions",
        {"hr"},
        "POST",
        at="/rulebook/east/consultation/held-1/opinions",
        absent="/rulebook/east/consultation/1/opinions",
        form={"said_by": "工会", "text": "目标过高"},
        answers=303,
    ),
    Route(
        "/rulebook/<code>/consultation/opinions/<int:opinion_id>",
        {"hr"},
        "POST",
        at="/rulebook/east/consultation/opinions/1",
        absent="/rulebook/east/consultation/opinions/99",
        form={"verdict": "accepted", "answer": "已下调"},
        answers=303,
    ),
    Route(
        "/rulebook/<code>/consultation/files/<int:file_id>",
        COMMENT_READERS,
        at="/rulebook/east/consultation/files/1",
        absent="/rulebook/east/consultation/files/99",
        page=False,
    ),
    Route(
        "/rulebook/<code>/agreements",
        NO_ADMINISTRATOR - {"salesperson"},
        at="/rulebook/east/agreements",
        absent="/rulebook/none/agreements",
    ),
    Route(
        "/agreements/<key>/text",
        NO_ADMINISTRATOR,
        row="/agreements/copy-{}/text",
        absent="/agreements/1/text",
        page=False,
    ),
    *(
        Route(
            f"/agreements/<key>/{deed}",
            frozenset(SIGNERS),
            "POST",
            row=f"/agreements/copy-{{}}/{deed}",
            absent=f"/agreements/1/{deed}",
            reaches=SIGNERS,
            form={"name": "nobody", "reason": " "},
            answers=303 if deed == "open" else 400,
        )
        for deed in ("open", "sign", "decline")
    ),
    # records confirmed, claims
    Route(
        "/reviews/<key>/confirm",
        NO_ADMINISTRATOR,
        row="/reviews/review-{}/confirm",
        absent="/reviews/1/confirm",
    ),
    *(
        Route(
            f"/reviews/<key>/{deed}",
            frozenset(SIGNERS),
            "POST",
            row=f"/reviews/review-{{}}/{deed}",
            absent=f"/reviews/1/{deed}",
            reaches=SIGNERS,
            form={"kind": "deal", "code": "DEAL/S11", "contract": "HT-1", "reason": "漏"},
            answers=409,  # locked already
        )
        for deed in ("confirm", "disputes", "claims")
    ),
    Route(
        "/confirmations/<code>",
        NO_ADMINISTRATOR - {"salesperson"},
        at=f"/confirmations/{CYCLE}",
        absent="/confirmations/none@1",
    ),
    Route(
        "/claims/",
        frozenset(PROPOSERS),
        "POST",
        form={"kind": "deal", "code": "DEAL/S11"},
        answers=400,
    ),
    Route(
        "/claims/<key>/proposals",
        frozenset(PROPOSERS),
        "POST",
        row="/claims/claim-{}/proposals",
        absent="/claims/1/proposals",
        reaches=PROPOSERS,
        answers=400,
    ),
    Route(
        "/claims/<key>/answers",
        frozenset(SIGNERS),
        "POST",
        row="/claims/claim-{}/answers",
        absent="/claims/1/answers",
        answers=409,  # nothing is proposed
    ),
    Route(
        "/claims/<key>/decision",
        {"hr", "hr_region"},
        "POST",
        row="/claims/claim-{}/decision",
        absent="/claims/1/decision",
        answers=400,
    ),
    Route(
        "/claims/<key>/withdraw",
        NO_ADMINISTRATOR,
        "POST",
        row="/claims/claim-{}/withdraw",
        absent="/claims/1/withdraw",
        reaches=NOBODYS | {"hr": ALL},
        answers=303,
    ),
    # figures that are reported and checked
    Route(
        "/reporting/<code>",
        {"hr", "auditor", "finance"},
        at=f"/reporting/{CYCLE}",
        absent="/reporting/none@1",
    ),
    Route(
        "/reporting/<code>/providers",
        {"hr"},
        "POST",
        at=f"/reporting/{CYCLE}/providers",
        absent="/reporting/none@1/providers",
        form={"name": "nothing"},
        answers=400,
    ),
    Route(
        "/reporting/<code>/reports",
        {"finance"},
        "POST",
        at=f"/reporting/{CYCLE}/reports",
        absent="/reporting/none@1/reports",
        form={"name": "survey"},
        answers=409,  # locked already
    ),
    Route(
        "/reporting/<code>/reports/<key>",
        {"hr"},
        "POST",
        at=f"/reporting/{CYCLE}/reports/report-1",
        absent=f"/reporting/{CYCLE}/reports/none",
        answers=400,  # no reason to send it back
    ),
    Route(
        "/reporting/<code>/files/<int:file_id>",
        {"hr", "auditor", "finance"},
        at=f"/reporting/{CYCLE}/files/1",
        absent=f"/reporting/{CYCLE}/files/99",
        page=False,
    ),
    # after the lock
    Route(
        "/changes/<code>",
        VERSION_READERS,
        at=f"/changes/{CYCLE}",
        absent="/changes/none@1",
    ),
    Route(
        "/changes/<code>/relock",
        {"hr"},
        "POST",
        at=f"/changes/{CYCLE}/relock",
        absent="/changes/none@1/relock",
        form={"reason": "退货"},
        answers=409,  # approved already
    ),
    Route(
        "/changes/<code>/decision",
        {"finance", "sales_director"},
        "POST",
        at=f"/changes/{CYCLE}/decision",
        absent="/changes/none@1/decision",
        answers=404,  # nothing is proposed
    ),
    Route("/differences/", {"hr"}),
    Route(
        "/differences/<key>",
        {"hr"},
        "POST",
        at="/differences/1",
        absent="/differences/2",
        answers=404,
    ),
    # simulations
    Route(
        "/cycles/<key>/fairness",
        VERSION_READERS,
        at=f"/cycles/{CYCLE}/fairness",
        absent="/cycles/none@1/fairness",
    ),
    Route(
        "/rulebook/<code>/simulate",
        {"hr"},
        at="/rulebook/east/simulate",
        absent="/rulebook/none/simulate",
    ),
    Route(
        "/rulebook/<code>/simulate",
        {"hr"},
        "POST",
        at="/rulebook/east/simulate",
        absent="/rulebook/none/simulate",
        form={"cycle": CYCLE, "against": "1"},  # and nothing to try
        answers=400,
    ),
    Route(
        "/simulations/<key>/progress",
        VERSION_READERS,
        at="/simulations/simulation-1/progress",
        absent="/simulations/1/progress",
        page=False,
    ),
    Route(
        "/simulations/<key>/<int:seq>/people.<kind>",
        VERSION_READERS,
        at="/simulations/simulation-1/0/people.csv",
        absent="/simulations/simulation-1/9/people.csv",
        page=False,
    ),
    Route(
        "/simulations/<key>/<int:seq>/people/<person>",
        VERSION_READERS,
        at="/simulations/simulation-1/0/people/S11",
        absent="/simulations/simulation-1/0/people/nobody",
    ),
    # the editor of policies
    Route(
        "/rulebook/<code>",
        NO_ADMINISTRATOR,
        at="/rulebook/east?version=1",
        absent="/rulebook/none",
    ),
    Route(
        "/rulebook/<code>/draft", {"hr"}, at="/rulebook/east/draft", absent="/rulebook/none/draft"
    ),
    Route(
        "/rulebook/<code>/draft/text",
        {"hr"},
        at="/rulebook/east/draft/text",
        absent="/rulebook/none/draft/text",
    ),
    Route(
        "/rulebook/<code>/draft/edits",
        {"hr"},
        at="/rulebook/east/draft/edits",
        absent="/rulebook/none/draft/edits",
    ),
    Route(
        "/rulebook/<code>/draft/structure",
        {"hr"},
        "POST",
        at="/rulebook/east/draft/structure",
        absent="/rulebook/none/draft/structure",
        form={"edit": "1", "do": "remove pools.team_pool"},
        page=False,
    ),
    Route(
        "/rulebook/<code>/draft/text/open",
        {"hr"},
        "POST",
        at="/rulebook/east/draft/text/open",
        absent="/rulebook/none/draft/text/open",
        form={"edit": "1", "total.cap": "140"},
    ),
    Route(
        "/rulebook/<code>/draft/form",
        {"hr"},
        "POST",
        at="/rulebook/east/draft/form",
        absent="/rulebook/none/draft/form",
        form={"edit": "1", "text": "language: 1\n"},
    ),
    Route(
        "/rulebook/<code>/draft/text/check",
        {"hr"},
        "POST",
        at="/rulebook/east/draft/text/check",
        absent="/rulebook/none/draft/text/check",
        form={"edit": "1", "text": "language: 1\n"},
        page=False,
    ),
    Route(
        "/rulebook/<code>/draft/text/lint",
        {"hr"},
        "POST",
        at="/rulebook/east/draft/text/lint",
        absent="/rulebook/none/draft/text/lint",
        form={"edit": "1", "text": "language: 1\n"},
        page=False,
    ),
    Route(
        "/rulebook/<code>/lint",
        {"hr"},
        "POST",
        at="/rulebook/east/lint",
        absent="/rulebook/none/lint",
        form={"edit": "1", "total.cap": "140"},
        page=False,
    ),
    Route(
        "/rulebook/<code>/curves",
        {"hr"},
        "POST",
        at="/rulebook/east/curves",
        absent="/rulebook/none/curves",
        form={"edit": "1", "total.cap": "140"},
        page=False,
    ),
    Route(
        "/rulebook/<code>/start",
        {"hr"},
        "POST",
        at="/rulebook/east/start",
        absent="/rulebook/none/start",
        answers=409,  # there is a draft already
    ),
    Route(
        "/rulebook/<code>/check",
        {"hr"},
        "POST",
        at="/rulebook/east/check",
        absent="/rulebook/none/check",
        form={"edit": "1", "total.cap": "many"},
        page=False,
    ),
    Route(
        "/rulebook/<code>/draft/entry",
        {"hr"},
        "POST",
        at="/rulebook/east/draft/entry?of=kpis.won_revenue",
        absent="/rulebook/none/draft/entry",
        form={"edit": "1"},
        page=False,
    ),
    Route(
        "/rulebook/<code>/submit",
        {"hr"},
        "POST",
        at="/rulebook/east/submit",
        absent="/rulebook/none/submit",
        form={"seen": "0", "reason": " "},
        answers=400,
    ),
    Route(
        "/rulebook/<code>/draft",
        {"hr"},
        "POST",
        at="/rulebook/east/draft",
        absent="/rulebook/none/draft",
        form={"edit": "1", "total.cap": "140"},
        answers=303,
    ),
    Route(
        "/rulebook/<code>/draft/text",
        {"hr"},
        "POST",
        at="/rulebook/east/draft/text",
        absent="/rulebook/none/draft/text",
        form={"edit": "1", "text": "language: 1\n"},
        answers=409,  # saved by then
    ),
    Route(
        "/rulebook/<code>/draft/take",
        {"hr"},
        "POST",
        at="/rulebook/east/draft/take",
        absent="/rulebook/none/draft/take",
        form={"seen": "0", "seq": "0"},
        answers=409,
    ),
    Route(
        "/rulebook/<code>/discard",
        {"hr"},
        "POST",
        at="/rulebook/east/discard",
        absent="/rulebook/none/discard",
        form={"seen": "1"},
        answers=303,
    ),
    # a submission, from one person to the next
    Route(
        "/rulebook/<code>/submission",
        VERSION_READERS,
        at="/rulebook/west/submission",
        absent="/rulebook/none/submission",
    ),
    Route(
        "/rulebook/<code>/submission/warnings",
        VERSION_READERS,
        at="/rulebook/west/submission/warnings",
        absent="/rulebook/none/submission/warnings",
        page=False,
    ),
    *(
        Route(
            f"/rulebook/<code>/submission/{step}",
            roles,
            "POST",
            at=f"/rulebook/west/submission/{step}",
            absent=f"/rulebook/none/submission/{step}",
            form={"seen": seen},
            answers=answers,
        )
        for step, roles, seen, answers in (
            ("publish", {"hr"}, "0", 409),  # not approved yet
            ("approve", {"finance", "sales_director"}, "9", 409),  # not as it was seen
            ("ask", {"hr"}, "0", 303),
            ("withdraw", {"hr"}, "1", 303),
        )
    ),
    Route(
        "/rulebook/<code>/versions/<int:seq>/copy",
        {"hr"},
        "POST",
        at="/rulebook/east/versions/1/copy",
        absent="/rulebook/east/versions/99/copy",
        answers=303,
    ),
    Route("/consents/", {"manager", "salesperson"}),
    Route(
        "/consents/<int:number>",
        {"manager", "salesperson"},
        "POST",
        at="",
        absent="/consents/99",
        form={"answer": "perhaps"},
    ),
    # the rulebook as files and as workbooks
    Route("/rule-files", NO_ADMINISTRATOR),
    Route("/rule-files", {"hr"}, "POST", answers=400),  # no file was sent
    Route("/rule-files/rules.zip", NO_ADMINISTRATOR, page=False),
    Route(
        "/rulebook/<code>/workbook.xlsx",
        NO_ADMINISTRATOR,
        at="/rulebook/east/workbook.xlsx",
        absent="/rulebook/none/workbook.xlsx",
        page=False,
    ),
    Route(
        "/rulebook/<code>/draft/workbook.xlsx",
        {"hr"},
        at="/rulebook/east/draft/workbook.xlsx",
        absent="/rulebook/none/draft/workbook.xlsx",
        page=False,
    ),
    Route(
        "/rulebook/<code>/workbook",
        {"hr"},
        at="/rulebook/east/workbook",
        absent="/rulebook/none/workbook",
    ),
    *(
        Route(
            f"/rulebook/<code>/{each}",
            {"hr"},
            "POST",
            at=f"/rulebook/east/{each}",
            absent=f"/rulebook/none/{each}",
            answers=400,  # no workbook was sent
        )
        for each in ("workbook", "workbook/take")
    ),
    # a policy begun, who is under which, many changed at once
    Route("/rulebook/new", {"hr"}),
    Route("/rulebook/new", {"hr"}, "POST", form={"template": "empty", "code": "east"}, answers=409),
    Route("/rulebook/coverage", CHECKERS),
    Route("/rulebook/coverage/export.csv", CHECKERS, page=False),
    Route("/rulebook/bulk", {"hr"}),
    Route(
        "/rulebook/bulk",
        {"hr"},
        "POST",
        form={"field": "total.cap", "policy": "east", "all": "140", "seen-east": "", "make": "yes"},
    ),
    Route(
        "/rulebook/<code>/draft/library",
        {"hr"},
        at="/rulebook/east/draft/library",
        absent="/rulebook/none/draft/library",
    ),
    Route(
        "/rulebook/<code>/draft/library",
        {"hr"},
        "POST",
        at="/rulebook/east/draft/library",
        absent="/rulebook/none/draft/library",
        form={"kpi": "clv", "seen": "99"},
        answers=409,  # not the newest edit
    ),
    # uploads, and rows mended in place
    Route("/imports/upload", {"hr"}),
    Route(
        "/imports/upload/<source>",
        {"hr"},
        at="/imports/upload/demo",
        absent="/imports/upload/none",
    ),
    Route(
        "/imports/upload/<source>",
        {"hr"},
        "POST",
        at="/imports/upload/demo",
        absent="/imports/upload/none",
        answers=400,  # no file was sent
    ),
    Route(
        "/imports/<key>/progress",
        DATA_KEEPERS,
        at="/imports/import-1/progress",
        absent="/imports/1/progress",
        page=False,
    ),
    Route(
        "/quarantine/<key>/<int:seq>/mend",
        {"hr"},
        "POST",
        at="/quarantine/import-1/1/mend",
        absent="/quarantine/import-1/99/mend",
        form={"cell.opportunity_id": "X1", "cell.close_value": "12", "cell.sales_agent": "S11"},
        answers=303,
    ),
    Route(
        "/quarantine/<key>/<int:seq>/set-aside",
        {"hr"},
        "POST",
        at="/quarantine/import-1/2/set-aside",
        absent="/quarantine/import-1/99/set-aside",
        form={"reason": "测试数据"},
        answers=303,
    ),
    # a cycle from its opening to its seal
    Route("/cycles/open", {"hr"}),
    Route(
        "/cycles/open",
        {"hr"},
        "POST",
        form={"policy": "sales-quarterly", "period": "2017-Q4", "digest": "another"},
        answers=409,  # not the version that the page showed
    ),
    *(
        Route(
            f"/cycles/<key>/{step}",
            roles,
            method,
            at=f"/cycles/{CYCLE}/{step}",
            absent=f"/cycles/none@1/{step}",
            form={"version": "3"} if method == "POST" else {},
            answers=409 if method == "POST" else 200,  # it is neither open, locked nor over
        )
        for step, roles in STEPS.items()
        for method in ("GET", "POST")
    ),
    *(
        Route(
            "/cycles/<key>/move",
            {"hr"},
            method,
            at=f"/cycles/{CYCLE}/move",
            absent="/cycles/none@1/move",
            form={"step": "prepare", "reason": ""} if method == "POST" else {},
            answers=answers,  # there is no such version
        )
        for method, answers in (("GET", 200), ("POST", 404))
    ),
    Route(
        "/cycles/<key>/replay",
        {"hr", "finance", "auditor"},
        "POST",
        at=f"/cycles/{CYCLE}/replay",
        absent="/cycles/none@1/replay",
        answers=409,  # not sealed yet
    ),
    Route(
        "/cycles/<key>/progress",
        NO_ADMINISTRATOR,
        at=f"/cycles/{CYCLE}/progress",
        absent="/cycles/none@1/progress",
        page=False,
    ),
    # the organisation over time
    Route("/organisation/", ORGANISATION_READERS),
    Route(
        "/organisation/people/<code>",
        ORGANISATION_READERS,
        row="/organisation/people/{}",
        absent="/organisation/people/nobody",
    ),
    Route(
        "/organisation/people", {"hr"}, "POST", form={"code": "S11", "name": "另一人"}, answers=409
    ),
    Route(
        "/organisation/people/<code>/<step>",
        {"hr"},
        "POST",
        at="/organisation/people/S11/move",
        absent="/organisation/people/nobody/move",
        form={
            "version": "9",
            "unit": "west-1",
            "role": "member",
            "day": "2026-02-01",
            "reason": "调岗",
        },
        answers=409,  # not as it was seen
    ),
    Route("/organisation/units", {"hr"}, "POST", answers=400),  # nothing was typed
    Route(
        "/organisation/units/<code>/<step>",
        {"hr"},
        "POST",
        at="/organisation/units/east-1/close",
        absent="/organisation/units/nowhere/close",
        form={"day": "2026-02-01", "reason": "撤销"},
        answers=400,  # somebody is in it
    ),
    Route(
        "/organisation/export.<kind>",
        {"hr", "sales_director", "auditor"},
        at="/organisation/export.xlsx",
        absent="/organisation/export.txt",
        page=False,
    ),
    Route("/organisation/import", {"hr"}),
    Route("/organisation/import", {"hr"}, "POST", answers=400),  # no file was sent
    Route(
        "/cycles/<key>/people",
        {"hr"},
        at=f"/cycles/{CYCLE}/people",
        absent="/cycles/none@1/people",
    ),
    Route(
        "/cycles/<key>/people",
        {"hr"},
        "POST",
        at=f"/cycles/{CYCLE}/people",
        absent="/cycles/none@1/people",
        form={"person": "S11", "reason": "入职"},
        answers=409,  # its data are locked
    ),
    # who acts for whom
    Route("/stand-ins/", EVERYBODY, needs_role=False),
    Route("/stand-ins/", NAMERS, "POST", form={"stand_in": "auditor"}, answers=400),  # no days
    Route(
        "/stand-ins/<key>/revoke",
        EVERYBODY,
        "POST",
        absent="/stand-ins/none/revoke",
        needs_role=False,
    ),
    Route("/stand-ins/act", EVERYBODY, "POST", answers=303, needs_role=False),
    *GOALS,
    # calibration sessions: one over the first team, where the manager is on the board themselves
    Route("/calibrations/", CALIBRATORS),
    *(
        Route(
            f"/calibrations/<key>{page}",
            CALIBRATORS,
            at=f"/calibrations/sitting-1{page}",
            absent=f"/calibrations/none{page}",
            page=page != "/part",
        )
        for page in ("", "/projector", "/part", "/cost", "/minutes")
    ),
    Route(
        "/calibrations/<key>/minutes/<kind>",
        CALIBRATORS,
        at="/calibrations/sitting-1/minutes/csv",
        absent="/calibrations/none/minutes/csv",
        page=False,
    ),
    *(
        Route(
            "/calibrations/<key>/cards/<review>",
            CALIBRATORS,
            method,
            row="/calibrations/sitting-1/cards/review-{}",
            absent="/calibrations/sitting-1/cards/none",
            sees=ON_BOARD,
            form={"version": "99", "grade": "A", "reason": "带教新人"},
            answers=200 if method == "GET" else 409,
        )
        for method in ("GET", "POST")
    ),
    Route("/calibrations/open", {"hr", "hr_region"}),
    Route("/calibrations/open", {"hr", "hr_region"}, "POST", form={"cycle": "none@1"}, answers=404),
    *(
        Route(
            f"/calibrations/<key>/{step}",
            roles,
            "POST",
            at=f"/calibrations/sitting-1/{step}",
            absent=f"/calibrations/none/{step}",
            form={"version": "99", "reason": "漏议", "minutes": "漏议", "was": "99"},
            answers=409,
        )
        for step, roles in (
            ("close", {"hr", "hr_region"}),
            ("terms", {"hr", "hr_region"}),
            ("approve", {"sales_director"}),
            ("reopen", {"hr", "hr_region", "sales_director"}),
            ("minutes", CALIBRATORS),
        )
    ),
    Route(
        "/calibrations/<key>/close",
        {"hr", "hr_region"},
        at="/calibrations/sitting-1/close",
        absent="/calibrations/none/close",
    ),
    Route(
        "/calibrations/<key>/cards/<review>/out",
        {"hr", "hr_region"},
        "POST",
        row="/calibrations/sitting-1/cards/review-{}/out",
        absent="/calibrations/sitting-1/cards/none/out",
        sees=ON_BOARD,
        answers=400,  # why?
    ),
    Route("/logout", EVERYBODY, "POST", answers=302, needs_role=False),
)
