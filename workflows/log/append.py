"""Writing to the log: the last statement of every operation, in its transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Entry:
    """What was appended: its number, and the tree's size and root with it."""

    seq: int
    size: int
    root: bytes


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
    keyring = keyring_of(session)
    signer = signing.signer(keyring)
    about = Subject(*subject)
    whose = person or about.id
    key = values.person_key(keyring, whose) if personal else b""
    # Whatever the operation still has to write goes first, so that the head is held briefly.
    session.flush()
    tree = _take_head(session)
    sealed = {
        name: values.seal(key, value, name=f"{tree.size}/{name}")
        for name, value in (personal or {}).items()
    }
    leaf = Leaf(
        sequence=tree.size,
        at=to_microseconds(at),
        action=action,
        actor=actor if isinstance(actor, str) else actor.public_id,
        subject=about,
        on_behalf_of=None if isinstance(actor, str) else actor.on_behalf_of,
        details=details or {},
        personal={name: value.hash for name, value in sealed.items()},
    )
    data = leaf.to_bytes()
    tree = tree.append(leaf_hash(data))
    checkpoint = Checkpoint(signer.name, tree.size, tree.root())
    signature = signer.sign(checkpoint.text)
    entry = {**leaf.columns(), "leaf": data, "root": checkpoint.root, "signature": signature}
    session.connection().execute(_WRITE_ENTRY, entry)
    _write_values(session, leaf.sequence, whose, sealed)
    _put_head(session, tree)
    return Entry(leaf.sequence, tree.size, checkpoint.root)


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


def _write_values(session: Session, seq: int, person: str, sealed: Mapping[str, Sealed]) -> None:
    rows = [
        {"seq": seq, "name": name, "person": person, "key_id": v.key_id, "ciphertext": v.ciphertext}
        for name, v in sealed.items()
    ]
    if rows:
        session.execute(insert(VALUE), rows)
