"""Checking the log: every entry, the tree, the head, the checkpoints and the personal values.

Everything is computed again from the leaves, one entry at a time; nothing is written. The
first entry that does not fit is named, and why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from engine.errors import N_, Fault, KaohengError, refuse
from workflows.base.keys import Keyring
from workflows.log import signing, values
from workflows.log.append import entry_note
from workflows.log.checkpoint import Checkpoint, open_checkpoint
from workflows.log.leaf import Leaf
from workflows.log.merkle import Frontier, leaf_hash
from workflows.log.note import Verifier
from workflows.log.tables import LogCheckpoint, LogEntry, LogHead, LogValue
from workflows.log.values import Sealed, State

CHUNK = 500
RESTORE = N_("Compare with a backup or an export that was kept elsewhere.")
CHANGED = N_("Entry {entry} was changed after it was written.")
COLUMN_CHANGED = N_("Entry {entry} was changed after it was written: {column} differs from it.")
VALUE_CHANGED = N_("Entry {entry} was changed after it was written: its personal value {name}.")
VALUES_DIFFER = N_("Entry {entry} was changed: personal values were put to it or taken away.")

EntryRow = Row[*tuple[Any, ...]]
NO_VALUES: tuple[None, Iterator[EntryRow]] = (None, iter(()))
COLUMNS = ("seq", "at", "action", "actor", "on_behalf_of", "subject_kind", "subject_id")


@dataclass(slots=True)
class Report:
    """How far the log holds: ``size`` entries under ``root``, then ``fault`` if there is one.

    ``values`` counts the personal values by what became of them.
    """

    size: int = 0
    root: bytes = b""
    checkpoints: int = 0
    values: Counter[State] = field(default_factory=Counter)
    fault: Fault | None = None

    @property
    def entry(self) -> int | None:
        """The number of the first entry that does not fit."""
        return None if self.fault is None else self.fault.params.get("entry")


def verify(
    session: Session,
    keyring: Keyring,
    held: Iterable[str] = (),
    trusted: tuple[Verifier, ...] | None = None,
) -> Report:
    """Check the whole log in ``session``, which must see one moment (``snapshot``).

    ``held`` are signed checkpoints kept elsewhere: they show a history that was cut off or
    replaced together with everything that the database knows about it. ``trusted`` are the
    public keys to believe, by default the keyring's.
    """
    report, tree = Report(), Frontier()
    trusted = signing.verifiers(keyring) if trusted is None else trusted
    try:
        marks = _Marks(session, trusted, held)
        marks.check(tree, report)
        with closing(_entries(session)) as entries:
            for entry, stored in entries:
                grown = _check_entry(entry, tree, trusted)
                _check_values(entry, stored, keyring, report)
                marks.check(grown, report)
                tree = grown
        _check_head(session, tree)
        marks.check_none_left(tree)
    except KaohengError as error:
        report.fault = error.faults[0]
    report.size, report.root = tree.size, tree.root()
    return report


class _Marks:
    """The checkpoints to come, each to be compared when the tree has reached its size."""

    def __init__(
        self, session: Session, trusted: tuple[Verifier, ...], held: Iterable[str]
    ) -> None:
        self._trusted = trusted
        self._by_size: dict[int, list[tuple[str, bool]]] = {}
        for note in held:
            size = open_checkpoint(note, trusted).size
            self._by_size.setdefault(size, []).append((note, True))
        for size, note in session.execute(select(LogCheckpoint.size, LogCheckpoint.note)):
            self._by_size.setdefault(size, []).append((note, False))

    def check(self, tree: Frontier, report: Report) -> None:
        for note, _held in self._by_size.pop(tree.size, []):
            mark = self._open(note, tree.size)
            if (mark.size, mark.root) != (tree.size, tree.root()):
                raise refuse(
                    "log.checkpoint_differs",
                    N_(
                        "The checkpoint of {size} entries shows another history: entry {entry} "
                        "or one before it was changed."
                    ),
                    RESTORE,
                    size=tree.size,
                    entry=tree.size - 1,
                )
            report.checkpoints += 1

    def check_none_left(self, tree: Frontier) -> None:
        for size in sorted(self._by_size):
            raise refuse(
                "log.rolled_back",
                N_(
                    "Entry {entry} is missing: a checkpoint shows {size} entries, "
                    "and the log ends before them."
                ),
                RESTORE,
                entry=tree.size,
                size=size,
            )

    def _open(self, note: str, size: int) -> Checkpoint:
        try:
            return open_checkpoint(note, self._trusted)
        except KaohengError as error:
            raise refuse(
                "log.checkpoint_forged",
                N_("The stored checkpoint of {size} entries is not as the log signed it."),
                RESTORE,
                size=size,
                entry=size - 1,
            ) from error


def _entries(session: Session) -> Generator[tuple[EntryRow, list[EntryRow]]]:
    """Walk the entries in order, each with its stored values; two streams, read side by side."""
    columns = [getattr(LogEntry, name) for name in COLUMNS]
    select_entries = select(*columns, LogEntry.leaf, LogEntry.root, LogEntry.signature)
    select_values = select(LogValue.seq, LogValue.name, LogValue.person, LogValue.key_id)
    stream = {"yield_per": CHUNK}
    with (
        session.execute(select_entries.order_by(LogEntry.seq), execution_options=stream) as entries,
        session.execute(
            select_values.add_columns(LogValue.ciphertext).order_by(LogValue.seq, LogValue.name),
            execution_options=stream,
        ) as rows,
    ):
        groups = groupby(rows, key=lambda row: row.seq)
        seq, group = next(groups, NO_VALUES)
        for entry in entries:
            stored = []
            if seq == entry.seq:
                stored = list(group)
                seq, group = next(groups, NO_VALUES)
            yield entry, stored
    if seq is not None:
        raise _changed(seq, VALUES_DIFFER)


def _check_entry(
    entry: EntryRow,
    tree: Frontier,
    trusted: tuple[Verifier, ...],
) -> Frontier:
    """Return the tree with this entry; KaohengError where it does not fit."""
    number = tree.size
    if entry.seq > number:
        raise refuse("log.missing", N_("Entry {entry} is missing."), RESTORE, entry=number)
    if entry.seq < number:
        raise _inserted(number, entry.seq)
    try:
        leaf = Leaf.from_bytes(entry.leaf)
    except ValueError:
        raise _changed(number, CHANGED) from None
    if leaf.sequence != number:
        raise _inserted(number, leaf.sequence)
    for column, value in leaf.columns().items():
        if getattr(entry, column) != value:
            raise _changed(number, COLUMN_CHANGED, column=column)
    tree = tree.append(leaf_hash(entry.leaf))
    if entry.root != tree.root():
        raise _changed(number, CHANGED)
    _check_signature(entry, trusted)
    return tree


def _check_signature(entry: EntryRow, trusted: tuple[Verifier, ...]) -> None:
    try:
        open_checkpoint(entry_note(trusted, entry.seq, entry.root, entry.signature), trusted)
    except KaohengError as error:
        if error.faults[0].code == "log.unknown_key":
            raise refuse(
                "log.unknown_key",
                N_("Entry {entry} is signed with a key that is not trusted here."),
                N_("Put back the keys folder of this log; if it is there, this is a forgery."),
                entry=entry.seq,
            ) from None
        raise refuse(
            "log.not_signed",
            N_("Entry {entry} is not as the log signed it: it was put in or rewritten."),
            RESTORE,
            entry=entry.seq,
        ) from None


def _check_values(
    entry: EntryRow, stored: list[EntryRow], keyring: Keyring, report: Report
) -> None:
    hashes = Leaf.from_bytes(entry.leaf).personal
    if {row.name for row in stored} != set(hashes):
        raise _changed(entry.seq, VALUES_DIFFER)
    for row in stored:
        sealed = Sealed(hashes[row.name], row.key_id, row.ciphertext)
        state = values.unseal(keyring, row.person, sealed, name=f"{row.seq}/{row.name}").state
        if state is State.CHANGED:
            raise _changed(entry.seq, VALUE_CHANGED, name=row.name)
        report.values[state] += 1


def _check_head(session: Session, tree: Frontier) -> None:
    head = session.execute(select(LogHead.size, LogHead.root, LogHead.frontier)).one_or_none()
    if head is None or head.size < tree.size:
        raise refuse(
            "log.head_back",
            N_("Entry {entry} stands beyond the log's head, which was set back."),
            RESTORE,
            entry=head.size if head else 0,
        )
    if head.size > tree.size:
        raise refuse("log.missing", N_("Entry {entry} is missing."), RESTORE, entry=tree.size)
    if (head.root, head.frontier) != (tree.root(), tree.to_bytes()):
        raise refuse(
            "log.head_changed",
            N_("The log's head was changed; its entries hold up to entry {entry}."),
            RESTORE,
            entry=tree.size - 1,
        )


def _changed(entry: int, message: str, **params: Any) -> KaohengError:
    return refuse("log.changed", message, RESTORE, entry=entry, **params)


def _inserted(entry: int, other: int) -> KaohengError:
    return refuse(
        "log.moved",
        N_("In the place of entry {entry} stands entry {other}: it was put in or moved."),
        RESTORE,
        entry=entry,
        other=other,
    )
