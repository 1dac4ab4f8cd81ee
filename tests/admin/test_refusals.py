"""Where a page's refusal says that something is: never a name that only the program knows."""

from __future__ import annotations

import pytest
from flask import Flask

from admin.refusals import lines
from engine.errors import Place, refuse


@pytest.mark.parametrize(
    ("where", "params"),
    [
        (Place(path="day"), {}),
        (Place(path="held_on"), {}),
        (Place(path="east@2026-Q1"), {}),
        (Place(path="S11"), {"person": "张三"}),
        (Place(path="S11"), {"code": "S11"}),
    ],
)
def test_what_the_sentence_says_itself_is_not_said_before_it(
    app: Flask, where: Place, params: dict[str, str]
) -> None:
    with app.test_request_context():
        assert lines(refuse("a.b", "Something is wrong.", place=where, **params)) == [
            "Something is wrong."
        ]


@pytest.mark.parametrize(
    "where",
    [
        Place(path="kpis.revenue.weight"),
        Place(path="华东大区"),
        Place(file="deals.csv", line=3, path="amount"),
        Place(sheet="目标", cell="D3"),
    ],
)
def test_where_somebody_can_look_it_is_said(app: Flask, where: Place) -> None:
    with app.test_request_context():
        assert lines(refuse("a.b", "Something is wrong.", place=where)) == [
            f"{where}: Something is wrong."
        ]
