"""A policy's draft: written by one, published by another, and nobody's work lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.canonical import from_canonical
from engine.errors import KaohengError, Kind
from engine.policies import load
from engine.reader import Path
from engine.sheets.edit import edited
from tests.organisation import NOW
from tests.played import CODE, POLICY, Played
from tests.publishing import bring_into_force
from workflows.access.actors import Actor
from workflows.access.policy import Role
from workflows.accounts.tables import Account, AccountRole
from workflows.cycles.operations import find_cycle, open_cycle
from workflows.log.tables import LogEntry
from workflows.publishing.submitting import submit_draft
from workflows.rulebook.cases import differing, taken_over
from workflows.rulebook.drafts import (
    discard_draft,
    draft_file,
    save_draft,
    start_draft,
)
from workflows.rulebook.operations import version_in_force
from workflows.rulebook.reading import (
    edit_of,
    find_draft,
    open_draft,
    version_to_read,
    versions_of,
)
from workflows.rulebook.tables import PolicyEdit, PolicyVersion

WEIGHTS: dict[Path, str | None] = {
    ("kpis", "won_revenue", "weight"): "35%",
    ("kpis", "won_deals", "weight"): "20%",
}


@pytest.fixture
def second(game: Played) -> Actor:
    """A second person of HR, in a game whose cycle is open."""
    game.open()
    with game.database.write() as session:
        account = Account(
            public_id="hr-second",
            username="hr-second",
            password="-",
            active=True,
            fs_uniquifier="hr-second",
            created_at=NOW,
            roles=[AccountRole(role="hr")],
        )
        session.add(account)
        session.flush()
        return Actor("hr-second", game.actors[Role.HR].roles, account.id)


def write(
    game: Played, who: Actor, changes: dict[Path, str | None], *, take_over: bool = True
) -> None:
    """Save changes on top of what the draft says, with its cases brought along."""
    with game.database.write() as session:
        draft = find_draft(session, POLICY) or start_draft(session, who, NOW, code=POLICY)
        edit = edit_of(session, draft, draft.seq)
        text = edited(edit.text, changes)
        cases = edit.cases
        if take_over and cases:
            cases = taken_over(cases, differing(load(text, POLICY), cases, POLICY), POLICY)
        save_draft(session, who, NOW, draft, seen=draft.seq, text=text, cases=cases)


def publish(game: Played, who: Actor, reason: str = "侧重新客户") -> PolicyVersion:
    with game.database.write() as session:
        draft = open_draft(session, POLICY)
        publication = bring_into_force(
            session, who, NOW, draft, approver=game.actors[Role.FINANCE], reason=reason
        )
        return publication.version


def weights(version: PolicyVersion) -> list[str]:
    return [str(kpi.weight) for kpi in from_canonical(version.canonical).kpis][:2]


def actions(session: Session) -> list[str]:
    return list(session.scalars(sa.select(LogEntry.action).order_by(LogEntry.seq)))


@contextmanager
def refused(kind: Kind, code: str) -> Iterator[None]:
    with pytest.raises(KaohengError) as caught:
        yield
    assert (caught.value.kind, caught.value.faults[0].code) == (kind, code)


def test_the_running_cycle_keeps_its_version_and_the_next_takes_the_new(
    game: Played, second: Actor
) -> None:
    hr = game.actors[Role.HR]
    write(game, hr, WEIGHTS)
    version = publish(game, second)
    with game.database.write() as session:
        running = version_to_read(session, POLICY, 1, on=NOW.date())
        assert find_cycle(session, CODE).policy_version is running
        following = open_cycle(session, hr, NOW, policy_code=POLICY, period_label="2017-Q3")
        assert (running.seq, running.standing, weights(running)) == (
            1,
            "superseded",
            ["0.4", "0.15"],
        )
        assert following.policy_version.id == version.id
        assert (version.state, weights(version)) == ("published", ["0.35", "0.2"])
        assert (version.author_id, version.publisher_id) == (hr.account_id, second.account_id)
        assert actions(session)[-6:] == [
            "submit_policy",
            "approve_policy",
            "deliver_agreements",
            "publish_policy",
            "deliver_agreements",
            "open_cycle",
        ]


def test_nobody_publishes_what_they_wrote_any_of(game: Played, second: Actor) -> None:
    write(game, game.actors[Role.HR], WEIGHTS)
    with refused(Kind.DENIED, "rulebook.own_draft"):
        publish(game, game.actors[Role.HR])
    write(game, second, {("total", "cap"): "140"})
    for who in (game.actors[Role.HR], second):
        with refused(Kind.DENIED, "rulebook.own_draft"):
            publish(game, who)


@pytest.mark.parametrize(
    ("changes", "reason", "code"),
    [
        (WEIGHTS, "  ", "rulebook.reason_needed"),
        ({("kpis", "won_revenue", "weight"): "35%"}, "why", "rules.weights"),
        ({("kpis", "won_revenue", "weight"): "viel"}, "why", "rules.number"),
        ({("kpis", "won_revenue", "weight"): "0.4"}, "why", "rulebook.nothing_changed"),
        (WEIGHTS, "why", "rulebook.case_differs"),
    ],
)
def test_what_is_not_published(
    game: Played, second: Actor, changes: dict[Path, str | None], reason: str, code: str
) -> None:
    write(game, game.actors[Role.HR], changes, take_over=False)
    with refused(Kind.INVALID, code):
        publish(game, second, reason)
    with game.database.read() as session:
        in_force = version_in_force(session, POLICY, NOW.date())
        assert in_force is not None
        assert in_force.seq == 1
        assert open_draft(session, POLICY).seq == 1


def test_the_second_to_save_is_told_and_both_texts_are_there(game: Played, second: Actor) -> None:
    write(game, game.actors[Role.HR], WEIGHTS)
    with game.database.write() as session:
        draft = open_draft(session, POLICY)
        before = edit_of(session, draft, 0)
        mine = edited(before.text, {("total", "cap"): "140"})
        with refused(Kind.CONFLICT, "rulebook.draft_changed"):
            save_draft(session, second, NOW, draft, seen=0, text=mine, cases=before.cases)
        assert draft.seq == 1
        assert "35%" in edit_of(session, draft, 1).text
    today = {"today": NOW.date(), "reason": "why"}
    for operation, extra in ((discard_draft, {}), (submit_draft, today)):
        with refused(Kind.CONFLICT, "rulebook.draft_changed"), game.database.write() as session:
            draft = open_draft(session, POLICY)
            operation(session, second, NOW, draft, seen=0, **extra)  # type: ignore[operator]


def test_of_many_who_save_at_once_one_wins(game: Played, second: Actor) -> None:
    write(game, game.actors[Role.HR], WEIGHTS)
    told: list[str] = []

    def save(number: int) -> None:
        try:
            with game.database.write() as session:
                draft = open_draft(session, POLICY)
                text = edited(edit_of(session, draft, 1).text, {("total", "cap"): str(number)})
                save_draft(session, second, NOW, draft, seen=1, text=text, cases=None)
        except KaohengError as error:
            told.append(error.faults[0].code)

    threads = [threading.Thread(target=save, args=(140 + number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == ["rulebook.draft_changed"] * 7
    with game.database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(PolicyEdit)) == 3
        assert actions(session).count("draft_policy") == 2


def test_the_same_again_is_no_edit(game: Played, second: Actor) -> None:
    write(game, game.actors[Role.HR], WEIGHTS)
    write(game, second, {})
    with game.database.read() as session:
        assert open_draft(session, POLICY).seq == 1


def test_one_draft_at_a_time(game: Played, second: Actor) -> None:
    write(game, game.actors[Role.HR], WEIGHTS)
    with (
        refused(Kind.CONFLICT, "rulebook.draft_there"),
        game.database.write() as session,
    ):
        start_draft(session, second, NOW, code=POLICY)
    with game.database.write() as session:
        draft = open_draft(session, POLICY)
        discard_draft(session, second, NOW, draft, seen=1)
        assert find_draft(session, POLICY) is None
        start_draft(session, second, NOW, code=POLICY)


def test_back_to_an_earlier_version(game: Played, second: Actor) -> None:
    hr = game.actors[Role.HR]
    write(game, hr, WEIGHTS)
    publish(game, second)
    write(
        game,
        hr,
        {("kpis", "won_revenue", "weight"): "40%", ("kpis", "won_deals", "weight"): "15%"},
    )
    version = publish(game, second, "换回原权重")
    with game.database.read() as session:
        states = [(each.seq, each.standing) for each in versions_of(session, POLICY, NOW.date())]
        assert states == [(2, "superseded"), (1, "in_force")]
    assert (version.seq, version.reason) == (1, "换回原权重")


def test_a_file_of_a_policy_that_is_new(game: Played, second: Actor) -> None:
    with game.database.read() as session:
        in_force = version_in_force(session, POLICY, NOW.date())
        assert in_force is not None
    text = in_force.text.replace("policy: sales-quarterly", "policy: new-one")
    with game.database.write() as session:
        draft = draft_file(
            session, game.actors[Role.HR], NOW, text=text, cases=None, file="new.yaml"
        )
        bring_into_force(session, second, NOW, draft, approver=game.actors[Role.FINANCE])
        version = version_in_force(session, "new-one", NOW.date())
        assert version is not None
        assert version.author_id == game.actors[Role.HR].account_id


@pytest.mark.parametrize("role", [Role.FINANCE, Role.MANAGER, Role.SALESPERSON])
def test_only_hr_writes(game: Played, second: Actor, role: Role) -> None:
    who = game.actors[role]
    with refused(Kind.DENIED, "access.denied"), game.database.write() as session:
        start_draft(session, who, NOW, code=POLICY)
    write(game, second, WEIGHTS)
    with refused(Kind.DENIED, "access.denied"):
        write(game, who, {("total", "cap"): "1"}, take_over=False)
    with refused(Kind.DENIED, "access.denied"):
        publish(game, who)
    with refused(Kind.DENIED, "access.denied"), game.database.write() as session:
        discard_draft(session, who, NOW, open_draft(session, POLICY), seen=1)
