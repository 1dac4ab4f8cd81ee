"""Every route for every role: what is open, what is refused, and whose rows are there."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.admin.conftest import SignIn
from tests.factories import CYCLE
from tests.organisation import TEAMS
from workflows.access.policy import Role

EVERYBODY = {role.value for role in Role}
NO_ADMINISTRATOR = EVERYBODY - {"administrator"}
DATA_KEEPERS = {"hr", "finance", "auditor"}

# list: who may open it
LISTS = {
    "people": EVERYBODY,
    "units": EVERYBODY,
    "records": NO_ADMINISTRATOR,
    "reviews": NO_ADMINISTRATOR,
    "ledger": NO_ADMINISTRATOR,
    "policies": NO_ADMINISTRATOR,
    "cycles": NO_ADMINISTRATOR,
    "imports": DATA_KEEPERS,
    "quarantine": DATA_KEEPERS,
    "log": {"auditor"},
}
ALL = {manager for _, manager, _ in TEAMS.values()} | {
    member for _, _, members in TEAMS.values() for member in members
}
EAST = {"M1", "M2", "S11", "S12", "S21", "S22"}
# role: whose rows it sees (the manager is M1, the salesperson is S11)
SEES = {
    "administrator": ALL,
    "hr": ALL,
    "hr_region": EAST,
    "finance": ALL,
    "sales_director": ALL,
    "manager": {"M1", "S11", "S12"},
    "salesperson": {"S11"},
    "auditor": ALL,
}
# list: the address of a person's row
ROWS = {
    "people": "/people/{}",
    "records": "/records/deal/DEAL/{}",
    "reviews": "/reviews/review-{}",
}
# The rows that are nobody's in particular, and one that does not exist.
COMMON = {
    "/units/company": "units",
    "/policies/east/1": "policies",
    f"/cycles/{CYCLE}": "cycles",
    "/imports/import-1": "imports",
    "/quarantine/import-1/1": "quarantine",
    "/log/0": "log",
}
ABSENT = {
    "people": "nobody",
    "units": "nowhere",
    "records": "deal/none",
    "reviews": "1",
    "ledger": "999999",
    "policies": "east/99",
    "cycles": "none@2026",
    "imports": "1",
    "quarantine": "import-1/99",
    "log": "999999",
}
OTHER_ROUTES = {
    "/",
    "/healthz",
    "/login",
    "/logout",
    "/preferences/<name>",
    "/static/<path:filename>",
}


def test_no_route_is_unlisted(app: Flask) -> None:
    lists = {f"/{name}/" for name in LISTS} | {f"/{name}/<path:key>" for name in LISTS}
    assert {rule.rule for rule in app.url_map.iter_rules()} == lists | OTHER_ROUTES


def test_only_two_routes_take_a_get_without_sign_in(app: Flask) -> None:
    client = app.test_client()
    for name, key in ABSENT.items():
        for path in (f"/{name}/", f"/{name}/{key}"):
            answer = client.get(path)
            assert answer.status_code == 302, path
            assert answer.location.startswith("/login?next="), path
    assert client.get("/").location == "/login"
    assert client.get("/login").status_code == 200
    assert client.get("/healthz").status_code == 200


def test_only_these_routes_take_a_post(app: Flask) -> None:
    writing = {
        rule.rule for rule in app.url_map.iter_rules() if (rule.methods or set()) & {"POST", "PUT"}
    }
    assert writing == {"/login", "/logout", "/preferences/<name>"}


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_lists_by_role(sign_in: SignIn, role: str) -> None:
    client = sign_in(role)
    overview = client.get("/")
    assert overview.status_code == 200
    for name, roles in LISTS.items():
        open_to = role in roles
        assert client.get(f"/{name}/").status_code == (200 if open_to else 403), name
        assert client.get(f"/{name}/{ABSENT[name]}").status_code == (404 if open_to else 403), name
        assert (f'href="/{name}/"' in overview.text) is open_to, name
    for path, name in COMMON.items():
        assert client.get(path).status_code == (200 if role in LISTS[name] else 403), path


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_rows_by_role(sign_in: SignIn, role: str) -> None:
    """A row of somebody else's is as absent as one that does not exist, in list and details."""
    client = sign_in(role)
    for name, pattern in ROWS.items():
        if role not in LISTS[name]:
            continue
        listed = client.get(f"/{name}/").text
        for code in sorted(ALL):
            path, visible = pattern.format(code), code in SEES[role]
            assert client.get(path).status_code == (200 if visible else 404), path
            assert (f'href="{path}"' in listed) is visible, path


@pytest.mark.parametrize("role", sorted(NO_ADMINISTRATOR))
def test_ledger_by_role(sign_in: SignIn, role: str) -> None:
    every_entry = range(1, 2 * len(ALL) + 2)  # two each, and one reversal
    client = sign_in(role)
    answers = [client.get(f"/ledger/{entry}").status_code for entry in every_entry]
    reversals = 1 if "S11" in SEES[role] else 0
    assert answers.count(200) == 2 * len(SEES[role]) + reversals
    assert answers.count(404) == len(answers) - answers.count(200)


def test_somebody_elses_numbers_are_not_on_shared_pages(sign_in: SignIn) -> None:
    client = sign_in("salesperson")
    shared = [client.get(path).text for path in ("/", f"/cycles/{CYCLE}", "/units/east-1")]
    for page in shared:
        assert "姓名S12" not in page
        assert "姓名M1" not in page
    assert "<strong>1</strong>" in shared[1]  # one review of the ten: one's own


def test_search_and_filters_stay_within_what_is_visible(sign_in: SignIn) -> None:
    client = sign_in("salesperson")
    assert "姓名S12" not in client.get("/reviews/?q=S12").text
    assert "west-1" not in client.get("/reviews/").text
