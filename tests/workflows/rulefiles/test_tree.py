"""The rulebook as files: written the same twice, and brought in as drafts of what differs."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.errors import KaohengError, Kind
from tests.organisation import NOW
from tests.played import POLICY, Played
from tests.workflows.history.publishing import TEXT, publish, weighted
from workflows.access.policy import Role
from workflows.rulebook.reading import edit_of, find_draft, open_draft
from workflows.rulebook.shipped import cases_beside, policy_file
from workflows.rulebook.tables import PolicyDraft
from workflows.rulefiles import reading
from workflows.rulefiles.bringing import Brought, bring
from workflows.rulefiles.reading import RuleFile, from_folder, from_zip
from workflows.rulefiles.tree import MANIFEST, tree_of
from workflows.rulefiles.writing import write_folder, zipped

TODAY, LATER = date(2017, 10, 1), date(2018, 1, 1)
FILE = f"policies/{POLICY}/policy.yaml"
CASES = cases_beside(policy_file(POLICY))


@pytest.fixture
def told(game: Played) -> Played:
    """The shipped version is in force, another one from 2018."""
    game.open()
    with game.database.write() as session:
        publish(session, weighted(20), LATER)
    return game


def tree(game: Played, *, every_version: bool = False, on: date = TODAY) -> dict[str, bytes]:
    with game.database.read() as session:
        return tree_of(session, game.actors[Role.HR], on, every_version=every_version)


def brought(game: Played, *files: RuleFile) -> list[Brought]:
    with game.database.write() as session:
        return bring(session, game.actors[Role.HR], NOW, TODAY, files)


def file(text: str, cases: str | None = None, code: str = POLICY) -> RuleFile:
    kept = None if cases is None else cases.encode()
    return RuleFile(code, f"policies/{code}/policy.yaml", text.encode(), kept)


def test_what_is_in_force_is_written_byte_for_byte(told: Played) -> None:
    files = tree(told)
    assert list(files) == [FILE, f"policies/{POLICY}/cases.yaml", MANIFEST]
    assert files[FILE] == policy_file(POLICY).read_bytes()
    assert tree(told, on=LATER)[FILE] == weighted(20).encode()
    assert tree(told) == files


def test_every_version_has_its_number_and_digest(told: Played) -> None:
    files = tree(told, every_version=True)
    manifest = json.loads(files[MANIFEST])
    names = [path for path in files if "/versions/" in path and ".cases." not in path]
    assert [name.rsplit("/", 1)[1][:4] for name in names] == ["0001", "0002"]
    told_of = manifest["policies"][POLICY]["versions"]
    assert all(each["digest"][:12] in name for name, each in zip(names, told_of, strict=True))


def test_a_second_export_changes_no_file(told: Played, tmp_path: Path) -> None:
    first = write_folder(tmp_path, tree(told, every_version=True))
    assert len(first.written) == 6
    (tmp_path / "README.md").write_text("ours")
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert write_folder(tmp_path, tree(told, every_version=True)).written == ()
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before
    fewer = write_folder(tmp_path, tree(told))
    assert (len(fewer.written), len(fewer.removed)) == (1, 3)
    assert (tmp_path / "README.md").is_file()


def test_nothing_is_written_through_a_link(told: Played, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    into = tmp_path / "into"
    into.mkdir()
    (into / "policies").symlink_to(elsewhere)
    with pytest.raises(KaohengError):
        write_folder(into, tree(told))
    assert list(elsewhere.iterdir()) == []


def test_a_round_trip_brings_nothing(told: Played, tmp_path: Path) -> None:
    write_folder(tmp_path, tree(told, every_version=True))
    assert [each.outcome for each in brought(told, *from_folder(tmp_path))] == ["unchanged"]
    zips = from_zip(zipped(tree(told, every_version=True)), "rules.zip")
    assert [each.outcome for each in brought(told, *zips)] == ["unchanged"]
    with told.database.read() as session:
        assert session.scalars(sa.select(PolicyDraft)).all() == []


OTHER = TEXT.replace("policy: sales-quarterly", "policy: sales-new")
FAULTY = TEXT.replace("{floor: 0, cap: 130}", "{floor: low, cop: 1}")


def test_each_policy_is_told_of_and_one_with_faults_keeps_no_other_out(told: Played) -> None:
    found = brought(
        told,
        file(TEXT.replace("value: 2000", "value: 2100"), CASES),
        file(OTHER, code="sales-new"),
        file(FAULTY, code="faulty"),
        file("not: [yaml", code="broken"),
        file(OTHER, code="misplaced"),
    )
    assert [(each.policy, each.outcome) for each in found] == [
        (POLICY, "changed"),
        ("sales-new", "new"),
        ("faulty", "refused"),
        ("broken", "refused"),
        ("misplaced", "refused"),
    ]
    faulty = found[2].faults
    assert len(faulty) == 2
    assert all(each.place.file == "policies/faulty/policy.yaml" for each in faulty)
    assert all(each.place.line for each in faulty)
    with told.database.read() as session:
        draft = open_draft(session, POLICY)
        edit = edit_of(session, draft, draft.seq)
        assert ("value: 2100" in edit.text, edit.cases) == (True, CASES)
        assert find_draft(session, "faulty") is None


@pytest.mark.parametrize(
    ("text", "cases", "outcome"),
    [
        (TEXT, None, "unchanged"),
        (weighted(20), None, "unchanged"),  # it is to come
        ("# another comment\n" + TEXT, None, "layout"),
        (TEXT.replace("weight: 40%", "weight: 0.4"), CASES, "layout"),
        (TEXT, f"{CASES}# more\n", "changed"),
        (TEXT, "cases: [\n", "refused"),
    ],
)
def test_what_differs(told: Played, text: str, cases: str | None, outcome: str) -> None:
    assert [each.outcome for each in brought(told, file(text, cases))] == [outcome]


def test_somebodys_draft_is_not_written_over(told: Played) -> None:
    mine = file(TEXT.replace("value: 2000", "value: 2100"))
    assert brought(told, mine)[0].outcome == "changed"
    assert brought(told, mine)[0].outcome == "unchanged"
    (refused,) = brought(told, file(TEXT.replace("value: 2000", "value: 2200")))
    assert [fault.code for fault in refused.faults] == ["rulefiles.draft_there"]
    with told.database.read() as session:
        draft = open_draft(session, POLICY)
        assert "value: 2100" in edit_of(session, draft, draft.seq).text


def test_who_may_not_write_brings_nothing(told: Played) -> None:
    with told.database.write() as session, pytest.raises(KaohengError) as caught:
        bring(session, told.actors[Role.FINANCE], NOW, TODAY, [file(TEXT)])
    assert caught.value.kind is Kind.DENIED
    with told.database.read() as session, pytest.raises(KaohengError):
        tree_of(session, told.actors[Role.SALESPERSON], TODAY, every_version=True)


def packed(*members: tuple[str, bytes, int]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content, mode in members:
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            archive.writestr(info, content)
    return stream.getvalue()


PLAIN, LINK = stat.S_IFREG | 0o644, stat.S_IFLNK | 0o777
ZIPS = {
    "no zip": (b"PK not a zip", "rulefiles.not_a_zip"),
    "cut off": (packed((FILE, TEXT.encode(), PLAIN))[:-30], "rulefiles.not_a_zip"),
    "out of its folder": (
        packed(("../policies/a/policy.yaml", b"", PLAIN)),
        "rulefiles.outside",
    ),
    "absolute": (packed(("/etc/passwd", b"", PLAIN)), "rulefiles.outside"),
    "a drive": (packed(("C:\\policies\\a", b"", PLAIN)), "rulefiles.outside"),
    "a link": (packed((FILE, b"/etc/passwd", LINK)), "rulefiles.link"),
    "unfolds to too much": (
        packed(
            *((f"policies/p{number}/policy.yaml", b" " * 2_000_000, PLAIN) for number in range(33))
        ),
        "rulefiles.unfolds",
    ),
    "nothing of ours": (packed(("notes.txt", b"", PLAIN)), "rulefiles.none"),
}


@pytest.mark.parametrize("name", ZIPS)
def test_a_zip_that_is_refused(name: str) -> None:
    data, code = ZIPS[name]
    with pytest.raises(KaohengError) as caught:
        from_zip(data, "rules.zip")
    assert [fault.code for fault in caught.value.faults] == [code]


def test_a_zip_may_have_the_tree_in_a_folder() -> None:
    (found,) = from_zip(packed((f"rules/{FILE}", b"x", PLAIN)), "rules.zip")
    assert (found.code, found.text) == (POLICY, b"x")


def test_a_file_that_unfolds_to_too_much_is_told_and_not_unfolded(told: Played) -> None:
    (huge,) = from_zip(packed((FILE, b" " * 30_000_000, PLAIN)), "rules.zip")
    (refused,) = brought(told, huge)
    assert [fault.code for fault in refused.faults] == ["rules.too_large"]


def test_there_is_a_most_of_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_POLICIES", 1)
    two = packed((FILE, b"", PLAIN), ("policies/b/policy.yaml", b"", PLAIN))
    with pytest.raises(KaohengError) as caught:
        from_zip(two, "rules.zip")
    assert caught.value.faults[0].code == "rulefiles.too_many"


def test_a_folder_with_links_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "policies" / POLICY
    folder.mkdir(parents=True)
    (folder / "policy.yaml").symlink_to("/etc/hostname")
    with pytest.raises(KaohengError) as caught:
        from_folder(tmp_path)
    assert caught.value.faults[0].code == "rulefiles.link"
