"""The pages of simulations: asking, reading, following one that takes longer, taking it away."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.admin.conftest import SignIn, services_of
from tests.admin.test_access import form_token
from tests.factories import CYCLE
from workflows.org.tables import Person
from workflows.simulation import operations
from workflows.simulation.tables import Simulation


@pytest.fixture
def hr(app: Flask, sign_in: SignIn) -> FlaskClient:
    return sign_in("hr")


def ask(client: FlaskClient, **form: Any) -> Any:
    sent = {"cycle": CYCLE, "against": "1", "try": ["version:1"], **form}
    token = {"X-CSRFToken": form_token(client)}
    return client.post("/rulebook/east/simulate", data=sent, headers=token)


def test_it_is_asked_and_read(hr: FlaskClient) -> None:
    answer = ask(hr, budget="100,000")
    assert answer.status_code == 303
    page = hr.get(answer.location).text
    assert 'id="movers"' in page
    assert "pairs-chart" in page
    assert hr.get("/simulations/").text.count("row-link") == 2


@pytest.mark.parametrize("form", [{"try": []}, {"budget": "viel"}, {"cycle": "none@1"}])
def test_what_cannot_be_simulated_is_told_on_the_form(hr: FlaskClient, form: Any) -> None:
    answer = ask(hr, **form)
    assert answer.status_code in (400, 404)
    assert 'role="alert"' in answer.text
    assert 'name="budget"' in answer.text


def test_a_long_one_is_followed(
    app: Flask, hr: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "AT_ONCE", {True: 0, False: 0})
    address = ask(hr).location
    with services_of(app).database.write() as session:
        key = address.rsplit("/", 1)[1]
        mine = sa.update(Simulation).where(Simulation.public_id == key)
        session.execute(mine.values(state="running", done=1))
        assert "every 1s" in hr.get(f"{address}/progress").text
        session.execute(mine.values(state="failed", faults=[]))
    assert hr.get(f"{address}/progress").headers["HX-Refresh"] == "true"
    assert 'role="alert"' in hr.get(address).text


def test_no_cell_of_a_file_runs(app: Flask, hr: FlaskClient) -> None:
    with services_of(app).database.write() as session:
        person = session.scalars(sa.select(Person).where(Person.code == "S11")).one()
        person.name = "=1+1"
    csv = hr.get("/simulations/simulation-1/0/people.csv").text
    assert ",'=1+1," in csv
    book = hr.get("/simulations/simulation-1/0/people.xlsx").data
    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(book)).active for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
