"""The editor of policies: who may come in, what it tells, and that nobody's typing is lost."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.admin.conftest import SignIn, services_of
from tests.admin.contents import digest
from tests.admin.test_access import form_token
from tests.factories import account
from workflows.access.policy import Role
from workflows.rulebook.tables import PolicyDraft, PolicyEdit, PolicyVersion

# A day to come, and not so far that it looks mistyped.
FIRST_DAY = f"{datetime.now(UTC).year + 2}-01-01"

REVENUE, DEALS, CAP = "kpis.won_revenue.weight", "kpis.won_deals.weight", "total.cap"


@pytest.fixture
def hr(app: Flask, sign_in: SignIn) -> FlaskClient:
    return sign_in("hr")


@pytest.fixture
def hr2(app: Flask, hr: FlaskClient, sign_in: SignIn) -> FlaskClient:
    second = account(Role.HR)
    second.username = second.public_id = "hr2"
    with services_of(app).database.write() as session:
        session.add(second)
    return sign_in("hr2")


def post(client: FlaskClient, path: str, **form: str):  # type: ignore[no-untyped-def]
    return client.post(path, data=form, headers={"X-CSRFToken": form_token(client)})


def form_of(page: str) -> dict[str, str]:
    """Return what the form of a draft's page would send."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<input [^>]*>", page):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        found[attributes.get("name", "")] = unescape(attributes.get("value", ""))
    for tag, options in re.findall(r"<select ([^>]*)>(.*?)</select>", page, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found[dict(re.findall(r'([\w-]+)="([^"]*)"', tag))["name"]] = (
            unescape(chosen[1]) if chosen else ""
        )
    own = re.compile(r"[a-z_]+(\.[\w-]+)+(:\w+)?|edit")
    return {name: value for name, value in found.items() if own.fullmatch(name)}


def text_of(page: str) -> str:
    """Return the policy's text on a page."""
    found = re.search(r'<textarea[^>]* name="text"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert found is not None
    return unescape(found[1])


def typed(client: FlaskClient, changes: dict[str, str]) -> dict[str, str]:
    return form_of(client.get("/rulebook/east/draft").text) | changes


def test_only_hr_is_offered_to_edit(sign_in: SignIn) -> None:
    assert "/rulebook/east/draft" in sign_in("hr").get("/rulebook/east").text
    assert "/rulebook/east/draft" not in sign_in("salesperson").get("/rulebook/east").text


def test_a_draft_discarded_and_begun_again(hr: FlaskClient) -> None:
    assert post(hr, "/rulebook/east/discard", seen="0").location == "/rulebook/east"
    assert hr.get("/rulebook/east/draft").status_code == 404
    assert "/rulebook/east/start" in hr.get("/rulebook/east").text
    assert post(hr, "/rulebook/east/start").location == "/rulebook/east/draft"
    assert hr.get("/rulebook/east/draft").status_code == 200


def test_typing_is_told_at_once_and_kept_nowhere(home: Path, hr: FlaskClient) -> None:
    before = digest(home / "kaoheng.db")
    told = post(hr, "/rulebook/east/check", **typed(hr, {REVENUE: "35%"})).text
    assert "权重合计 95%" in told or "Weights sum to 95%" in told
    told = post(hr, "/rulebook/east/check", **typed(hr, {"grades.1.from": "viel"})).text
    slot = re.search(r'data-faults="slot-grades-1-from">(.*?)</span></span>', told, re.DOTALL)
    assert slot is not None
    assert "viel" in slot[1]
    told = post(hr, "/rulebook/east/check", **typed(hr, {REVENUE: "35%", DEALS: "20%"})).text
    assert "<del>40%</del>" in told
    assert "<ins>35%</ins>" in told
    assert digest(home / "kaoheng.db") == before


def test_what_is_doubtful_comes_after_the_check_and_apart_from_faults(hr: FlaskClient) -> None:
    told = post(hr, "/rulebook/east/lint", **typed(hr, {REVENUE: "39%"})).text
    assert "data-doubts" not in told  # the weights are a fault, and warnings wait for faults
    told = post(hr, "/rulebook/east/lint", edit="1", **{"grades.0.from": "999"}).text
    assert 'data-doubts="slot-grades-0-grade"' in told


def test_the_curves_are_of_what_is_typed(hr: FlaskClient) -> None:
    as_saved = post(hr, "/rulebook/east/curves", edit="1").text
    capped = post(hr, "/rulebook/east/curves", edit="1", **{"kpis.won_revenue.cap": "110"}).text
    assert 'id="curve-kpis-won_revenue"' in as_saved
    assert as_saved != capped


def test_the_text_carries_what_was_typed_and_back(hr: FlaskClient) -> None:
    text = text_of(post(hr, "/rulebook/east/draft/text/open", edit="1", **{CAP: "140"}).text)
    before = text_of(hr.get("/rulebook/east/draft/text").text)
    assert text == before.replace("cap: 130}", "cap: 140}")
    noted = text.replace("total: {", "# why: asked for by sales\ntotal: {")
    form = form_of(post(hr, "/rulebook/east/draft/form", edit="1", text=noted).text)
    assert form[CAP] == "140"
    assert post(hr, "/rulebook/east/draft", **form, text=noted).status_code == 303
    assert text_of(hr.get("/rulebook/east/draft/text").text) == noted


def test_a_text_with_a_fault_is_kept_and_one_that_does_not_read_is_shown(hr: FlaskClient) -> None:
    text = text_of(hr.get("/rulebook/east/draft/text").text)
    broken = text.replace("weight: 40%", "weight: viel")
    (fault,) = post(hr, "/rulebook/east/draft/text/check", edit="1", text=broken).get_json()
    assert broken.splitlines()[fault["line"] - 1][fault["column"] - 1 :].startswith("viel")
    assert post(hr, "/rulebook/east/draft/text", edit="1", text=broken).status_code == 303
    edit = form_of(hr.get("/rulebook/east/draft").text)["edit"]
    unread = post(hr, "/rulebook/east/draft/text", edit=edit, text=f"{text}\n}}")
    assert unread.status_code == 400
    assert text_of(unread.text) == f"{text}\n}}"
    assert post(hr, "/rulebook/east/draft/form", edit=edit, text="{").status_code == 400


def test_two_texts_saved_at_once_are_put_together_or_both_shown(
    hr: FlaskClient, hr2: FlaskClient
) -> None:
    text = text_of(hr.get("/rulebook/east/draft/text").text)
    theirs = text.replace("cap: 130}", "cap: 140}")
    post(hr, "/rulebook/east/draft/text", edit="1", text=theirs)
    apart = post(hr2, "/rulebook/east/draft/text", edit="1", text=f"# mine\n{text}")
    assert apart.status_code == 409
    assert text_of(apart.text) == f"# mine\n{theirs}"
    mine = text.replace("cap: 130}", "cap: 150}")
    met = post(hr2, "/rulebook/east/draft/text", edit="1", text=mine)
    assert (met.status_code, text_of(met.text)) == (409, mine)
    assert "cap: 140}" in unescape(met.text)
    assert text_of(hr.get("/rulebook/east/draft/text").text) == theirs


def test_an_edit_is_taken_again_as_a_new_one(hr: FlaskClient, hr2: FlaskClient) -> None:
    text = text_of(hr.get("/rulebook/east/draft/text").text)
    post(hr, "/rulebook/east/draft", edit="1", **{CAP: "140"})
    assert "<ins>140</ins>" in hr.get("/rulebook/east/draft/edits").text
    assert post(hr2, "/rulebook/east/draft/take", seen="0", seq="0").status_code == 409
    assert post(hr2, "/rulebook/east/draft/take", seen="1", seq="9").status_code == 404
    assert post(hr2, "/rulebook/east/draft/take", seen="1", seq="0").status_code == 303
    assert text_of(hr.get("/rulebook/east/draft/text").text) == text
    assert hr.get("/rulebook/east/draft/edits").text.count('id="edit-') == 3


def test_fields_that_a_form_may_not_set_have_no_effect(app: Flask, hr: FlaskClient) -> None:
    smuggled = {"policy": "other", "language": "2", "state": "published", "author_id": "1"}
    more = {"kpis.nobody.weight": "1", "rules.quarter_bonus.then.0.conclude": "paid"}
    answer = post(hr, "/rulebook/east/draft", **typed(hr, {CAP: "140", **smuggled, **more}))
    assert answer.status_code == 303
    with services_of(app).database.read() as session:
        old, new = (
            session.scalars(
                select(PolicyEdit.text)
                .join(PolicyDraft, PolicyDraft.id == PolicyEdit.draft_id)
                .where(PolicyDraft.policy.has(code="east"), PolicyEdit.seq == seq)
            ).one()
            for seq in (0, 1)
        )
        states = select(PolicyDraft.state).where(PolicyDraft.policy.has(code="east"))
        assert session.scalars(states).all() == ["open"]
    assert new == old.replace("total: {floor: 0, cap: 130}", "total: {floor: 0, cap: 140}")


def test_a_weight_changed_submitted_approved_and_published(
    app: Flask, hr: FlaskClient, hr2: FlaskClient, sign_in: SignIn
) -> None:
    assert (
        post(hr, "/rulebook/east/draft", **typed(hr, {REVENUE: "35%", DEALS: "20%"})).status_code
        == 303
    )
    day = FIRST_DAY
    late = post(hr2, "/rulebook/east/submit", seen="0", reason="看旧了", first_day=day)
    assert late.status_code == 409
    assert "看旧了" in late.text
    for wrong in ({"reason": " "}, {"first_day": "明天"}, {"first_day": "2026-01-01"}):
        form = {"seen": "1", "reason": "侧重数量", "first_day": day} | wrong
        assert post(hr, "/rulebook/east/submit", **form).status_code == 400, wrong
    done = post(hr, "/rulebook/east/submit", seen="1", reason="侧重数量", first_day=day)
    assert done.location == "/rulebook/east/submission"
    assert hr.get("/rulebook/east/draft").location == "/rulebook/east/submission"

    finance = sign_in("finance")
    assert "/rulebook/east/submission" in finance.get("/").text
    assert "/rulebook/east/submission" not in hr2.get("/").text, "not before it is approved"
    at = "/rulebook/east/submission"
    assert post(hr, f"{at}/publish", seen="0").status_code == 403
    assert f"{at}/publish" not in hr.get(at).text  # whoever wrote it has nothing to press
    assert post(hr2, f"{at}/publish", seen="0").status_code == 409
    assert post(finance, f"{at}/approve", seen="0").location == at
    assert post(finance, f"{at}/approve", seen="1").status_code == 409
    assert at in hr2.get("/").text
    assert post(hr2, f"{at}/publish", seen="0").status_code == 409, "it was approved meanwhile"
    assert post(hr2, f"{at}/publish", seen="1").location == "/rulebook/east"
    with services_of(app).database.read() as session:
        states = session.execute(
            select(PolicyVersion.seq, PolicyVersion.state, PolicyVersion.reason)
            .where(PolicyVersion.policy.has(code="east"))
            .order_by(PolicyVersion.seq)
        ).all()
    assert [tuple(row) for row in states] == [
        (1, "published", "新季度"),
        (2, "published", "侧重数量"),
    ]
    page = hr.get("/rulebook/east").text
    assert FIRST_DAY[:4] in page
    copied = post(hr, "/rulebook/east/versions/1/copy")
    assert copied.location == "/rulebook/east/draft"


def test_who_types_while_it_is_submitted_loses_nothing(hr: FlaskClient, hr2: FlaskClient) -> None:
    post(hr, "/rulebook/east/draft", **typed(hr, {CAP: "135"}))
    mine = typed(hr2, {CAP: "140"})
    form = {"seen": "1", "reason": "够了", "first_day": FIRST_DAY}
    assert post(hr, "/rulebook/east/submit", **form).status_code == 303
    told = post(hr2, "/rulebook/east/draft", **mine)
    assert told.status_code == 409
    assert form_of(told.text)[CAP] == "140"
    assert "/rulebook/east/submission" in told.text
    assert post(hr, "/rulebook/east/submission/withdraw", seen="0").status_code == 303
    assert post(hr2, "/rulebook/east/draft", **form_of(told.text)).status_code == 303
    assert form_of(hr.get("/rulebook/east/draft").text)[CAP] == "140"


def test_the_second_who_saves_keeps_what_they_typed(
    hr: FlaskClient, hr2: FlaskClient, app: Flask
) -> None:
    mine = typed(hr2, {CAP: "140", REVENUE: "30%"})
    post(hr, "/rulebook/east/draft", **typed(hr, {REVENUE: "35%", DEALS: "20%"}))
    told = post(hr2, "/rulebook/east/draft", **mine)
    assert told.status_code == 409
    assert "hr" in told.text
    merged = form_of(told.text)
    assert (merged[CAP], merged[REVENUE], merged[DEALS]) == ("140", "30%", "20%")
    with services_of(app).database.read() as session:
        assert session.scalar(select(func.max(PolicyEdit.seq))) == 1
    assert post(hr2, "/rulebook/east/draft", **merged).status_code == 303
    assert form_of(hr.get("/rulebook/east/draft").text)[DEALS] == "20%"


@pytest.mark.parametrize("end", ["discarded", "published"])
def test_who_types_while_the_draft_ends_loses_nothing(
    hr: FlaskClient, hr2: FlaskClient, sign_in: SignIn, end: str
) -> None:
    post(hr, "/rulebook/east/draft", **typed(hr, {CAP: "135"}))
    mine = typed(hr, {CAP: "140"})
    if end == "discarded":
        assert post(hr2, "/rulebook/east/discard", seen="1").status_code == 303
    else:
        form = {"seen": "1", "reason": "够了", "first_day": FIRST_DAY}
        assert post(hr2, "/rulebook/east/submit", **form).status_code == 303
        at = "/rulebook/east/submission"
        assert post(sign_in("finance"), f"{at}/approve", seen="0").status_code == 303
        assert post(hr2, f"{at}/publish", seen="1").status_code == 303
    told = post(hr, "/rulebook/east/draft", **mine)
    assert told.status_code == 409
    assert form_of(told.text)[CAP] == "140"
    # Somebody who begins anew first is not written over either.
    post(hr2, "/rulebook/east/start")
    told = post(hr, "/rulebook/east/draft", **form_of(told.text), begin="yes")
    assert told.status_code == 409
    post(hr2, "/rulebook/east/discard", seen="0")
    again = post(hr, "/rulebook/east/draft", **form_of(told.text), begin="yes")
    assert again.status_code == 303, again.text
    assert form_of(hr.get("/rulebook/east/draft").text)[CAP] == "140"


def test_what_cannot_be_written_stays_on_the_form(hr: FlaskClient) -> None:
    place = "kpis.price_realisation.score.interpolate.1.0"
    answer = post(hr, "/rulebook/east/draft", **typed(hr, {place: "", CAP: "140"}))
    assert answer.status_code == 400
    assert form_of(answer.text)[place] == ""
    assert 'aria-invalid="true"' in answer.text


def test_a_name_with_markup_is_only_text(hr: FlaskClient) -> None:
    answer = post(hr, "/rulebook/east/check", **typed(hr, {CAP: "<script>alert(1)</script>"}))
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_a_rule_put_in_on_the_form_is_saved_with_what_was_typed(
    app: Flask, hr: FlaskClient
) -> None:
    path, given = "/rulebook/east/draft/structure", {"do": "enter rules", "enter:rules": "冲刺奖"}
    told = post(hr, path, **typed(hr, {CAP: "140"}), **given)
    assert told.status_code == 200
    form = form_of(told.text)
    assert (form[CAP], form["rules.rule_1.name.zh"]) == ("140", "冲刺奖")
    when = {"rules.rule_1.when": "won_deals.points", "rules.rule_1.when:right": "90"}
    answer = post(hr, "/rulebook/east/draft", **form | when, text=text_of(told.text))
    assert answer.status_code == 303
    form = form_of(hr.get("/rulebook/east/draft").text)
    assert [form[f"rules.rule_1.when{part}"] for part in ("", ":sign", ":right")] == [
        "won_deals.points",
        ">=",
        "90",
    ]
    with services_of(app).database.read() as session:
        texts = session.scalars(select(PolicyEdit.text).order_by(PolicyEdit.id)).all()
    assert "when: won_deals.points >= 90" in texts[-1]
    assert "# Selling below list is not good performance" in texts[-1]


def test_an_operation_that_the_form_does_not_offer_changes_nothing(hr: FlaskClient) -> None:
    told = post(hr, "/rulebook/east/draft/structure", **typed(hr, {CAP: "140"}), do="remove kpis")
    assert told.status_code == 400
    assert form_of(told.text)[CAP] == "140"


def test_structure_is_not_changed_over_what_another_saved(
    hr: FlaskClient, hr2: FlaskClient
) -> None:
    mine = typed(hr2, {})
    post(hr, "/rulebook/east/draft", **typed(hr, {CAP: "140"}))
    told = post(hr2, "/rulebook/east/draft/structure", **mine, do="remove kpis.win_rate")
    assert told.status_code == 409
    assert form_of(told.text)["kpis.win_rate.weight"] == mine["kpis.win_rate.weight"]


def test_a_number_beyond_all_rows_is_one_of_no_row(hr: FlaskClient) -> None:
    assert hr.get(f"/rulebook/east?version={10**25}").status_code == 404
    assert post(hr, "/rulebook/east/draft", edit=str(10**25)).status_code == 404
