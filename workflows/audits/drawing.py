"""Drawing a sample: the same seed and the same results give the same sample, on any machine.

Each result has a place in the order of the SHA-256 of the seed and its own id, so nobody can
choose who is drawn, and whoever has the seed can draw it again. The strata share the sample by
largest remainder, in proportion to how many are in each.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping


def draw(strata: Mapping[str, Iterable[str]], size: int, seed: str) -> dict[str, list[str]]:
    """Return, by stratum, the ids that are drawn: ``size`` of them, or all where there are fewer.

    Where the sample has room for it, at least one of each stratum is in it.
    """
    found: dict[str, list[str]] = {
        name: sorted(ids, key=lambda each: _place(seed, each)) for name, ids in strata.items()
    }
    counts = shared_out({name: len(ids) for name, ids in found.items()}, size)
    return {name: found[name][: counts[name]] for name in sorted(found)}


def shared_out(sizes: Mapping[str, int], size: int) -> dict[str, int]:
    """Return how many are drawn of each stratum, never more than are in it."""
    there = {name: count for name, count in sizes.items() if count}
    everybody = sum(there.values())
    size = min(size, everybody)
    least = 1 if size >= len(there) else 0
    counts: dict[str, int] = defaultdict(int, dict.fromkeys(there, least))
    left = size - sum(counts.values())
    room = {name: count - least for name, count in there.items()}
    whole = sum(room.values())
    if left and whole:
        for name, more in room.items():
            counts[name] += left * more // whole
        rest = sorted(room, key=lambda name: (-(left * room[name] % whole), name))
        for name in rest[: size - sum(counts.values())]:
            counts[name] += 1
    return {name: counts[name] for name in sizes}


def _place(seed: str, each: str) -> tuple[bytes, str]:
    return hashlib.sha256(f"{seed}\n{each}".encode()).digest(), each
