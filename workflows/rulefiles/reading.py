"""Rule files as they come, from a folder or a zip: bounded, and from no other place than theirs.

Only ``policies/<code>/policy.yaml`` and the ``cases.yaml`` beside it are read; the rest of a tree
(other versions, the manifest, what git keeps) is passed over. A zip may have the tree in a folder.
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.errors import N_, KaohengError, Place, refuse
from engine.text import MAX_BYTES

MOST_POLICIES = 500
MOST_MEMBERS = 20_000
MOST_UNFOLDED = 64_000_000  # bytes of all rule files together
_FILE = re.compile(r"(?:[^/]+/)?policies/([^/]+)/(policy|cases)\.yaml")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError,
           RuntimeError)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RuleFile:
    """A policy's file and the cases beside it, as bytes; ``shown`` is how people name the file."""

    code: str
    shown: str
    text: bytes
    cases: bytes | None

    @property
    def cases_shown(self) -> str:
        return self.shown.removesuffix("policy.yaml") + "cases.yaml"


def from_folder(folder: Path) -> list[RuleFile]:
    """Read the tree in ``folder``; refuse one without a policy, and links out of it."""
    names = [each for each in sorted(folder.glob("policies/*/policy.yaml")) if each.is_file()]
    top = folder / "policies"
    for each in (top, *(part for name in names for part in (name.parent, name))):
        if each.is_symlink():
            raise _link(str(each))
    _refuse_many(len(names), str(folder))
    return [
        RuleFile(name.parent.name, str(name), _bytes(name), _cases(name.with_name("cases.yaml")))
        for name in names
    ]


def from_zip(data: bytes, name: str) -> list[RuleFile]:
    """Read the tree in a zip; refuse one that unfolds to too much, or that leaves its own folder.

    Nothing of it is ever written to a disk.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {each.filename: each for each in _checked(archive, name)}
            return _of_members(members, archive.read, name)
    except KaohengError:
        raise
    except _BROKEN as error:
        raise refuse(
            "rulefiles.not_a_zip",
            N_("The file is not a zip, or it is damaged."),
            N_("Send the zip that this page gives, with the changed files in it."),
            place=Place(name),
        ) from error


def _checked(archive: zipfile.ZipFile, name: str) -> list[zipfile.ZipInfo]:
    members = [each for each in archive.infolist() if not each.is_dir()]
    if len(members) > MOST_MEMBERS:
        raise _too_many(name, MOST_MEMBERS)
    wanted = []
    for each in members:
        parts = each.filename.replace("\\", "/").split("/")
        if ".." in parts or parts[0] in {"", "."} or ":" in parts[0]:
            raise refuse(
                "rulefiles.outside",
                N_("The zip names a file outside of its folder: {path}."),
                N_("Pack the folder again with an ordinary program."),
                place=Place(name),
                path=each.filename[:200],
            )
        if stat.S_ISLNK(each.external_attr >> 16):
            raise _link(f"{name}: {each.filename[:200]}")
        if _FILE.fullmatch(each.filename):
            wanted.append(each)
    if (unfolded := sum(min(each.file_size, MAX_BYTES) for each in wanted)) > MOST_UNFOLDED:
        raise refuse(
            "rulefiles.unfolds",
            N_("The rule files in the zip unfold to {size} bytes; at most {limit} are read."),
            N_("Bring them in parts, and nothing but rule files."),
            place=Place(name),
            size=unfolded,
            limit=MOST_UNFOLDED,
        )
    return wanted


def _of_members(
    members: Mapping[str, zipfile.ZipInfo], read: Callable[[zipfile.ZipInfo], bytes], name: str
) -> list[RuleFile]:
    def content(path: str) -> bytes:
        member = members[path]
        # One byte above the limit is kept, so that the reader of texts can say what is wrong.
        return b" " * (MAX_BYTES + 1) if member.file_size > MAX_BYTES else read(member)

    texts = sorted(path for path in members if path.endswith("/policy.yaml"))
    _refuse_many(len(texts), name)
    found = []
    for path in texts:
        cases = path.removesuffix("policy.yaml") + "cases.yaml"
        code = path.split("/")[-2]
        found.append(
            RuleFile(code, path, content(path), content(cases) if cases in members else None)
        )
    return found


def _bytes(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(MAX_BYTES + 1)


def _cases(path: Path) -> bytes | None:
    if path.is_symlink():
        raise _link(str(path))
    return _bytes(path) if path.is_file() else None


def _refuse_many(count: int, name: str) -> None:
    if count > MOST_POLICIES:
        raise _too_many(name, MOST_POLICIES)
    if not count:
        raise refuse(
            "rulefiles.none",
            N_("There is no policy here: no policies/<name>/policy.yaml."),
            N_("Name the folder that `kaoheng rules export` wrote, or send its zip."),
            place=Place(name),
        )


def _too_many(name: str, limit: int) -> KaohengError:
    return refuse(
        "rulefiles.too_many",
        N_("There are more than {limit} files here."),
        N_("Bring them in parts, and nothing but rule files."),
        place=Place(name),
        limit=limit,
    )


def _link(where: str) -> KaohengError:
    return refuse(
        "rulefiles.link",
        N_("This is a link to another place."),
        N_("Put the file itself there: links are not followed."),
        place=Place(where),
    )
