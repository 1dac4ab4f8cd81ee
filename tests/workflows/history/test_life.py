"""What a value was since when, and the search over all that was ever changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.engine import URL

from engine.errors import KaohengError, Kind
from tests.organisation import NOW
from tests.played import CODE, POLICY, Played
from tests.workflows.history.publishing import publish, weighted
from workflows.access.actors import Actor, RoleHeld
from workflows.access.policy import Role
from workflows.base.database import Database
from workflows.base.keys import Keyring
from workflows.history.changes import Asked, changes_of, in_words, search
from workflows.history.life import life_of
from workflows.history.publications import published, spans

WEIGHT = "kpis.new_customers_agent.weight"
Y2017, Y2018, Y2019 = date(2017, 1, 1), date(2018, 1, 1), date(2019, 1, 1)


@pytest.fixture
def told(game: Played) -> Played:
    """新客户: 10% always, 20% from 2018, 25% from 2019; one for 2018 was overridden before."""
    hr, finance = game.actors[Role.HR], game.actors[Role.FINANCE]
    game.open()  # the shipped policy, from the beginning
    with game.database.write() as session:
        days = [NOW + timedelta(days=number) for number in range(4)]
        publish(session, weighted(15), Y2018, author=hr, publisher=finance, at=days[0])
        publish(
            session,
            weighted(20),
            Y2018,
            author=finance,
            publisher=hr,
            reason="重视拓新",
            at=days[1],
        )
        lower = weighted(20).replace("{grade: A, from: 100", "{grade: A, from: 95")
        publish(session, lower, date(2018, 7, 1), author=hr, publisher=finance, at=days[2])
        more = weighted(25).replace("{grade: A, from: 100", "{grade: A, from: 95")
        publish(session, more, Y2019, author=hr, publisher=finance, at=days[3])
    return game


def lived(game: Played, field: str) -> list[tuple[Any, ...]]:
    with game.database.read() as session:
        life = life_of(session, game.actors[Role.HR], POLICY, field)
        return [(each.shown, each.since, each.until, each.by.publisher) for each in life.lived]


def test_a_weight_since_the_beginning(told: Played) -> None:
    hr, finance = (told.actors[role].public_id for role in (Role.HR, Role.FINANCE))
    assert lived(told, WEIGHT) == [
        ("10%", None, Y2018, hr),
        ("20%", Y2018, Y2019, hr),
        ("25%", Y2019, None, finance),
    ]


def test_a_value_that_nobody_changed_is_one_life(told: Played) -> None:
    (only,) = lived(told, "total.cap")
    assert only[:3] == ("130", None, None)


def test_the_cycles_that_a_value_governed(told: Played) -> None:
    with told.database.read() as session:
        first, *later = life_of(session, told.actors[Role.HR], POLICY, "grades.A.from").lived
        assert [each.code for each in first.cycles] == [CODE]
        assert all(each.cycles == () for each in later)


def test_a_field_that_never_was_names_one_that_is(told: Played) -> None:
    with told.database.read() as session, pytest.raises(KaohengError) as caught:
        life_of(session, told.actors[Role.HR], POLICY, "kpis.new_customers_agent.wieght")
    assert caught.value.kind is Kind.MISSING
    assert caught.value.faults[0].params["example"] == WEIGHT


def test_what_was_overridden_before_its_day_never_ruled(told: Played) -> None:
    with told.database.read() as session:
        every = published(session, told.actors[Role.HR], POLICY)
        ruled = spans(every)
        assert len(every) == 5
        assert [(each.since, each.until) for each in ruled] == [
            (None, Y2018),
            (Y2018, date(2018, 7, 1)),
            (date(2018, 7, 1), Y2019),
            (Y2019, None),
        ]


def test_a_publication_is_measured_against_what_it_took_the_place_of(told: Played) -> None:
    with told.database.read() as session:
        newest, third, second, first, shipped = published(session, told.actors[Role.HR], POLICY)
        said = [[in_words(each, "zh") for each in changes_of(of)] for of in (newest, third)]
        assert said == [
            ["考核指标 销售额达成 权重 30% → 25%", "考核指标 新客户 权重 20% → 25%"],
            ["等级 A 优秀 下限 100 → 95"],
        ]
        assert second.before is first.version  # in force from the same day until then
        assert changes_of(shipped) == ()


BASE = Asked(POLICY)
SMALL = (
    "language: 1\npolicy: small\nname: {zh: 小, en: small}\nperiod: month\ncurrency: CNY\n"
    "scope: {role: salesperson}\n"
    "constants: {base: {name: {zh: 基数, en: base}, unit: money, value: 1}}\n"
)
SEARCHES: dict[str, tuple[Asked, int, int]] = {  # asked, publications, changes
    "everything": (BASE, 5, 7),
    "an entry": (replace(BASE, field="kpis.new_customers_agent"), 3, 3),
    "one part of any entry": (replace(BASE, field="kpis.*.weight"), 3, 6),
    "a part by its name": (replace(BASE, field="from"), 1, 1),
    "words of a name": (replace(BASE, words="新客户"), 3, 3),
    "words in English": (replace(BASE, words="customers new"), 3, 3),
    "words of a reason": (replace(BASE, words="拓新"), 1, 2),
    "words that nobody said": (replace(BASE, words="没有这样的话"), 0, 0),
    "since": (replace(BASE, since=NOW + timedelta(days=2)), 2, 3),
    "until": (replace(BASE, until=NOW + timedelta(days=1)), 2, 2),
    "the first day there is": (
        replace(BASE, since=datetime(1, 1, 1, tzinfo=NOW.tzinfo)), 5, 7,
    ),
    "a person who is neither": (replace(BASE, by="nobody"), 0, 0),
    "another policy": (replace(BASE, code="none"), 0, 0),
}  # fmt: skip


@pytest.mark.parametrize("name", SEARCHES)
def test_search(told: Played, name: str) -> None:
    asked, publications, changes = SEARCHES[name]
    with told.database.read() as session:
        found = search(session, told.actors[Role.HR], asked)
    assert (len(found), sum(len(each.changes) for each in found)) == (publications, changes)


def test_a_person_is_found_as_author_and_as_publisher(told: Played) -> None:
    finance = told.actors[Role.FINANCE].public_id
    with told.database.read() as session:
        found = search(session, told.actors[Role.HR], replace(BASE, by=finance))
    assert [finance in each.published.authors for each in found] == [False, False, True, False]


def test_who_may_not_read_the_history_is_refused(told: Played) -> None:
    with told.database.read() as session:
        for ask in (
            lambda: published(session, told.actors[Role.SALESPERSON]),
            lambda: search(session, told.actors[Role.SALESPERSON], BASE),
            lambda: life_of(session, told.actors[Role.SALESPERSON], POLICY, WEIGHT),
        ):
            with pytest.raises(KaohengError) as caught:
                ask()
            assert caught.value.kind is Kind.DENIED


def test_five_hundred_versions_are_all_read(
    new_url: Callable[[str], URL], keyring: Keyring
) -> None:
    database = Database(new_url("sqlite"), keyring)
    with database.write() as session:
        for number in range(500):
            text = SMALL.replace("value: 1", f"value: {number}")
            publish(session, text, date(2017, 1, 1) + timedelta(days=number))
    hr = Actor("hr", (RoleHeld(Role.HR),))
    with database.read() as session:
        assert len(search(session, hr, Asked("small"))) == 500
        assert len(life_of(session, hr, "small", "constants.base.value").lived) == 500
    database.close()
