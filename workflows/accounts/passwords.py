"""Passwords as argon2id hashes, with the library's own current parameters."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()


@dataclass(frozen=True, slots=True)
class FirstPassword:
    """A password to be handed over once, and the hash that is kept of it."""

    text: str
    hashed: str


def first_password() -> FirstPassword:
    """Make a password of 96 bits, easy to copy."""
    text = secrets.token_urlsafe(12)
    return FirstPassword(text, hash_password(text))


@contextmanager
def passwords_ahead(ahead: int) -> Iterator[Iterator[FirstPassword]]:
    """Give first passwords without end, so many of them made before they are asked for.

    For who makes many accounts: a hash is slow by design, and meanwhile something else is done.
    """

    def made() -> Iterator[FirstPassword]:
        while True:
            waiting.append(pool.submit(first_password))
            yield waiting.popleft().result()

    pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="passwords")
    waiting = deque(pool.submit(first_password) for _ in range(ahead))
    try:
        yield made()
    finally:
        pool.shutdown(cancel_futures=True)


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def verify_password(password: str, hashed: str) -> bool:
    """Say whether ``password`` is the one; a damaged hash is simply no."""
    try:
        return _hasher.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False
