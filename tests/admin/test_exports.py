"""Lists as files: the rows of the page, for those eyes only, and no formula runs in them."""

from __future__ import annotations

import csv
import io

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.admin.conftest import SignIn, services_of
from tests.admin.routes import LIST_NAMES, LISTS, SEES
from workflows.org.tables import Person


def exported(client: FlaskClient, name: str, query: str = "") -> list[list[str]]:
    answer = client.get(f"/{name}/export.csv{query}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    text = answer.data.decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:])))


@pytest.mark.parametrize("role", ["hr_region", "manager", "salesperson", "auditor"])
def test_a_file_has_the_rows_that_its_reader_may_see(sign_in: SignIn, role: str) -> None:
    client = sign_in(role)
    header, *rows = exported(client, "reviews")
    assert len(header) == len(rows[0])
    assert {row[1] for row in rows} == SEES[role]
    assert len(exported(client, "reviews", "?stage=feedback")) < len(rows) + 1 or role in (
        "salesperson",
    )


def test_every_list_has_a_file_with_as_many_columns_as_its_header(sign_in: SignIn) -> None:
    clients = {role: sign_in(role) for role in ("auditor", "administrator")}
    for route in LISTS:
        name = route.rule.strip("/")
        if name in LIST_NAMES:
            role = "auditor" if "auditor" in route.open_to else "administrator"
            header, *rows = exported(clients[role], name)
            assert rows, name
            assert {len(row) for row in rows} == {len(header)}, name
            assert not [cell for row in rows for cell in row if " object at 0x" in cell], name


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1+1", "@SUM(A1)", "-2+3", "\tx", "正常"])
def test_a_name_that_is_a_formula_is_only_text(app: Flask, sign_in: SignIn, name: str) -> None:
    with services_of(app).database.write() as session:
        session.execute(sa.update(Person).where(Person.code == "S11").values(name=name))
    (row,) = [row for row in exported(sign_in("hr"), "people") if "S11" in row]
    assert not row[0].startswith(("=", "+", "-", "@", "\t"))
    assert row[0].lstrip("'").strip() == name.strip()


def test_money_is_a_number_with_its_currency(sign_in: SignIn) -> None:
    rows = exported(sign_in("salesperson"), "ledger")
    assert ["1234.67", "CNY"] in [row[3:5] for row in rows]
    assert ["-1234.67", "CNY"] in [row[3:5] for row in rows]
