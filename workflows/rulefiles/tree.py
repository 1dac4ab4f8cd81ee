"""The rulebook written as a tree of files, the same bytes for the same rules.

``policies/<code>/policy.yaml`` and ``cases.yaml`` are what is in force, byte for byte; with every
version there is also ``policies/<code>/versions/<number>-<digest>.yaml``. ``manifest.json`` names
each file with its SHA-256, so that the next export knows which files are its own. Nothing tells
when it was written: an export that changes nothing changes no file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.rulebook.operations import version_in_force
from workflows.rulebook.reading import versions_of
from workflows.rulebook.tables import PolicyRow, PolicyVersion

MANIFEST = "manifest.json"
_FORMAT = 1


def tree_of(
    session: Session, actor: Actor, on: date, *, every_version: bool = False
) -> dict[str, bytes]:
    """Return each file's content by its path, of what is in force on the day ``on``.

    A policy that nothing of is in force has only its versions. Every version is for those who may
    read the history.
    """
    allow_everywhere(actor, "list_versions" if every_version else "list_policies")
    files: dict[str, bytes] = {}
    policies: dict[str, Any] = {}
    for code in session.scalars(select(PolicyRow.code).order_by(PolicyRow.code)):
        current = version_in_force(session, code, on)
        versions = _published(versions_of(session, code, on)) if every_version else []
        if current is not None:
            files |= _files(f"policies/{code}/policy.yaml", f"policies/{code}/cases.yaml", current)
        for each in versions:
            stem = f"policies/{code}/versions/{each.seq:04}-{each.digest[:12]}"
            files |= _files(f"{stem}.yaml", f"{stem}.cases.yaml", each)
        if current is not None or versions:
            policies[code] = {
                "in_force": _told(current) if current else None,
                "versions": [_told(each) for each in versions],
            }
    return files | {MANIFEST: _manifest(policies, files)}


def own_files(manifest: bytes) -> tuple[str, ...]:
    """Return the paths that an earlier export names as its own; none where it cannot be read."""
    try:
        named = json.loads(manifest)["files"]
    except (ValueError, KeyError, TypeError):
        return ()
    return tuple(path for path in named if isinstance(path, str) and _is_ours(path))


def _is_ours(path: str) -> bool:
    parts = path.split("/")
    return parts[0] == "policies" and len(parts) in {3, 4} and not {"", ".", ".."} & set(parts)


def _published(versions: Sequence[PolicyVersion]) -> list[PolicyVersion]:
    found = [each for each in versions if each.state == "published"]
    return sorted(found, key=lambda version: version.seq)


def _files(text: str, cases: str, version: PolicyVersion) -> dict[str, bytes]:
    return dict(_contents(text, cases, version))


def _contents(text: str, cases: str, version: PolicyVersion) -> Iterator[tuple[str, bytes]]:
    yield text, version.text.encode()
    if version.cases is not None:
        yield cases, version.cases.encode()


def _told(version: PolicyVersion) -> dict[str, object]:
    return {"seq": version.seq, "digest": version.digest, "text_sha256": version.text_sha256}


def _manifest(policies: dict[str, Any], files: dict[str, bytes]) -> bytes:
    named = {path: sha256(content).hexdigest() for path, content in files.items()}
    whole = {"format": _FORMAT, "policies": policies, "files": named}
    return (json.dumps(whole, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()
