"""Nothing that is shown of anonymous ratings depends on who of the raters said what."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import URL

from engine.errors import KaohengError
from engine.policies import load
from engine.rated import mean
from tests.evaluated import CODE, POLICY, Evaluated, evaluated, filled
from tests.organisation import NOW
from tests.played import Played, played
from workflows.base.database import Database
from workflows.base.keys import Keyring
from workflows.base.settings import load_settings
from workflows.cycles.operations import find_cycle
from workflows.figures.tables import Figure
from workflows.log.tables import LogEntry, LogValue
from workflows.ratings.finishing import send_back
from workflows.ratings.reading import rating_rows, result_shown
from workflows.ratings.results import Given, results_of
from workflows.reviews.timeline import timeline

RATED = load(POLICY.read_text(encoding="utf-8"), "rated.yaml")
PEERS = ("S12", "S21", "S22")
WORDS = st.fixed_dictionaries(
    {"points": st.decimals(0, 100, places=2).map(str)},
    optional={name: st.text(max_size=8) for name in ("praise", "criticism", "case", "advice")},
)


@given(st.lists(WORDS, min_size=3, max_size=5), st.randoms())
def test_any_order_of_the_same_ratings_shows_the_same(
    said: list[dict[str, str]], random: object
) -> None:
    """Whoever of the raters gave which form, and in whatever order: the result is the same."""
    names = [f"rater {number}" for number in range(len(said))]
    shuffled = list(said)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    shown = [
        results_of(
            RATED, {"peers": [Given(n, {"sharing": s}) for n, s in zip(names, forms, strict=True)]}
        )
        for forms in (said, shuffled)
    ]
    assert shown[0] == shown[1]
    assert not any(name in json.dumps(shown[0]) for name in names)


@given(st.lists(WORDS, max_size=2))
def test_too_few_show_nothing_but_that(said: list[dict[str, str]]) -> None:
    """Neither what they said nor how many there are."""
    forms = [Given("x", {"sharing": each}) for each in said]
    (peers,) = (r for r in results_of(RATED, {"peers": forms}) if r["rating"] == "peers")
    assert peers == {"rating": "peers", "enough": False, "means": {}}


@given(st.lists(st.decimals(0, 100, places=2), min_size=1, max_size=20))
def test_a_mean_is_the_exact_one_rounded_half_up_once(points: list) -> None:  # type: ignore[type-arg]
    exact, found = sum(points), mean(points)
    error = found * len(points) - exact
    assert abs(error) * 2 * 10**4 <= len(points)
    assert error * 2 * 10**4 != -len(points)  # a tie goes up


@pytest.fixture
def company(game: Played) -> Evaluated:
    return evaluated(game)


def said_by(company: Evaluated, forms: dict[str, dict[str, str]]) -> dict[str, object]:
    """Rate S11 by the forms, and return everything that S11 and M1 are shown of it."""
    company.up_to_ratings()
    company.give("M1", "boss", filled("80"))
    company.ask(*PEERS)
    for peer, form in forms.items():
        company.give(peer, "peers", {"sharing": form})
    company.finish()
    with company.database.read() as session:
        cycle, _, review = company.of(session)
        seen = {}
        for person in ("S11", "M1"):
            who = company.who(session, person)
            seen[person] = {
                "result": result_shown(session, who, review),
                "rows": rating_rows(session, who, cycle),
                "timeline": [(e.what, e.by, e.at) for e in timeline(session, who, review)],
            }
        seen["figures"] = session.execute(
            sa.select(Figure.name, Figure.value).order_by(Figure.name)
        ).all()
        return seen


def test_whoever_said_it_the_person_and_the_manager_see_the_same(
    new_url: Callable[[str], URL], keyring: Keyring, tmp_path: Path
) -> None:
    forms = [
        {"points": "70", "criticism": "少分享", "case": "三月例会", "advice": "主动"},
        {"points": "80", "praise": "常帮忙"},
        {"points": "75"},
    ]
    settings = load_settings({"KAOHENG_HOME": str(tmp_path)})
    shown = []
    for order in permutations(forms):
        database = Database(new_url("sqlite"), keyring)
        company = evaluated(played(database, settings))
        shown.append(said_by(company, dict(zip(PEERS, order, strict=True))))
        database.close()
    assert shown == [shown[0]] * 6


def test_the_log_knows_a_number_and_no_rater(company: Evaluated) -> None:
    said_by(company, {peer: {"points": "75", "praise": "常帮忙"} for peer in PEERS})
    with company.database.read() as session:
        entries = session.scalars(
            sa.select(LogEntry).where(
                LogEntry.action == "give_rating", LogEntry.subject_kind == "rating"
            )
        ).all()
        assert len(entries) == len(PEERS)
        raters = {company.who(session, peer).public_id for peer in PEERS} | {
            f"id-{peer}" for peer in PEERS
        }
        for entry in entries:
            assert not any(rater.encode() in entry.leaf for rater in raters)
            assert "常帮忙".encode() not in entry.leaf
        people = set(
            session.scalars(
                sa.select(LogValue.person).where(LogValue.seq.in_([e.seq for e in entries]))
            )
        )
        assert people == {"id-S11"}


def test_two_of_three_are_too_few_and_do_not_count(company: Evaluated) -> None:
    seen = said_by(company, {peer: {"points": "75"} for peer in PEERS[:2]})
    assert [name for name, _ in seen["figures"]] == ["service.boss", "sharing.boss"]
    (peers,) = (r for r in seen["S11"]["result"]["ratings"] if r["rating"] == "peers")  # type: ignore[index]
    assert peers == {"rating": "peers", "enough": False, "means": {}}
    # As nothing was shown, one more may be asked, and then they count.
    with company.database.write() as session:
        _, policy, review = company.of(session)
        send_back(session, company.who(session, "M1"), NOW, review, policy, "再问一人")
    company.give("M1", "boss", filled("80"))
    company.ask("S31")
    company.give("S31", "peers", filled("78", "sharing"))
    company.finish()
    with company.database.read() as session:
        figures = dict(session.execute(sa.select(Figure.name, Figure.value)).all())
        assert figures["sharing.peers"] == "76"


def test_one_who_answers_late_is_not_told_by_a_difference(company: Evaluated) -> None:
    company.up_to_ratings()
    company.give("M1", "boss", filled("80"))
    company.ask(*PEERS, "S31")
    for peer in PEERS:
        company.give(peer, "peers", filled("75", "sharing"))
    company.finish()
    with pytest.raises(KaohengError):
        company.give("S31", "peers", filled("61", "sharing"))
    with company.database.write() as session:
        _, policy, review = company.of(session)
        send_back(session, company.who(session, "M1"), NOW, review, policy, "看错")
    company.give("M1", "boss", filled("80"))
    company.give("S31", "peers", filled("61", "sharing"))
    company.finish()
    with company.database.read() as session:
        assert find_cycle(session, CODE).state == "locked"
        values = session.scalars(sa.select(Figure.value).where(Figure.name == "sharing.peers"))
        assert set(values) == {"75"}
