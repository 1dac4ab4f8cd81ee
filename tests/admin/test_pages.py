"""What every page has in common: its headers, its languages, its errors, its lists' manners."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from admin.headers import CONTENT_SECURITY_POLICY
from tests.admin.conftest import SignIn, csrf_token, services_of
from tests.admin.routes import ROUTES
from tests.factories import CYCLE
from workflows.base.database import Database
from workflows.log.tables import LogHead

WHO_SEE_MOST = ("auditor", "hr", "administrator")
CJK = re.compile(r"[\u4e00-\u9fff]")
ENGLISH = re.compile(r"[A-Za-z]{2,}")
# What is not ours to translate: names in the data, user names, units of measure.
DATA = re.compile(
    r"\bhr\b|\badministrator\b|姓名\w+|公司|带教新人|新季度|East|east|west|company|auditor|crm|CNY|SHA-\d+|deals\.csv"
    r"|\bKB\b|PDF|PNG|JPEG|Word|Excel"
    r"|quarter_bonus|negotiation_course|opportunity_id|close_\w+|X9|abc|deal\b|quarantined|2026-Q1|'abc'"
    r"|grade$|system|US\$|USD"
    r"|CRM|XLSX?|CSV|GBK|UTF-\d+|sales_agent|\w*\.(csv|xlsx)|WPS|Ctrl|Esc|Tab|Enter|花名册|\bMB\b|\bgit\b|\bzip\b|新区域"
    # values of a policy by their path, and fields of records
    r"|[a-z]\w*(\.[\w*…-]+)+|\b(stage|won|lost|records|amount|customer|list_price|\w+ed_on)\b"
    # stages are the policy's own
    r"|\b(goal_setting|goal_approval|tracking|data_locked|evaluation|calibration|result_approval|feedback|closed|currency|period)\b"
    # what an entry of the log counts
    r"|\b(copies|period|replaced|withdrawn|sha256)\b"
    # commands, pseudonyms, contract numbers, and what people wrote
    r"|`kaoheng [^`]+`|\bid-\w+|HT-\w+|\bhr_region\b|\bsales_director\b|\bfinance\b|“self”"
    r"|年度销售额|三年翻番|增加季度销售额|软件|服务|主推|漏单|漏算了一单|每周回访客户|提高赢单率"
    r"|合同\.pdf|account-\w+|C2SP tlog-\w+|Python|English|中文|revenue|[0-9a-f]{12,}|DEAL"
)


class Read(HTMLParser):
    """The words that a reader sees or hears on a page, and what a strict policy forbids."""

    SPOKEN = ("aria-label", "placeholder", "title", "alt")
    QUIET = ("code", "pre", "style", "script", "kbd", "textarea")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.inline: list[str] = []
        self.elsewhere: list[str] = []
        self._quiet = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._quiet += tag in self.QUIET
        if tag == "style" or (tag == "script" and "src" not in dict(attrs)):
            self.inline.append(tag)
        for name, value in attrs:
            if name == "style" or name.startswith("on"):
                self.inline.append(name)
            if name in ("href", "src", "action") and not (value or "").startswith(("/", "#")):
                self.elsewhere.append(value or "")
            if name in self.SPOKEN:
                self.words.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        self._quiet -= tag in self.QUIET

    def handle_data(self, data: str) -> None:
        if not self._quiet:
            self.words.append(data.strip())

    def foreign(self, letters: re.Pattern[str]) -> list[str]:
        return [words for words in self.words if letters.search(DATA.sub("", words))]


def pages(role: str) -> list[str]:
    """Return an address of each page that ``role`` may open."""
    routes = [
        route for route in ROUTES if route.page and route.method == "GET" and role in route.open_to
    ]
    return [
        *filter(None, (route.plain for route in routes)),
        *(route.row.format("S11") for route in routes if route.row),
        "/reviews/review-S21",
    ]


def every_page(client: FlaskClient, role: str) -> dict[str, str]:
    found = {path: client.get(path).text for path in pages(role)}
    if role == "auditor":
        found["/ledger/1"] = client.get("/ledger/1").text
    found["error"] = client.get("/people/nobody").text
    found["nothing found"] = client.get("/people/?q=nobody").text
    return found


def choose(client: FlaskClient, name: str, value: str, following: str = "/people/"):  # type: ignore[no-untyped-def]
    form = {"value": value, "next": following, "csrf_token": csrf_token(client, "/")}
    return client.post(f"/preferences/{name}", data=form)


@pytest.mark.parametrize("role", [*WHO_SEE_MOST, "manager", "salesperson"])
def test_nothing_inline_nothing_from_elsewhere_and_all_in_chinese(
    app: Flask, sign_in: SignIn, role: str
) -> None:
    """Each page is made once and looked at for everything: making them all takes long."""
    found = every_page(sign_in(role), role)
    found["sign-in"] = app.test_client().get("/login").text
    found["not signed in"] = app.test_client().get("/none").text
    foreign, coded = {}, {}
    for path, page in found.items():
        read = Read(page)
        assert read.inline == [], path
        assert read.elsewhere == [], path
        if role in WHO_SEE_MOST and (words := read.foreign(ENGLISH)):
            foreign[path] = words
        if words := [each for each in read.words if CYCLE in each]:
            coded[path] = words
    assert foreign == {}
    assert coded == {}, "a cycle is said by its name; where its code is of use it is marked as one"


@pytest.mark.parametrize("path", ["/login", "/healthz", "/none", "/people/", "/static/seal.svg"])
def test_every_response_says_what_may_be_loaded(app: Flask, path: str) -> None:
    with app.test_client().get(path) as answer:
        headers = answer.headers
    assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_pages_are_not_kept_and_assets_are(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("hr")
    page = client.get("/people/")
    assert page.headers["Cache-Control"] == "no-store"
    sheet = re.search(r'href="(/static/css/[^"]+\?v=[0-9a-f]+)"', page.text)
    assert sheet
    with client.get(sheet[1]) as asset:
        assert "immutable" in asset.headers["Cache-Control"]


@pytest.mark.parametrize("role", WHO_SEE_MOST)
def test_english_pages_have_no_chinese(sign_in: SignIn, role: str) -> None:
    client = sign_in(role)
    choose(client, "language", "en")
    found = every_page(client, role)
    assert 'lang="en"' in found["/"]
    assert {path: words for path, page in found.items() if (words := Read(page).foreign(CJK))} == {}


def test_a_choice_stays_and_leads_back(sign_in: SignIn) -> None:
    client = sign_in("hr")
    answer = choose(client, "language", "en", "/people/?q=S1")
    assert (answer.status_code, answer.location) == (303, "/people/?q=S1")
    assert "Max-Age=31536000" in answer.headers["Set-Cookie"]
    assert "<h1>People</h1>" in client.get("/people/").text
    choose(client, "theme", "dark")
    assert 'data-theme="dark"' in client.get("/people/").text


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil", ""])
def test_a_choice_never_leads_elsewhere(sign_in: SignIn, target: str) -> None:
    assert choose(sign_in("hr"), "theme", "dark", target).location == "/"


@pytest.mark.parametrize(("name", "value"), [("language", "fr"), ("role", "hr"), ("theme", "")])
def test_only_known_choices(sign_in: SignIn, name: str, value: str) -> None:
    assert choose(sign_in("hr"), name, value).status_code == 400


def test_a_choice_is_never_a_get(sign_in: SignIn) -> None:
    assert sign_in("hr").get("/preferences/language?value=en").status_code == 405


def test_numbers_dates_and_money_in_both_languages(sign_in: SignIn) -> None:
    client = sign_in("auditor")
    assert "¥1,234.57" in client.get("/ledger/1").text
    assert "2026年1月31日 12:00" in client.get(f"/cycles/{CYCLE}").text
    assert "2026年1月1日 – 2026年3月31日" in client.get(f"/cycles/{CYCLE}").text
    choose(client, "language", "en")
    assert "CN¥1,234.57" in client.get("/ledger/1").text
    assert "31 Jan 2026, 12:00" in client.get(f"/cycles/{CYCLE}").text


def test_lists_search_filter_order_and_page(sign_in: SignIn) -> None:
    client = sign_in("hr")

    def codes(query: str) -> list[str]:
        return re.findall(r'href="/reviews/review-(\w+)"', client.get(f"/reviews/?{query}").text)

    assert codes("q=S3") == ["S31", "S32", "S33"]
    assert codes("q=%25") == []  # a per cent sign is itself
    assert codes("stage=calibration&team=west-1") == ["S32"]
    assert codes("order=total")[0] == "S33"
    assert codes("order=-total")[0] == "M1"
    everybody = codes("")
    assert len(everybody) == 10
    for nonsense in ("page=99", "page=-1", "page=x", "order=salary", "grade=", "id=1"):
        assert codes(nonsense) == everybody, nonsense


def test_a_long_list_has_pages(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("auditor")
    first, last = client.get("/ledger/").text, client.get("/ledger/?page=2").text
    assert "第 1–21 条，共 21 条" in first
    assert 'rel="next"' not in first
    assert last.count("<tr>") == first.count("<tr>")
    with services_of(app).database.read() as session:
        entries = session.scalars(sa.select(LogHead.size)).one()
    for _ in range(25 - entries):
        sign_in("hr")
    assert "第 1–25 条，共 25 条" in client.get("/log/").text
    sign_in("hr")
    assert "第 1 / 2 页" in client.get("/log/").text
    assert "第 26–26 条，共 26 条" in client.get("/log/?page=2").text


Lost = Callable[[Database], None]


@pytest.fixture
def lost(monkeypatch: pytest.MonkeyPatch) -> Lost:
    """Return a function that takes the database away, for this test."""
    nowhere = sa.create_engine("sqlite:////nowhere/at/all.db")
    return lambda database: monkeypatch.setattr(database, "read_engine", nowhere)


def test_what_went_wrong_is_not_shown(app: Flask, sign_in: SignIn, lost: Lost) -> None:
    client = sign_in("hr")
    lost(services_of(app).database)
    answer = client.get("/people/")
    assert answer.status_code == 500
    assert "系统出了问题" in answer.text
    assert "sqlite" not in answer.text.lower()
    assert "Traceback" not in answer.text


def test_health(app: Flask, lost: Lost) -> None:
    client = app.test_client()
    well = client.get("/healthz")
    assert well.status_code == 200
    assert well.json is not None
    assert set(well.json) == {"status", "database", "schema", "jobs"}
    assert (well.json["status"], well.json["database"]) == ("ok", "ok")
    lost(services_of(app).database)
    ill = client.get("/healthz")
    assert (ill.status_code, ill.json and ill.json["database"]) == (503, "unreachable")


def test_a_schema_of_another_time_is_not_healthy(app: Flask) -> None:
    with services_of(app).database.write() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = 'older'"))
    assert app.test_client().get("/healthz").status_code == 503
