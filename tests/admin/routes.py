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


# What anyone may open without signing in, whoever they are.
PUBLIC = {
    ("GET", "/healthz"),
    ("GET", "/login"),
    ("POST", "/login"),
    ("GET", "/static/<path:filename>"),
    ("POST", "/preferences/<name>"),
}

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
# Each area's pages and actions beside the lists.
ROUTES = (
    *LISTS,
    *EXPORTS,
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
        form={"name": "survey"},
        answers=409,  # locked already
    ),
    Route(
        "/reporting/<code>/reports/<key>",
        {"hr"},
        "POST",
        at=f"/reporting/{CYCLE}/reports/report-1",
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
    Route("/logout", EVERYBODY, "POST", answers=302, needs_role=False),
)
