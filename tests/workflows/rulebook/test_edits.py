"""The edits of a draft: what each changed, taking one again, and two texts put together."""

from __future__ import annotations

import pytest

from engine.errors import KaohengError, Kind
from tests.organisation import NOW
from tests.played import POLICY, Played
from workflows.access.policy import Role
from workflows.rulebook.drafts import save_draft, start_draft
from workflows.rulebook.edits import edits_of, take_again
from workflows.rulebook.merging import merged, over, sent
from workflows.rulebook.reading import edit_of, open_draft

BASE = "a: 1\nb: 2\nc: 3\nd: 4\n"


def saved(game: Played, *changes: tuple[str, str]) -> str:
    """Begin a draft and save each change of its text as an edit; return the first text."""
    hr = game.actors[Role.HR]
    with game.database.write() as session:
        draft = start_draft(session, hr, NOW, code=POLICY)
        first = text = edit_of(session, draft, 0).text
        for seq, (old, new) in enumerate(changes):
            text = text.replace(old, new)
            save_draft(session, hr, NOW, draft, seen=seq, text=text, cases=None)
    return first


def test_each_edit_says_what_it_changed(game: Played) -> None:
    noted = ("\ntotal:", "\n# why\ntotal:")
    saved(game, ("cap: 130", "cap: 140"), noted, ("cap: 140", "cap: viel"))
    with game.database.read() as session:
        told = edits_of(session, game.actors[Role.HR], open_draft(session, POLICY))
    assert [each.edit.seq for each in told] == [3, 2, 1, 0]
    broken, remarked, capped, first = told
    assert first.author is None
    assert capped.changes is not None
    assert [(each.before, each.after) for each in capped.changes] == [("130", "140")]
    assert (remarked.changes, [line.text for line in remarked.lines]) == ((), ["# why"])
    assert (broken.changes, len(broken.lines)) == (None, 2)


def test_an_edit_taken_again_is_a_new_one(game: Played) -> None:
    hr = game.actors[Role.HR]
    first = saved(game, ("cap: 130", "cap: 140"))
    with game.database.write() as session:
        take_again(session, hr, NOW, open_draft(session, POLICY), seen=1, seq=0)
    with game.database.read() as session:
        draft = open_draft(session, POLICY)
        assert (draft.seq, edit_of(session, draft, 2).text) == (2, first)


@pytest.mark.parametrize(
    ("who", "seen", "kind"),
    [(Role.HR, 0, Kind.CONFLICT), (Role.FINANCE, 1, Kind.DENIED)],
)
def test_who_may_not_or_comes_late_takes_nothing(
    game: Played, who: Role, seen: int, kind: Kind
) -> None:
    saved(game, ("cap: 130", "cap: 140"))
    with game.database.write() as session:
        draft = open_draft(session, POLICY)
        with pytest.raises(KaohengError) as refused:
            take_again(session, game.actors[who], NOW, draft, seen=seen, seq=0)
    assert refused.value.kind is kind
    with game.database.read() as session:
        assert open_draft(session, POLICY).seq == 1


@pytest.mark.parametrize(
    ("mine", "theirs", "both"),
    [
        ("a: 9\nb: 2\nc: 3\nd: 4\n", "a: 1\nb: 2\nc: 3\nd: 9\n", "a: 9\nb: 2\nc: 3\nd: 9\n"),
        ("a: 9\nb: 2\nc: 3\nd: 4\n", "a: 8\nb: 2\nc: 3\nd: 4\n", None),
        ("a: 9\nb: 2\nc: 3\nd: 4\n", "a: 1\nb: 9\nc: 3\nd: 4\n", None),  # neighbours meet
        ("a: 9\nb: 2\nc: 3\nd: 4\n", "a: 9\nb: 2\nc: 3\nd: 4\n", "a: 9\nb: 2\nc: 3\nd: 4\n"),
        ("b: 2\nc: 3\nd: 4\n", f"{BASE}e: 5\n", "b: 2\nc: 3\nd: 4\ne: 5\n"),
        (BASE, "", ""),
    ],
)
def test_two_texts_are_put_together_where_they_do_not_meet(
    mine: str, theirs: str, both: str | None
) -> None:
    assert merged(BASE, mine, theirs) == both
    assert merged(BASE, theirs, mine) == both
    assert over(BASE, mine, theirs) == (mine if both is None else both)


def test_a_browsers_line_ends_are_taken_back() -> None:
    assert sent({"text": "a\r\nb"}, "text", "a\nc") == "a\nb"
    assert sent({"text": "a\r\nb"}, "text", "a\r\nc") == "a\r\nb"
    assert sent({}, "text", "a") == "a"
