"""Signed notes against the examples that Go's golang.org/x/mod/sumdb/note publishes."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from engine.errors import KaohengError
from workflows.log import note
from workflows.log.checkpoint import Checkpoint, open_checkpoint
from workflows.log.note import Signer, Verifier

SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
BY_PETER = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZ"
    "SNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
BY_ENOCH = (
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ov"
    "TG01oOTGwnWLox33WWd1RvMc+QQ=\n"
)


def test_a_published_note_comes_out_byte_for_byte() -> None:
    signer = Signer.parse(SECRET)
    assert note.sign(TEXT, signer) == TEXT + "\n" + BY_PETER
    assert (str(signer), str(signer.verifier)) == (SECRET, PETER)
    assert SECRET[-20:] not in repr(signer)


@pytest.mark.parametrize("trusted", [[PETER], [ENOCH], [PETER, ENOCH]])
def test_published_notes_open(trusted: list[str]) -> None:
    verifiers = [Verifier.parse(text) for text in trusted]
    assert note.open_note(TEXT + "\n" + BY_PETER + BY_ENOCH, verifiers) == TEXT


@pytest.mark.parametrize(
    ("signed", "code"),
    [
        (TEXT.replace("answer", "anzwer") + "\n" + BY_PETER, "log.forged_note"),
        (TEXT + "\n" + BY_ENOCH, "log.unknown_key"),
        (TEXT + "\n" + BY_PETER[:60] + "ABCD" + BY_PETER[60:], "log.forged_note"),
        (TEXT, "log.malformed_note"),
        (TEXT + "\n", "log.malformed_note"),
        (TEXT + "\n" + BY_PETER[:-1], "log.malformed_note"),
        ("\x01" + TEXT + "\n" + BY_PETER, "log.malformed_note"),
        (TEXT + "\n" + BY_PETER.replace("PeterNeumann", "Bad Name"), "log.malformed_note"),
        (TEXT + "\n" + BY_PETER + "Unexpected line.\n", "log.malformed_note"),
        (TEXT + "\n" + BY_PETER * 101, "log.malformed_note"),
    ],
)
def test_a_note_that_does_not_hold_is_refused(signed: str, code: str) -> None:
    with pytest.raises(KaohengError) as refused:
        note.open_note(signed, [Verifier.parse(PETER)])
    assert refused.value.faults[0].code == code


@pytest.mark.parametrize("place", range(len(PETER)))
def test_no_mangled_key_is_accepted(place: int) -> None:
    mangled = PETER[:place] + chr(ord(PETER[place]) + 1) + PETER[place + 1 :]
    for text in (mangled, PETER[:place], PETER[place + 1 :]):
        with pytest.raises(KaohengError):
            Verifier.parse(text)


def test_a_checkpoint_is_what_the_published_format_says() -> None:
    seed, root = bytes(range(32)), sha256(b"root").digest()
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public = key.public_key().public_bytes_raw()
    text = "example.com/log\n42\n" + b64encode(root).decode() + "\n"
    key_id = sha256(b"example.com/log" + b"\x0a" + b"\x01" + public).digest()[:4]
    line = "\u2014 example.com/log " + b64encode(key_id + key.sign(text.encode())).decode() + "\n"

    signer = Signer("example.com/log", seed)
    checkpoint = Checkpoint("example.com/log", 42, root)
    assert checkpoint.sign(signer) == text + "\n" + line
    assert open_checkpoint(text + "\n" + line, [signer.verifier]) == checkpoint


@pytest.mark.parametrize(
    "text",
    ["log\n1\n", "log\n01\n{root}\n", "log\n-1\n{root}\n", "log\n1\nAAAA\n", "\n1\n{root}\n"],
)
def test_other_text_is_not_a_checkpoint(text: str) -> None:
    with pytest.raises(KaohengError) as refused:
        Checkpoint.parse(text.format(root=b64encode(bytes(32)).decode()))
    assert refused.value.faults[0].code == "log.malformed_checkpoint"
