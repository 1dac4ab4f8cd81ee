"""Checkpoints (C2SP tlog-checkpoint): which log, how many entries, and the root over them."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass

from engine.errors import N_, refuse
from workflows.log import note
from workflows.log.merkle import HASH_SIZE
from workflows.log.note import Signer, Verifier

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """``size`` entries of the log ``origin`` have the root ``root`` (32 bytes)."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Read the text of a note; lines after the third are extensions and passed over."""
        lines = text.split("\n")
        if len(lines) >= 4 and lines[0] and _SIZE.fullmatch(lines[1]):
            try:
                root = b64decode(lines[2], validate=True)
            except binascii.Error:
                root = b""
            if len(root) == HASH_SIZE:
                return cls(lines[0], int(lines[1]), root)
        raise refuse(
            "log.malformed_checkpoint",
            N_("This is not a checkpoint of a log."),
            N_("Its lines are the log's name, the number of entries and the root; copy it whole."),
        )

    def sign(self, signer: Signer) -> str:
        return note.sign(self.text, signer)


def open_checkpoint(signed: str, verifiers: Iterable[Verifier]) -> Checkpoint:
    """Return the checkpoint of a signed note; KaohengError where no trusted key signed it."""
    return Checkpoint.parse(note.open_note(signed, verifiers))
