"""What people may read of the log: an entry's own values, and the proof that it is in there."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.log import signing, values
from workflows.log.append import head_note, keyring_of
from workflows.log.checkpoint import open_checkpoint
from workflows.log.leaf import Leaf
from workflows.log.merkle import inclusion_proof, leaf_hash
from workflows.log.tables import LogCheckpoint, LogEntry, LogValue
from workflows.log.values import Opened, Sealed

PROOF_HEADER = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class Inclusion:
    """That the entry ``index`` is among ``size``: its leaf's hash, the path, the signed note."""

    index: int
    size: int
    leaf_hash: bytes
    path: tuple[bytes, ...]
    checkpoint: str

    @property
    def text(self) -> str:
        """The proof in the C2SP tlog-proof form, for tools that we did not write."""
        hashes = "".join(f"{b64encode(node).decode()}\n" for node in self.path)
        return f"{PROOF_HEADER}\nindex {self.index}\n{hashes}\n{self.checkpoint}"


def inclusion(session: Session, actor: Actor, seq: int) -> Inclusion:
    """Prove that entry ``seq`` is under the log's signed head; it reads every leaf once."""
    allow_everywhere(actor, "list_log")
    note = head_note(session)
    size = open_checkpoint(note, signing.verifiers(keyring_of(session))).size
    # Not beyond the head: somebody may be appending at this moment.
    stored = select(LogEntry.leaf).where(LogEntry.seq < size).order_by(LogEntry.seq)
    leaves = [leaf_hash(leaf) for leaf in session.scalars(stored)]
    return Inclusion(seq, size, leaves[seq], tuple(inclusion_proof(leaves, seq)), note)


def personal_values(session: Session, actor: Actor, entry: LogEntry) -> dict[str, Opened]:
    """Return an entry's personal values as far as their keys still exist, by name."""
    allow_everywhere(actor, "read_log_values")
    hashes = Leaf.from_bytes(entry.leaf).personal
    rows = session.scalars(select(LogValue).where(LogValue.seq == entry.seq))
    return {
        row.name: values.unseal(
            keyring_of(session),
            row.person,
            Sealed(hashes.get(row.name, ""), row.key_id, row.ciphertext),
            name=f"{row.seq}/{row.name}",
        )
        for row in rows
    }


def given_out(session: Session, actor: Actor) -> list[LogCheckpoint]:
    """Return the checkpoints that were given out, the latest first."""
    allow_everywhere(actor, "verify_log")
    return list(session.scalars(select(LogCheckpoint).order_by(LogCheckpoint.size.desc())))
