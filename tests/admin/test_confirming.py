"""The pages of confirming: a deal claimed, a split proposed and answered, a figure given."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.admin.conftest import SignIn, services_of
from tests.admin.test_access import form_token
from tests.admin.test_participation import post
from tests.factories import CYCLE
from workflows.claims.tables import CreditClaim
from workflows.cycles.tables import Cycle, Evaluation

MINE = "/reviews/review-S11"


@pytest.fixture
def opened(app: Flask) -> Flask:
    """The company's cycle, not locked yet, without the claims that it came with."""
    with services_of(app).database.write() as session:
        session.execute(sa.update(Cycle).values(state="open", locked_at=None))
        session.execute(sa.delete(Evaluation))
        session.execute(sa.delete(CreditClaim))
    return app


def claim_on(page: str) -> str:
    found = re.search(r'href="(/claims/[0-9a-f]{32})"', page)
    assert found, page
    return found[1]


@pytest.mark.usefixtures("opened")
def test_a_claim_from_the_list_to_the_agreement(sign_in: SignIn) -> None:
    me, manager = sign_in("salesperson"), sign_in("manager")
    empty = post(me, f"{MINE}/claims", contract="DEAL/S12", reason=" ")
    assert empty.status_code == 400
    assert 'value="DEAL/S12"' in empty.text
    assert post(me, f"{MINE}/claims", contract="DEAL/S12", reason="共同签的").status_code == 303
    claim = claim_on(me.get(f"{MINE}/confirm").text)
    assert "DEAL/S12" in manager.get("/").text  # among what waits for them
    people, roles = ["S11", "S12"], ["owner", "owner"]
    lines = {"person": people, "role": roles, "since": ["", ""], "reason": "各半"}
    refused = post(manager, f"{claim}/proposals", **lines, share=["50%", "40%"])
    assert refused.status_code == 400
    assert "90%" in refused.text
    assert 'value="40%"' in refused.text
    assert post(manager, f"{claim}/proposals", **lines, share=["50%", "50%"]).status_code == 303
    page = me.get(claim).text
    proposal = re.search(r'name="proposal" value="(\w+)"', page)
    assert proposal
    answer = {"proposal": proposal[1], "answer": "decline", "reason": ""}
    assert post(me, f"{claim}/answers", **answer).status_code == 400
    assert post(me, f"{claim}/answers", **answer | {"answer": "accept"}).status_code == 303
    # S12 has not answered, and nobody has declined: HR waits.
    hr = sign_in("hr")
    decided = post(hr, f"{claim}/decision", decision="grant", reason="好")
    assert decided.status_code in (303, 409)


@pytest.mark.usefixtures("opened")
def test_the_list_is_confirmed_as_it_was_seen(sign_in: SignIn) -> None:
    me = sign_in("salesperson")
    seen = re.search(r'name="seen" value="(\w+)"', me.get(f"{MINE}/confirm").text)
    assert seen
    assert post(me, f"{MINE}/confirm", seen="0").status_code == 409
    assert post(me, f"{MINE}/confirm", seen=seen[1]).status_code == 303
    assert seen[1] in me.get(f"{MINE}/confirm").text
    assert "已确认" in sign_in("manager").get(f"/confirmations/{CYCLE}").text


@pytest.mark.usefixtures("opened")
def test_a_figure_is_refused_where_it_was_typed(sign_in: SignIn) -> None:
    finance = sign_in("finance")
    assert post_report(finance, "S11 88").status_code == 400  # the policy has no such figure
    hr = sign_in("hr")
    named = post(hr, f"/reporting/{CYCLE}/providers", name="survey", reporter="x", checker="y")
    assert named.status_code == 400


def post_report(client: FlaskClient, figures: str):  # type: ignore[no-untyped-def]
    fields = {
        "name": "survey",
        "figures": figures,
        "files": FileStorage(BytesIO(b"%PDF-1"), "问卷.pdf", content_type="application/pdf"),
    }
    boundary, body = encode_multipart(fields)
    return client.post(
        f"/reporting/{CYCLE}/reports",
        data=body,
        content_type=f'multipart/form-data; boundary="{boundary}"',
        headers={"X-CSRFToken": form_token(client)},
    )
