"""The hash tree of RFC 6962 (section 2.1), over leaf hashes; pure functions.

Proofs are those of the RFC; they are checked with the algorithms of RFC 9162
(sections 2.1.3.2 and 2.1.4.2), which give the same answers without recursion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Hash one entry's bytes. The prefix keeps a leaf from ever passing as a node."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """A tree of ``size`` leaves, kept as the roots of its perfect subtrees, largest first.

    That is all an append needs, so it costs O(log n) and never reads older leaves.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def append(self, leaf: bytes) -> Frontier:
        """Return the tree with one more leaf hash."""
        peaks, merged, rest = list(self.peaks), leaf, self.size
        while rest & 1:
            merged = node_hash(peaks.pop(), merged)
            rest >>= 1
        return Frontier(self.size + 1, (*peaks, merged))

    def root(self) -> bytes:
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node_hash(peak, root)
        return root

    def to_bytes(self) -> bytes:
        return b"".join(self.peaks)

    @classmethod
    def from_bytes(cls, size: int, data: bytes) -> Frontier:
        """Read what ``to_bytes`` wrote; ValueError where the length does not belong to ``size``."""
        if size < 0 or len(data) != size.bit_count() * HASH_SIZE:
            raise ValueError(f"{len(data)} bytes are not the frontier of {size} leaves")
        return cls(size, tuple(data[i : i + HASH_SIZE] for i in range(0, len(data), HASH_SIZE)))


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes."""
    tree = Frontier()
    for leaf in leaves:
        tree = tree.append(leaf)
    return tree.root()


def _split(size: int) -> int:
    """Return the largest power of two below ``size``."""
    return 1 << (size - 1).bit_length() - 1


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Prove that the leaf at ``index`` is under the root of ``leaves`` (PATH in the RFC)."""
    if not 0 <= index < len(leaves):
        raise ValueError(f"no leaf {index} in a tree of {len(leaves)}")
    if len(leaves) == 1:
        return []
    k = _split(len(leaves))
    if index < k:
        return [*inclusion_proof(leaves[:k], index), root_of(leaves[k:])]
    return [*inclusion_proof(leaves[k:], index - k), root_of(leaves[:k])]


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """Prove that the first ``old_size`` leaves are still there, in order (PROOF in the RFC)."""
    if not 0 <= old_size <= len(leaves):
        raise ValueError(f"no tree of {old_size} inside one of {len(leaves)}")
    return _subproof(leaves, old_size, whole=True) if old_size else []


def _subproof(leaves: Sequence[bytes], old_size: int, *, whole: bool) -> list[bytes]:
    if old_size == len(leaves):
        return [] if whole else [root_of(leaves)]
    k = _split(len(leaves))
    if old_size <= k:
        return [*_subproof(leaves[:k], old_size, whole=whole), root_of(leaves[k:])]
    return [*_subproof(leaves[k:], old_size - k, whole=False), root_of(leaves[:k])]


def _climb(old: int, new: int) -> tuple[int, int]:
    """Skip the levels at which the node stands alone on the right edge."""
    while old and not old & 1:
        old, new = old >> 1, new >> 1
    return old, new


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Return whether ``proof`` puts the leaf hash at ``index`` of the tree ``root``."""
    if not 0 <= index < size:
        return False
    node, last, computed = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            computed = node_hash(sibling, computed)
            node, last = _climb(node, last)
        else:
            computed = node_hash(computed, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and computed == root


def verify_consistency(
    old_size: int, new_size: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> bool:
    """Return whether ``proof`` shows the old tree to be the beginning of the new one."""
    if not 0 <= old_size <= new_size:
        return False
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    if old_size == new_size:
        return not proof and old_root == new_root
    # A perfect old tree is itself a node of the new one, so the proof leaves it out.
    path = list(proof) if old_size & (old_size - 1) else [old_root, *proof]
    if not path:
        return False
    node, last = old_size - 1, new_size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            node, last = _climb(node, last)
        else:
            new = node_hash(new, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root
