"""Which keys sign this installation's log, and whose signatures it trusts."""

from __future__ import annotations

from functools import lru_cache

from workflows.base.keys import Keyring
from workflows.log.note import Signer, Verifier

_SIGNING = "log/signing.key"
_TRUSTED = "log/trusted"


def signer(keyring: Keyring) -> Signer:
    """Return the log's signing key, made at the first use.

    Its name is the log's origin in every checkpoint, as the format asks for.
    """

    def make() -> bytes:
        return str(Signer.generate(keyring.origin)).encode()

    return _parsed(keyring.obtain(_SIGNING, make))


# The file is read for every entry, its key computed once: that takes as long as a signature.
@lru_cache(maxsize=4)
def _parsed(secret: bytes) -> Signer:
    return Signer.parse(secret.decode())


def own_verifier(keyring: Keyring) -> Verifier | None:
    """Return the public half of the signing key, or None before its first use."""
    secret = keyring.read(_SIGNING)
    return _parsed(secret).verifier if secret else None


def verifiers(keyring: Keyring) -> tuple[Verifier, ...]:
    """Return the public keys whose signatures count here: our own and those trusted later."""
    own = own_verifier(keyring)
    texts = (keyring.read(name) for name in keyring.names(_TRUSTED))
    trusted = [Verifier.parse(text.decode()) for text in texts if text]
    return tuple(dict.fromkeys([own, *trusted] if own else trusted))


def trust(keyring: Keyring, verifier: Verifier) -> None:
    """Accept from now on what ``verifier``'s owner signed (a log brought from elsewhere)."""
    keyring.put(f"{_TRUSTED}/{verifier.key_id.hex()}.vkey", str(verifier).encode())
