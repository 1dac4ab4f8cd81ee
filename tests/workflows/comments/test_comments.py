"""What is said of a draft: by whom, at which field, settled once, and following the field."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa

from engine.errors import KaohengError, Kind
from engine.sheets.trails import followed
from tests.organisation import NOW, actor
from tests.played import POLICY, Played
from tests.refusing import refused
from workflows.access.policy import Role
from workflows.comments.operations import LONGEST, add_comment, begin_thread
from workflows.comments.reading import Discussion, discussion, draft_to_discuss
from workflows.comments.tables import Comment, CommentThread
from workflows.log.tables import LogEntry
from workflows.rulebook.drafts import discard_draft, save_draft, start_draft
from workflows.rulebook.reading import edit_of, open_draft

WEIGHT = "kpis.won_revenue.weight"


@pytest.fixture
def drafted(game: Played) -> Played:
    with game.database.write() as session:
        start_draft(session, game.actors[Role.HR], NOW, code=POLICY)
    return game


def say(game: Played, text: str, path: str | None = WEIGHT, role: Role = Role.FINANCE) -> int:
    with game.database.write() as session:
        draft = draft_to_discuss(session, POLICY)
        return begin_thread(session, game.actors[role], NOW, draft, path=path, text=text).id


def do(game: Played, thread: int, deed: str, text: str = "", role: Role = Role.HR) -> None:
    with game.database.write() as session:
        draft = draft_to_discuss(session, POLICY)
        add_comment(session, game.actors[role], NOW, draft, thread, deed=deed, text=text)


def rewrite(game: Played, old: str, new: str) -> None:
    with game.database.write() as session:
        draft = open_draft(session, POLICY)
        edit = edit_of(session, draft, draft.seq)
        assert old in edit.text
        hr = game.actors[Role.HR]
        text = edit.text.replace(old, new)
        save_draft(session, hr, NOW, draft, seen=draft.seq, text=text, cases=edit.cases)


def shown(game: Played) -> Discussion:
    with game.database.read() as session:
        return discussion(session, game.actors[Role.HR], draft_to_discuss(session, POLICY))


def test_said_answered_resolved_and_opened_again(drafted: Played) -> None:
    thread = say(drafted, "40% 太高")
    rewrite(drafted, "total: {floor: 0, cap: 130}", "total: {floor: 0, cap: 140}")
    do(drafted, thread, "said", "为何?")
    do(drafted, thread, "resolved")
    do(drafted, thread, "reopened", "还没有")
    found = shown(drafted)
    (placed,) = found.threads
    assert [(each.deed, each.edit_seq, each.text) for each in placed.thread.comments] == [
        ("said", 0, "40% 太高"),
        ("said", 1, "为何?"),
        ("resolved", 1, ""),
        ("reopened", 1, "还没有"),
    ]
    assert (placed.field, placed.trail[0]["en"], placed.trail[-1]["zh"]) == (
        WEIGHT,
        "KPIs",
        "权重",
    )
    assert (list(found.marks), found.open) == ([WEIGHT], 1)
    with drafted.database.read() as session:
        assert (
            session.scalars(
                sa.select(LogEntry.action).where(LogEntry.action == "comment_draft")
            ).all()
            == ["comment_draft"] * 4
        )


def test_about_the_whole_draft(drafted: Played) -> None:
    say(drafted, "总体同意", path=None)
    (placed,) = shown(drafted).threads
    assert (placed.field, placed.trail, placed.is_gone) == (None, [], False)


def test_a_comment_follows_its_row_and_is_told_when_the_field_is_gone(drafted: Played) -> None:
    say(drafted, "A 的下限", path="grades.1.from")
    say(drafted, "封顶", path="total.cap")
    with drafted.database.read() as session:
        text = edit_of(session, open_draft(session, POLICY), 0).text
    first = next(line for line in text.splitlines() if "grade: S" in line)
    rewrite(drafted, first + "\n", "")
    rewrite(drafted, "total: {floor: 0, cap: 130}\n", "")
    places = {each.thread.path: each for each in shown(drafted).threads}
    assert places["grades.1.from"].field == "grades.0.from"
    gone = places["total.cap"]
    assert (gone.field, gone.is_gone, gone.trail[0]["en"]) == (None, True, "Total")


@pytest.mark.parametrize(
    ("path", "trail", "now", "found"),
    [
        ("a", ("A",), {"a": ("A",), "b": ("B",)}, "a"),
        ("a", ("A",), {"a": ("B",), "b": ("A",)}, "b"),  # the rows changed places
        ("a", ("A",), {"a": ("new name",)}, "a"),
        ("a", ("A",), {"b": ("A",)}, "b"),  # the entry has another code
        ("a", ("A",), {"b": ("A",), "c": ("A",)}, None),  # two are called so: neither is it
        ("a", ("A",), {"b": ("B",)}, None),
        ("a", ("A",), {}, None),
    ],
)
def test_where_a_field_went(
    path: str, trail: tuple[str], now: dict[str, tuple[object, ...]], found: str | None
) -> None:
    assert followed(path, trail, now) == found


@pytest.mark.parametrize(
    ("path", "text", "code"),
    [
        ("kpis.nothing.weight", "x", "comments.no_field"),
        (WEIGHT, " \n", "comments.empty"),
        (WEIGHT, "长" * (LONGEST + 1), "comments.too_long"),
    ],
)
def test_what_is_not_kept(drafted: Played, path: str, text: str, code: str) -> None:
    with refused(Kind.INVALID, code):
        say(drafted, text, path)
    with drafted.database.read() as session:
        assert session.scalars(sa.select(CommentThread)).all() == []


def test_of_many_who_resolve_at_once_one_does(drafted: Played) -> None:
    thread = say(drafted, "?")
    told: list[str] = []

    def resolve() -> None:
        try:
            do(drafted, thread, "resolved")
        except KaohengError as error:
            told.append(error.faults[0].code)

    threads = [threading.Thread(target=resolve) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert told == ["comments.moved"] * 5
    with drafted.database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Comment)) == 2


def test_threads_are_of_their_draft(drafted: Played) -> None:
    thread = say(drafted, "?")
    with drafted.database.write() as session:
        hr = drafted.actors[Role.HR]
        draft = open_draft(session, POLICY)
        discard_draft(session, hr, NOW, draft, seen=0)
        with refused(Kind.MISSING, "comments.no_draft"):
            draft_to_discuss(session, POLICY)
        start_draft(session, hr, NOW, code=POLICY)
    with refused(Kind.MISSING, "comments.unknown"):
        do(drafted, thread, "said", "late")
    for deed in ("", "deleted"):
        with refused(Kind.MISSING, "comments.unknown"):
            do(drafted, say(drafted, "!"), deed, "x")


def test_said_texts_stay_as_they_were(drafted: Played) -> None:
    say(drafted, "?")
    with pytest.raises(sa.exc.DBAPIError), drafted.database.write() as session:
        session.execute(sa.update(Comment).values(text="!"))


@pytest.mark.parametrize(
    ("role", "reads", "says"),
    [
        (Role.HR, True, True),
        (Role.FINANCE, True, True),
        (Role.SALES_DIRECTOR, True, True),
        (Role.AUDITOR, True, False),
        (Role.HR_REGION, False, False),
        (Role.MANAGER, False, False),
        (Role.SALESPERSON, False, False),
        (Role.ADMINISTRATOR, False, False),
    ],
)
def test_who_reads_and_who_says(drafted: Played, role: Role, reads: bool, says: bool) -> None:
    with drafted.database.write() as session:
        who = actor(session, role, None)
        draft = draft_to_discuss(session, POLICY)
        assert _may(discussion, session, who, draft) == reads
        known = drafted.actors.get(role, who)
        if not says:
            with refused(Kind.DENIED, "access.denied"):
                begin_thread(session, known, NOW, draft, path=None, text="x")


def _may(check, *arguments) -> bool:  # type: ignore[no-untyped-def]
    try:
        check(*arguments)
    except KaohengError as error:
        return error.kind is not Kind.DENIED
    return True
