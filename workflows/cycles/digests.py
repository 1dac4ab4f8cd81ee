"""The digests that an evaluation is held to."""

from __future__ import annotations

from hashlib import sha256


def digests_of(inputs: bytes, outputs: bytes, grants: bytes) -> dict[str, str]:
    """Return the SHA-256 of each part, in hex."""
    parts = {"inputs": inputs, "outputs": outputs, "grants": grants}
    return {name: sha256(part).hexdigest() for name, part in parts.items()}
