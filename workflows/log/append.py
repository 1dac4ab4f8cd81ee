"""Writing to the log: the last statement of every operation, in its transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from engine.errors import N_, refuse
from workflows.access.actors import Actor
from workflows.base.keys import Keyring
from workflows.log import note, signing, values
from workflows.log.checkpoint import Checkpoint, open_checkpoint
from workflows.log.leaf import Leaf, Subject, to_microseconds
from workflows.log.merkle import Frontier, leaf_hash
from workflows.log.note import Verifier
from workflows.log.tables import LogCheckpoint, LogEntry, LogHead, LogValue
from workflows.log.values import Sealed

# Plain tables: nothing of the log is kept as a live object that a later flush could write.
ENTRY = cast(Table, LogEntry.__table__)
HEAD = cast(Table, LogHead.__table__)
VALUE = cast(Table, LogValue.__table__)
# Written out once: every operation appends, and to put these together took as long as to run them.
_TAKE_HEAD = update(HEAD).values(size=HEAD.c.size).returning(HEAD.c.size, HEAD.c.frontier)
_PUT_HEAD = update(HEAD).values(
    {name: bindparam(f"new_{name}") for name in ("size", "root", "frontier")}
)
_WRITE_ENTRY = insert(ENTRY)
_APPENDED = "appended"


@dataclass(frozen=True, slots=True)
class Entry:
    """What was appended: its number, and the tree's size and root with it."""

    seq: int
    size: int
    root: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """What an entry is to say; as ``append`` takes it."""

    action: str
    actor: Actor | str
    subject: tuple[str, str]
    at: datetime
    details: Mapping[str, Any] = field(default_factory=dict)
    personal: Mapping[str, str] = field(default_factory=dict)
    person: str | None = None

    @property
    def actor_id(self) -> str:
        return self.actor if isinstance(self.actor, str) else self.actor.public_id


def append(
    session: Session,
    *,
    action: str,
    actor: Actor | str,
    subject: tuple[str, str],
    at: datetime,
    details: Mapping[str, Any] | None = None,
    personal: Mapping[str, str] | None = None,
    person: str | None = None,
) -> Entry:
    """Append one entry, in ``session``'s transaction.

    ``subject`` is its kind and id. That id, ``actor`` and ``person`` are pseudonymous
    (``public_id``); an ``Actor`` who stands in for somebody is entered with whom.
    ``details`` may hold nothing personal: strings, whole numbers, booleans, None, lists and
    dicts of them (a decimal as its text, a long thing as its digest).
    ``personal`` values are stored encrypted under the key of ``person``, by default the
    subject; the entry itself keeps their salted hashes only.

    Call it last: it takes the head's row, and every other append waits until the commit.
    Raises ValueError or TypeError for what an entry cannot hold.
    """
    happening = Happening(
        action=action,
        actor=actor,
        subject=subject,
        at=at,
        details=details or {},
        personal=personal or {},
        person=person,
    )
    return append_each(session, [happening])[0]


def append_each(session: Session, happenings: Sequence[Happening]) -> list[Entry]:
    """Append an entry for each, in their order, as ``append`` does: the head is taken once."""
    if not happenings:
        return []
    keyring = keyring_of(session)
    signer = signing.signer(keyring)
    # Whatever the operation still has to write goes first, so that the head is held briefly.
    session.flush()
    tree = _take_head(session)
    rows, entries, secrets = [], [], []
    for happening in happenings:
        sealed = _sealed(keyring, happening, tree.size)
        leaf = _leaf(happening, tree.size, sealed)
        data = leaf.to_bytes()
        tree = tree.append(leaf_hash(data))
        reached = Checkpoint(signer.name, tree.size, tree.root())
        signature = signer.sign(reached.text)
        own = {"leaf": data, "root": reached.root, "signature": signature}
        rows.append({**leaf.columns(), **own})
        secrets += _values(leaf, _whose(happening), sealed)
        entries.append(Entry(leaf.sequence, tree.size, reached.root))
    session.connection().execute(_WRITE_ENTRY, rows)
    if secrets:
        session.execute(insert(VALUE), secrets)
    _put_head(session, tree)
    session.info.setdefault(_APPENDED, []).extend(happenings)
    return entries


def appended(session: Session) -> list[Happening]:
    """Return what ``session`` has appended so far, a savepoint that was given up included."""
    return list(session.info.get(_APPENDED, ()))


def checkpoint(session: Session, *, at: datetime) -> str:
    """Return the signed checkpoint of everything so far and remember that it was given out.

    KaohengError where the log has no entry yet.
    """
    tree = _take_head(session)
    given = session.scalar(select(LogCheckpoint.note).where(LogCheckpoint.size == tree.size))
    if given is None:
        given = head_note(session)
        # Refuses to give out what this log's own key did not sign.
        open_checkpoint(given, signing.verifiers(keyring_of(session)))
        session.execute(insert(LogCheckpoint).values(size=tree.size, note=given, at=at))
    return given


def head_note(session: Session) -> str:
    """Return the signed checkpoint after the last entry, from that entry's own signature."""
    last = session.execute(
        select(LogEntry.seq, LogEntry.root, LogEntry.signature)
        .order_by(LogEntry.seq.desc())
        .limit(1)
    ).one_or_none()
    if last is None:
        raise refuse(
            "log.empty",
            N_("The log has no entry yet, so there is nothing to sign."),
            N_("Do something first, such as an import."),
        )
    trusted = signing.verifiers(keyring_of(session))
    return entry_note(trusted, last.seq, last.root, last.signature)


def entry_note(trusted: Iterable[Verifier], seq: int, root: bytes, signature: bytes) -> str:
    """Put together the note that an entry's signature was made for (by one of ``trusted``)."""
    names = {key.key_id: key.name for key in trusted}
    name = names.get(signature[: note.KEY_ID_SIZE], "unknown")
    return note.write(Checkpoint(name, seq + 1, root).text, [(name, signature)])


def keyring_of(session: Session) -> Keyring:
    """Return the keyring that the database was opened with."""
    keyring = session.info.get("keyring")
    if not isinstance(keyring, Keyring):
        raise TypeError("the log needs a Database that was opened with a keyring")
    return keyring


def _take_head(session: Session) -> Frontier:
    """Lock the head until the commit and return the tree as it stands."""
    row = session.connection().execute(_TAKE_HEAD).one()
    return Frontier.from_bytes(row.size, row.frontier)


def _put_head(session: Session, tree: Frontier) -> None:
    head = {"new_size": tree.size, "new_root": tree.root(), "new_frontier": tree.to_bytes()}
    session.connection().execute(_PUT_HEAD, head)


def _whose(happening: Happening) -> str:
    return happening.person or Subject(*happening.subject).id


def _sealed(keyring: Keyring, happening: Happening, seq: int) -> dict[str, Sealed]:
    if not happening.personal:
        return {}
    key = values.person_key(keyring, _whose(happening))
    return {
        name: values.seal(key, value, name=f"{seq}/{name}")
        for name, value in happening.personal.items()
    }


def _leaf(happening: Happening, seq: int, sealed: Mapping[str, Sealed]) -> Leaf:
    actor = happening.actor
    return Leaf(
        sequence=seq,
        at=to_microseconds(happening.at),
        action=happening.action,
        actor=happening.actor_id,
        subject=Subject(*happening.subject),
        on_behalf_of=None if isinstance(actor, str) else actor.on_behalf_of,
        details=happening.details,
        personal={name: value.hash for name, value in sealed.items()},
    )


def _values(leaf: Leaf, person: str, sealed: Mapping[str, Sealed]) -> list[dict[str, Any]]:
    of = {"seq": leaf.sequence, "person": person}
    return [
        {**of, "name": name, "key_id": value.key_id, "ciphertext": value.ciphertext}
        for name, value in sealed.items()
    ]
