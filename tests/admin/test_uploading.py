"""Uploads and mends through the pages: limits, faults where they belong, what was typed kept."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from tests.admin.conftest import Serve, SignIn, services_of
from tests.admin.test_access import form_token
from workflows.sources.tables import QuarantineMend, SourceImport

MOST = 3_000
ROW = "/quarantine/import-1/1"


@pytest.fixture
def app(home: Path, serve: Serve) -> Flask:
    return serve(home, KAOHENG_MAX_FILE_BYTES=str(MOST), KAOHENG_LANGUAGE="en")


def send(client: FlaskClient, files: dict[str, bytes], source: str = "demo"):  # type: ignore[no-untyped-def]
    sent = MultiDict(
        ("files", FileStorage(io.BytesIO(content), name)) for name, content in files.items()
    )
    # As bytes: the client would keep a large form in a file that it never closes.
    boundary, body = encode_multipart(sent)
    return client.post(
        f"/imports/upload/{source}",
        data=body,
        content_type=f'multipart/form-data; boundary="{boundary}"',
        headers={"X-CSRFToken": form_token(client)},
    )


def imports(app: Flask) -> int:
    with services_of(app).database.read() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(SourceImport)) or 0


def test_the_page_names_the_files_that_the_source_wants(sign_in: SignIn) -> None:
    page = sign_in("hr").get("/imports/upload/demo").text
    for expected in ("people.xlsx".replace(".", ".<wbr>"), "花名册", "GBK", "header in row 2"):
        assert expected in page


def test_a_file_over_the_limit_is_a_413_in_our_look_and_nothing_is_kept(
    app: Flask, sign_in: SignIn, home: Path
) -> None:
    answer = send(sign_in("hr"), {"deals.csv": b"x" * (MOST + 1)})
    assert answer.status_code == 413
    assert f"The file has {MOST + 1} bytes; at most {MOST} are read." in answer.text
    assert "customers.csv: The file is missing." in answer.text
    assert list((home / "uploads").iterdir()) == []
    assert imports(app) == 1


def test_far_too_much_is_refused_unread_in_our_look(sign_in: SignIn) -> None:
    answer = send(sign_in("hr"), {"deals.csv": b"x" * 1_100_000})
    assert answer.status_code == 413
    assert "That is too much at once" in answer.text


def test_only_who_may_import_may_send_more_than_a_form(sign_in: SignIn) -> None:
    for role in ("finance", "salesperson"):
        client = sign_in(role)
        assert send(client, {"deals.csv": b"x" * 1_060_000}).status_code == 413
        assert send(client, {"deals.csv": b"x"}).status_code == 403


def test_a_mend_shows_its_faults_at_the_field_and_keeps_what_was_typed(
    app: Flask, sign_in: SignIn
) -> None:
    client = sign_in("hr")
    token = {"X-CSRFToken": form_token(client)}
    cells = {"cell.opportunity_id": "X1", "cell.close_value": "twelve", "cell.sales_agent": "S99"}
    answer = client.post(f"{ROW}/mend", data=cells, headers=token)
    assert answer.status_code == 400
    assert 'value="twelve"' in answer.text
    assert "“twelve” is not a number." in answer.text
    assert "“S99” is not in the organisation." in answer.text
    cells |= {"cell.close_value": "12", "cell.sales_agent": "S11"}
    assert client.post(f"{ROW}/mend", data=cells, headers=token).status_code == 303
    page = client.get(ROW).text
    assert "Taken in" in page
    assert f'action="{ROW}/mend"' not in page
    late = client.post(f"{ROW}/mend", data={**cells, "cell.close_value": "77"}, headers=token)
    assert late.status_code == 409
    assert "Somebody has already decided on line 17 of deals.csv." in late.text
    assert 'value="77"' in late.text
    with services_of(app).database.read() as session:
        (mend,) = session.scalars(sa.select(QuarantineMend)).all()
    assert mend.row["close_value"] == "12"


def test_setting_aside_asks_for_a_reason(sign_in: SignIn) -> None:
    client = sign_in("hr")
    token = {"X-CSRFToken": form_token(client)}
    answer = client.post(f"{ROW}/set-aside", data={"reason": " "}, headers=token)
    assert answer.status_code == 400
    assert "Setting a row aside for good needs a reason." in answer.text


def test_who_may_not_mend_sees_the_row_and_no_form(sign_in: SignIn) -> None:
    page = sign_in("finance").get(ROW)
    assert page.status_code == 200
    assert "<input name=" not in page.text
