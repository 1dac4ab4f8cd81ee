"""Workbooks and rule files through the pages: what is shown before anything is kept."""

from __future__ import annotations

import io
import re

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from admin.forms import KEY_FIELD
from tests.admin.conftest import SignIn, services_of
from tests.admin.test_access import form_token
from tests.workflows.workbooks.editing import cell, changed
from workflows.rulebook.tables import PolicyEdit


def send(client: FlaskClient, path: str, name: str, data: bytes):  # type: ignore[no-untyped-def]
    sent = MultiDict([("file", FileStorage(io.BytesIO(data), name))])
    boundary, body = encode_multipart(sent)
    return client.post(
        path,
        data=body,
        content_type=f'multipart/form-data; boundary="{boundary}"',
        headers={"X-CSRFToken": form_token(client)},
    )


def edits(app: Flask) -> int:
    with services_of(app).database.read() as session:
        return session.scalar(select(func.count()).select_from(PolicyEdit)) or 0


def test_a_workbook_is_shown_before_it_is_taken(app: Flask, sign_in: SignIn) -> None:
    hr = sign_in("hr")
    data = hr.get("/rulebook/east/draft/workbook.xlsx").data
    before = edits(app)

    def cap(book):  # type: ignore[no-untyped-def]
        cell(book, "total.cap").value = 125

    shown = send(hr, "/rulebook/east/workbook", "w.xlsx", changed(data, cap))
    assert shown.status_code == 200, shown.text
    assert "<ins>125</ins>" in shown.text
    assert edits(app) == before
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown.text))
    form = {name: value for name, value in hidden.items() if name != KEY_FIELD}
    taken = hr.post(
        "/rulebook/east/workbook/take", data=form, headers={"X-CSRFToken": form_token(hr)}
    )
    assert (taken.status_code, taken.location) == (303, "/rulebook/east/draft")
    assert edits(app) == before + 1
    again = hr.post(
        "/rulebook/east/workbook/take", data=form, headers={"X-CSRFToken": form_token(hr)}
    )
    assert again.status_code == 409  # the draft is not what was shown any more
    assert edits(app) == before + 1


def test_a_wrong_cell_is_told_by_its_address(app: Flask, sign_in: SignIn) -> None:
    hr = sign_in("hr")
    data = hr.get("/rulebook/east/draft/workbook.xlsx").data
    where = []

    def broken(book):  # type: ignore[no-untyped-def]
        at = cell(book, "total.cap")
        at.value = "#REF!"
        where.append(f"{at.parent.title}!{at.coordinate}")

    shown = send(hr, "/rulebook/east/workbook", "w.xlsx", changed(data, broken))
    assert where[0] in shown.text
    assert "/workbook/take" not in shown.text


def test_no_workbook_is_a_refusal_on_the_page(sign_in: SignIn) -> None:
    answer = send(sign_in("hr"), "/rulebook/east/workbook", "w.xlsx", b"not a workbook")
    assert answer.status_code == 400
    assert "w.xlsx" in answer.text


def test_rule_files_go_out_and_in(app: Flask, sign_in: SignIn) -> None:
    hr = sign_in("hr")
    data = hr.get("/rule-files/rules.zip?all").data
    assert data == hr.get("/rule-files/rules.zip?all").data
    before = edits(app)
    answer = send(hr, "/rule-files", "rules.zip", data)
    assert answer.status_code == 200, answer.text
    assert edits(app) == before
    assert send(hr, "/rule-files", "rules.zip", b"PK").status_code == 400


def test_every_version_is_not_for_everybody(sign_in: SignIn) -> None:
    client = sign_in("salesperson")
    assert client.get("/rule-files/rules.zip").status_code == 200
    assert client.get("/rule-files/rules.zip?all").status_code == 403
