"""The history of the rules: who wrote what, what differs, where a grant's rule stands."""

from __future__ import annotations

import pytest

from engine.errors import KaohengError
from tests.organisation import NOW
from tests.played import CODE, POLICY, Played
from tests.publishing import bring_into_force
from tests.workflows.publishing.conftest import add_account
from workflows.access.policy import Role
from workflows.rulebook.drafts import draft_file
from workflows.rulebook.history import histories, rule_in_text, text_difference
from workflows.rulebook.shipped import policy_file

TEXT = policy_file(POLICY).read_text(encoding="utf-8")


def test_each_version_tells_who_why_and_what_it_governed(game: Played) -> None:
    game.open()
    second = add_account(game, "second", Role.HR)
    with game.database.write() as session:
        changed = TEXT.replace("{grade: S, from: 110", "{grade: S, from: 112")
        draft = draft_file(
            session, game.actors[Role.HR], NOW, text=changed, cases=None, file="p.yaml"
        )
        bring_into_force(
            session,
            second,
            NOW,
            draft,
            approver=game.actors[Role.FINANCE],
            reason="提高门槛",
        )
    with game.database.read() as session:
        newer, older = histories(session, game.actors[Role.HR], POLICY, on=NOW.date())
        assert (newer.version.seq, newer.version.standing) == (2, "in_force")
        assert newer.authors == (game.actors[Role.HR].public_id,)
        assert newer.publisher == second.public_id
        assert newer.version.reason == "提高门槛"
        assert newer.cycles == ()
        assert older.authors == ()  # it came with the application
        assert older.publisher == game.actors[Role.HR].public_id
        assert [cycle.code for cycle in older.cycles] == [CODE]
        with pytest.raises(KaohengError):
            histories(session, game.actors[Role.SALESPERSON], on=NOW.date())


def test_a_difference_names_the_lines_of_both() -> None:
    before = "".join(f"line {number}\n" for number in range(1, 21))
    after = before.replace("line 3\n", "").replace("line 15\n", "line 15b\nline 15c\n")
    groups = text_difference(before, after)
    changed = [
        (line.kind, line.before, line.after, line.text)
        for group in groups
        for line in group
        if line.kind != "same"
    ]
    assert changed == [
        ("removed", 3, None, "line 3"),
        ("removed", 15, None, "line 15"),
        ("added", None, 14, "line 15b"),
        ("added", None, 15, "line 15c"),
    ]
    assert len(groups) == 2
    assert text_difference(before, before) == []


def test_every_rule_that_grants_is_found_with_its_line() -> None:
    lines = TEXT.splitlines()
    for rule, section in (("low_rate", "rules"), ("commission", "steps"), ("team_pool", "pools")):
        found = rule_in_text(TEXT, rule)
        assert found is not None, section
        assert lines[found.first - 1] == f"  {rule}:"
        assert found.text.splitlines()[0] == f"{rule}:"
        assert all(line.startswith("    ") for line in lines[found.first : found.last])
        rest = lines[found.last] if found.last < len(lines) else ""
        assert not rest.startswith("    ")


def test_a_rule_of_another_version_is_not_found() -> None:
    assert rule_in_text(TEXT, "won_deals") is None  # a KPI grants nothing
    assert rule_in_text("not: [yaml", "low_rate") is None
