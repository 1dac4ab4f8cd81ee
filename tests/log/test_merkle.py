"""The tree against published roots and against the RFC's own recursive definition."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.log import merkle

# The inputs and roots that the Certificate Transparency project published with its reference tree.
INPUTS = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
# From the same publication: the consistency proof from 6 to 8.
SIX_TO_EIGHT = [
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
]
LEAVES = [merkle.leaf_hash(data) for data in INPUTS]

entries = st.lists(st.binary(max_size=8), max_size=70)


def mth(data: list[bytes]) -> bytes:
    """The Merkle Tree Hash, word for word as RFC 6962 section 2.1 defines it."""
    if not data:
        return sha256().digest()
    if len(data) == 1:
        return sha256(b"\x00" + data[0]).digest()
    k = 1
    while k * 2 < len(data):
        k *= 2
    return sha256(b"\x01" + mth(data[:k]) + mth(data[k:])).digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_published_roots(size: int) -> None:
    assert merkle.root_of(LEAVES[:size]).hex() == ROOTS[size - 1]


def test_published_consistency_proof() -> None:
    assert [step.hex() for step in merkle.consistency_proof(LEAVES, 6)] == SIX_TO_EIGHT


@given(entries)
def test_the_frontier_gives_the_root_of_the_definition(data: list[bytes]) -> None:
    tree = merkle.Frontier()
    for entry in data:
        tree = tree.append(merkle.leaf_hash(entry))
        tree = merkle.Frontier.from_bytes(tree.size, tree.to_bytes())
    assert tree.root() == mth(data)


@given(entries.filter(bool), st.data())
def test_inclusion_holds_at_its_place_only(data: list[bytes], choose: st.DataObject) -> None:
    leaves = [merkle.leaf_hash(bytes([i]) + entry) for i, entry in enumerate(data)]
    size, root = len(leaves), merkle.root_of(leaves)
    index = choose.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(leaves, index)
    assert merkle.verify_inclusion(leaves[index], index, size, proof, root)
    for other in range(size):
        if other != index:
            assert not merkle.verify_inclusion(leaves[index], other, size, proof, root)
    assert not merkle.verify_inclusion(merkle.leaf_hash(b"else"), index, size, proof, root)
    assert not merkle.verify_inclusion(leaves[index], index, size, [*proof, root], root)


@given(entries, st.data())
def test_consistency_holds_for_a_beginning_only(data: list[bytes], choose: st.DataObject) -> None:
    leaves = [merkle.leaf_hash(bytes([i]) + entry) for i, entry in enumerate(data)]
    new, old_size = merkle.root_of(leaves), choose.draw(st.integers(0, len(leaves)))
    old = merkle.root_of(leaves[:old_size])
    proof = merkle.consistency_proof(leaves, old_size)
    assert merkle.verify_consistency(old_size, len(leaves), proof, old, new)
    forged = merkle.leaf_hash(b"another history")
    assert not merkle.verify_consistency(old_size, len(leaves), proof, forged, new)
    if old_size:
        assert not merkle.verify_consistency(old_size, len(leaves), proof, old, forged)


def test_a_frontier_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="not the frontier of 3 leaves"):
        merkle.Frontier.from_bytes(3, bytes(32))
