"""Signed notes (C2SP signed-note): text, an empty line, and a line for each Ed25519 signature.

Keys are written as Go's sumdb/note writes them, so its tools read ours:
``name+keyid+base64(0x01 || public key)``, and with ``PRIVATE+KEY+`` before it for the seed.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from engine.errors import N_, KaohengError, refuse

ED25519 = b"\x01"
KEY_ID_SIZE = 4
MAX_SIGNATURES = 100
_NAME = re.compile(r"[^\s+]+")
_SIGNATURE_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
_PRIVATE = "PRIVATE+KEY+"


@dataclass(frozen=True, slots=True)
class Verifier:
    """The public half of a key with its name; ``str()`` gives the form to publish (a vkey)."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:KEY_ID_SIZE]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{b64encode(ED25519 + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> Verifier:
        """Read a vkey; KaohengError where it is not one."""
        name, key_id, public = _split_key(text)
        verifier = cls(name, public)
        if verifier.key_id.hex() != key_id:
            raise _bad_key(text)
        return verifier

    def accepts(self, text: str, signature: bytes) -> bool:
        """Return whether ``signature`` (key id and 64 bytes) is this key's over ``text``."""
        if signature[:KEY_ID_SIZE] != self.key_id:
            return False
        try:
            key = Ed25519PublicKey.from_public_bytes(self.public)
            key.verify(signature[KEY_ID_SIZE:], text.encode())
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class Signer:
    """A signing key with its name; ``str()`` gives the secret form that the keyring keeps."""

    name: str
    seed: bytes

    @classmethod
    def generate(cls, name: str) -> Signer:
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw())

    @cached_property
    def verifier(self) -> Verifier:
        return Verifier(self.name, self._key.public_key().public_bytes_raw())

    @cached_property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    def __str__(self) -> str:
        encoded = b64encode(ED25519 + self.seed).decode()
        return f"{_PRIVATE}{self.name}+{self.verifier.key_id.hex()}+{encoded}"

    def __repr__(self) -> str:
        """Leave the seed out of tracebacks and logs."""
        return f"Signer({self.name!r})"

    @classmethod
    def parse(cls, text: str) -> Signer:
        """Read what ``str()`` wrote; KaohengError (without the text) where it is not a key."""
        if not text.startswith(_PRIVATE):
            raise _bad_key(_PRIVATE)
        name, key_id, seed = _split_key(text.removeprefix(_PRIVATE), shown=_PRIVATE)
        signer = cls(name, seed)
        if signer.verifier.key_id.hex() != key_id:
            raise _bad_key(_PRIVATE)
        return signer

    def sign(self, text: str) -> bytes:
        """Return key id and signature over ``text``, as a note's line carries them."""
        return self.verifier.key_id + self._key.sign(text.encode())


def write(text: str, signatures: Iterable[tuple[str, bytes]]) -> str:
    """Put a note together from its text (ending in a line end) and (name, signature) pairs."""
    lines = (f"— {name} {b64encode(signature).decode()}\n" for name, signature in signatures)
    return f"{text}\n{''.join(lines)}"


def sign(text: str, signer: Signer) -> str:
    return write(text, [(signer.name, signer.sign(text))])


def open_note(note: str, verifiers: Iterable[Verifier]) -> str:
    """Return the text of a note that one of ``verifiers`` signed; KaohengError otherwise.

    As the specification says: signatures by other keys are passed over, and one that bears
    a known key's id and is wrong condemns the note.
    """
    text, signatures = _split_note(note)
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    accepted = False
    for name, signature in signatures:
        verifier = known.get((name, signature[:KEY_ID_SIZE]))
        if verifier is None:
            continue
        if not verifier.accepts(text, signature):
            raise _forged(name)
        accepted = True
    if not accepted:
        raise refuse(
            "log.unknown_key",
            N_("The signature is by {name}, a key that is not trusted here."),
            N_("Give the public key (vkey) of the log, or put back its keys folder."),
            name=", ".join(name for name, _ in signatures),
        )
    return text


def _split_note(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    head, gap, tail = note.rpartition("\n\n")
    lines = tail.removesuffix("\n").split("\n")
    found = [_SIGNATURE_LINE.fullmatch(line) for line in lines]
    control = any(character < " " and character != "\n" for character in note)
    if not (gap and head) or control or not tail.endswith("\n") or len(lines) > MAX_SIGNATURES:
        raise _malformed()
    signatures = []
    for match in found:
        if match is None:
            raise _malformed()
        signatures.append((match[1], _decode(match[2])))
    if any(len(signature) <= KEY_ID_SIZE for _, signature in signatures):
        raise _malformed()
    return head + "\n", signatures


def _split_key(text: str, *, shown: str | None = None) -> tuple[str, str, bytes]:
    shown = text if shown is None else shown
    parts = text.split("+", 2)
    if len(parts) != 3 or not _NAME.fullmatch(parts[0]):
        raise _bad_key(shown)
    try:
        material = b64decode(parts[2], validate=True)
    except binascii.Error:
        raise _bad_key(shown) from None
    # Encoded again: base64 has spare bits, and one key must have one spelling.
    if material[:1] != ED25519 or len(material) != 33 or b64encode(material).decode() != parts[2]:
        raise _bad_key(shown)
    return parts[0], parts[1], material[1:]


def _decode(encoded: str) -> bytes:
    try:
        return b64decode(encoded, validate=True)
    except binascii.Error:
        raise _malformed() from None


def _bad_key(shown: str) -> KaohengError:
    return refuse(
        "log.bad_key",
        N_("{key} is not an Ed25519 key of a log."),
        N_("A public key reads name+8 hex digits+base64; copy it whole."),
        key=shown,
    )


def _malformed() -> KaohengError:
    return refuse(
        "log.malformed_note",
        N_("This is not a signed note."),
        N_("It must be the text, an empty line and the signature lines, unchanged; copy it whole."),
    )


def _forged(name: str) -> KaohengError:
    return refuse(
        "log.forged_note",
        N_("The signature of {name} does not belong to this text: one of the two was changed."),
        N_("Compare it with a copy kept elsewhere."),
        name=name,
    )
