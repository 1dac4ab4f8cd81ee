"""The keyring, and personal values that go with their key."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.errors import KaohengError
from workflows.base.keys import Keyring
from workflows.log import signing, values
from workflows.log.note import Signer
from workflows.log.values import State

NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
def ring(tmp_path: Path) -> Keyring:
    return Keyring(tmp_path / "keys")


def test_only_the_owner_may_read(ring: Keyring) -> None:
    signing.signer(ring)
    modes = {path: path.stat().st_mode & 0o777 for path in [ring.folder, *ring.folder.rglob("*")]}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}
    (ring.folder / "log/signing.key").chmod(0o640)
    with pytest.raises(KaohengError, match="chmod 600"):
        signing.signer(ring)


def test_of_sixteen_first_users_one_makes_the_key(ring: Keyring) -> None:
    with ThreadPoolExecutor(16) as pool:
        made = set(pool.map(lambda _: str(signing.signer(ring)), range(64)))
    assert len(made) == 1
    assert [path.name for path in (ring.folder / "log").iterdir()] == ["signing.key"]


def test_own_and_trusted_keys_count(ring: Keyring) -> None:
    assert signing.verifiers(ring) == ()
    other = Signer.generate("elsewhere").verifier
    signing.trust(ring, other)
    assert signing.verifiers(ring) == (other,)
    own = signing.signer(ring).verifier
    assert signing.verifiers(ring) == (own, other)


def test_a_value_reads_back_until_its_person_is_erased(ring: Keyring) -> None:
    sealed = values.seal(values.person_key(ring, "p-1"), "王芳, 绩效 B", name="0/reason")
    assert values.unseal(ring, "p-1", sealed, name="0/reason") == values.Opened(
        State.READABLE, "王芳, 绩效 B"
    )
    assert values.erase(ring, "p-1", at=NOW)
    assert not values.erase(ring, "p-1", at=NOW)
    assert values.unseal(ring, "p-1", sealed, name="0/reason").state is State.ERASED


def test_a_person_who_returns_gets_another_key(ring: Keyring) -> None:
    before = values.seal(values.person_key(ring, "p-1"), "before", name="0/x")
    values.erase(ring, "p-1", at=NOW)
    after = values.seal(values.person_key(ring, "p-1"), "after", name="1/x")
    assert values.unseal(ring, "p-1", before, name="0/x").state is State.ERASED
    assert values.unseal(ring, "p-1", after, name="1/x").value == "after"


def test_a_key_gone_without_an_erasure_is_lost(ring: Keyring, tmp_path: Path) -> None:
    sealed = values.seal(values.person_key(ring, "p-1"), "x", name="0/x")
    elsewhere = Keyring(tmp_path / "other")
    assert values.unseal(elsewhere, "p-1", sealed, name="0/x").state is State.LOST


def test_a_changed_or_moved_value_is_noticed(ring: Keyring) -> None:
    sealed = values.seal(values.person_key(ring, "p-1"), "5", name="0/grade")
    other = values.seal(values.person_key(ring, "p-1"), "6", name="0/grade")
    flipped = sealed.ciphertext[:-1] + bytes([sealed.ciphertext[-1] ^ 1])
    for changed, name in [
        (replace(sealed, ciphertext=flipped), "0/grade"),
        (replace(sealed, ciphertext=b""), "0/grade"),
        (replace(sealed, ciphertext=other.ciphertext), "0/grade"),
        (sealed, "1/grade"),
    ]:
        assert values.unseal(ring, "p-1", changed, name=name).state is State.CHANGED


def test_equal_values_do_not_look_equal(ring: Keyring) -> None:
    key = values.person_key(ring, "p-1")
    first, second = (values.seal(key, "A", name="0/grade") for _ in range(2))
    assert first.hash != second.hash
    assert first.ciphertext != second.ciphertext
