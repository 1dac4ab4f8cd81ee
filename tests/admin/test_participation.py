"""Comments beside the draft, the consultation with its files, and an agreement to its signature."""

from __future__ import annotations

import re
from hashlib import sha256
from io import BytesIO

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.admin.conftest import SignIn, services_of
from tests.admin.test_access import HTMX, form_token
from workflows.agreements.tables import Agreement
from workflows.comments.tables import Comment, CommentThread
from workflows.consultation.tables import Consultation

COMMENTS, CONSULTATION = "/rulebook/east/comments", "/rulebook/east/consultation"
COPY = "/agreements/copy-S11"


@pytest.fixture
def hr(sign_in: SignIn) -> FlaskClient:
    return sign_in("hr")


@pytest.fixture
def me(sign_in: SignIn) -> FlaskClient:
    return sign_in("salesperson")


def post(client: FlaskClient, address: str, /, htmx: bool = False, **form: object):  # type: ignore[no-untyped-def]
    headers = {"X-CSRFToken": form_token(client), **(HTMX if htmx else {})}
    return client.post(address, data=form, headers=headers)


def test_a_comment_beside_the_form_marks_its_field(app: Flask, hr: FlaskClient) -> None:
    draft = hr.get("/rulebook/east/draft").text
    assert f'hx-get="{COMMENTS}"' in draft
    assert '<span id="mark-total-cap"></span>' in draft
    told = post(hr, COMMENTS, htmx=True, path="total.cap", text="为何 <130>?")
    assert told.status_code == 200
    assert "<html" not in told.text
    assert "为何 &lt;130&gt;?" in told.text
    assert '<span id="mark-total-cap" hx-swap-oob="true">' in told.text
    with services_of(app).database.read() as session:
        thread = session.scalars(sa.select(CommentThread).order_by(CommentThread.id.desc())).first()
        assert thread is not None
    path = f"{COMMENTS}/{thread.id}"
    settled = post(hr, path, htmx=True, deed="resolved", text="").text
    assert 'id="mark-total-cap"' not in settled
    assert post(hr, path, htmx=True, deed="resolved", text="").status_code == 409


def test_a_comment_that_is_refused_stays_as_it_was_typed(app: Flask, hr: FlaskClient) -> None:
    refused = post(hr, COMMENTS, htmx=True, path="total.gone", text="留住我")
    assert refused.status_code == 400
    assert "留住我" in refused.text
    with services_of(app).database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Comment)) == 1


def test_who_only_reads_has_no_form(sign_in: SignIn) -> None:
    assert "<textarea" in sign_in("finance").get(COMMENTS).text
    assert "<textarea" not in sign_in("auditor").get(COMMENTS).text
    assert 'name="participants"' not in sign_in("finance").get(CONSULTATION).text


def test_minutes_with_a_file_that_is_only_ever_downloaded(
    app: Flask, hr: FlaskClient, sign_in: SignIn
) -> None:
    content = b"%PDF-1.7 <script>alert(1)</script>" + bytes(1_500_000)  # above a form's limit
    form = {"kind": "negotiation", "held_on": "2026-01-21", "participants": "工会主席"}
    sent = FileStorage(BytesIO(content), "../../纪 要:.pdf")
    boundary, body = encode_multipart({**form, "text": "同意", "files": sent})
    answer = hr.post(
        CONSULTATION,
        data=body,
        content_type=f"multipart/form-data; boundary={boundary}",
        headers={"X-CSRFToken": form_token(hr)},
    )
    assert answer.status_code == 303
    with services_of(app).database.read() as session:
        kept = session.scalars(sa.select(Consultation).order_by(Consultation.id.desc())).first()
        assert kept is not None
        (file,) = kept.files
        assert (file.name, file.sha256) == ("纪 要_.pdf", sha256(content).hexdigest())
    got = sign_in("auditor").get(f"{CONSULTATION}/files/{file.id}")
    assert got.data == content
    assert got.headers["Content-Disposition"].startswith("attachment; ")
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.content_type == "application/pdf"
    page = hr.get(CONSULTATION).text
    assert "工会主席" in page
    assert file.sha256[:12] in page


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [("x.html", b"<html>", 400), ("x.pdf", b"<html>", 400), ("x.pdf", b"", 400)],
)
def test_another_file_is_refused_and_nothing_typed_is_lost(
    app: Flask, hr: FlaskClient, name: str, content: bytes, status: int
) -> None:
    form = {"kind": "publicity", "held_on": "2026-01-22", "participants": "全员", "text": "已公示"}
    answer = post(hr, CONSULTATION, **form, files=(BytesIO(content), name))
    assert answer.status_code == status
    assert "全员" in answer.text
    assert "已公示" in answer.text
    with services_of(app).database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Consultation)) == 1


def test_an_opinion_and_its_answer(hr: FlaskClient) -> None:
    post(hr, f"{CONSULTATION}/held-1/opinions", said_by="代表 王", text="目标过高")
    answered = f"{CONSULTATION}/opinions/2"
    assert post(hr, answered, verdict="partly", answer="").status_code == 400
    assert post(hr, answered, verdict="partly", answer="下调 5%").status_code == 303
    assert post(hr, answered, verdict="declined", answer="不").status_code == 409
    page = hr.get(CONSULTATION).text
    assert "下调 5%" in page
    assert "目标过高" in page


def test_a_copy_is_opened_before_it_is_read_and_signed_by_name(
    app: Flask, me: FlaskClient, hr: FlaskClient
) -> None:
    assert COPY in me.get("/").text
    closed = me.get(COPY).text
    assert f'action="{COPY}/open"' in closed
    assert "销售额达成" not in closed
    assert "销售额达成" in hr.get(COPY).text  # HR reads it; that is no receipt
    assert post(me, f"{COPY}/open").location == COPY
    page = me.get(COPY).text
    assert "销售额达成" in page
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', page)
    assert seen is not None
    wrong = post(me, f"{COPY}/sign", seen=seen[1], name="别人")
    assert wrong.status_code == 400
    assert "别人" in wrong.text
    assert post(me, f"{COPY}/sign", seen="0" * 64, name="姓名S11").status_code == 409
    assert post(me, f"{COPY}/sign", seen=seen[1], name="姓名S11").location == COPY
    assert post(me, f"{COPY}/sign", seen=seen[1], name="姓名S11").location == COPY
    done = me.get(COPY).text
    assert f'action="{COPY}/sign"' not in done
    assert COPY not in me.get("/").text
    with services_of(app).database.read() as session:
        signed = session.scalars(sa.select(Agreement).where(Agreement.answer == "signed")).all()
        assert [each.public_id for each in signed] == ["copy-S11"]


def test_declining_keeps_what_was_typed_until_there_is_a_reason(me: FlaskClient) -> None:
    post(me, f"{COPY}/open")
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', me.get(COPY).text)
    assert seen is not None
    assert post(me, f"{COPY}/decline", seen=seen[1], reason=" ").status_code == 400
    assert post(me, f"{COPY}/decline", seen=seen[1], reason="目标过高").status_code == 303
    page = me.get(COPY).text
    assert "目标过高" in page
    assert f'action="{COPY}/sign"' in page


def test_the_text_has_the_digests_that_the_page_shows(hr: FlaskClient) -> None:
    lines = hr.get(f"{COPY}/text").data.splitlines()
    page = hr.get(COPY).text
    terms, own = (sha256(line).hexdigest() for line in lines)
    assert own in page
    assert terms in lines[1].decode()


def test_a_changed_copy_says_so(app: Flask, hr: FlaskClient) -> None:
    assert 'role="alert"' not in hr.get(COPY).text
    with services_of(app).database.write() as session:
        session.execute(
            sa.update(Agreement)
            .where(Agreement.public_id == "copy-S11")
            .values(text=sa.func.replace(Agreement.text, "姓名", "改名"))
        )
    assert 'role="alert"' in hr.get(COPY).text


def test_progress_counts_those_whom_one_leads(hr: FlaskClient, sign_in: SignIn) -> None:
    post(sign_in("salesperson"), f"{COPY}/open")
    page = hr.get("/rulebook/east/agreements").text
    assert "state=opened" in page
    assert "west-1" in page
    assert hr.get("/rulebook/east/agreements?period=2019-Q1").status_code == 404
    team = sign_in("manager").get("/rulebook/east/agreements").text
    assert "west-1" not in team
    exported = hr.get("/agreements/export.csv?policy=east&period=2026-Q1").text
    assert exported.count("姓名") == 10
    assert sign_in("salesperson").get("/agreements/export.csv").text.count("姓名") == 1
