"""Personal values: encrypted under a key per person, so that deleting the key erases them.

The salt that the leaf's hash was made with lies inside the ciphertext. A salt that could
still be read would let anyone try the few likely values of an erased one.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from workflows.base.keys import Keyring
from workflows.log.leaf import salted_hash

SALT_SIZE = 32
NONCE_SIZE = 12
KEY_SIZE = 32


class State(StrEnum):
    """What became of a value. ``LOST``: its key is gone and nobody recorded an erasure."""

    READABLE = "readable"
    ERASED = "erased"
    LOST = "lost"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Sealed:
    """A value as it is stored: ``hash`` goes into the leaf, the rest into the values' table."""

    hash: str
    key_id: str
    ciphertext: bytes


@dataclass(frozen=True, slots=True)
class Opened:
    state: State
    value: str | None = None


def person_key(keyring: Keyring, person: str) -> bytes:
    """Return the person's key, made at the first use (again after an erasure, for new values)."""
    return keyring.obtain(_key_name(person), lambda: secrets.token_bytes(KEY_SIZE))


def seal(key: bytes, value: str, *, name: str) -> Sealed:
    """Encrypt ``value`` and hash it with a fresh salt; ``name`` is bound to the ciphertext."""
    salt, nonce = secrets.token_bytes(SALT_SIZE), secrets.token_bytes(NONCE_SIZE)
    encrypted = AESGCM(key).encrypt(nonce, salt + value.encode(), name.encode())
    return Sealed(salted_hash(salt, value), _key_id(key), nonce + encrypted)


def unseal(keyring: Keyring, person: str, sealed: Sealed, *, name: str) -> Opened:
    """Decrypt a value and compare it with the hash in its leaf."""
    key = keyring.read(_key_name(person))
    if key is None or _key_id(key) != sealed.key_id:
        erased = sealed.key_id in _erased_keys(keyring, person)
        return Opened(State.ERASED if erased else State.LOST)
    nonce, encrypted = sealed.ciphertext[:NONCE_SIZE], sealed.ciphertext[NONCE_SIZE:]
    try:
        plain = AESGCM(key).decrypt(nonce, encrypted, name.encode())
        value = plain[SALT_SIZE:].decode()
    except (InvalidTag, ValueError):
        return Opened(State.CHANGED)
    if salted_hash(plain[:SALT_SIZE], value) != sealed.hash:
        return Opened(State.CHANGED)
    return Opened(State.READABLE, value)


def erase(keyring: Keyring, person: str, *, at: datetime) -> bool:
    """Delete the person's key, and with it every value so far; False where there was none.

    What stays is a note of which key went and when, so that erased is not taken for lost.
    """
    key = keyring.read(_key_name(person))
    if key is None:
        return False
    erased = {**_erased_keys(keyring, person), _key_id(key): at.isoformat()}
    keyring.put(_erased_name(person), json.dumps(erased).encode())
    keyring.remove(_key_name(person))
    return True


def _erased_keys(keyring: Keyring, person: str) -> dict[str, str]:
    noted = keyring.read(_erased_name(person))
    return dict(json.loads(noted)) if noted else {}


def _key_id(key: bytes) -> str:
    return sha256(b"kaoheng person key\n" + key).hexdigest()[:16]


def _key_name(person: str) -> str:
    # Hashed, because an id may hold what a file's name may not.
    return f"people/{sha256(person.encode()).hexdigest()}.key"


def _erased_name(person: str) -> str:
    return f"people/{sha256(person.encode()).hexdigest()}.erased"
