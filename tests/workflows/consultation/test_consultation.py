"""The consultation about a draft: recorded whole, answered once, asked for where it is required."""

from __future__ import annotations

import hashlib
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest
import sqlalchemy as sa

from engine.errors import KaohengError, Kind
from tests.organisation import NOW, actor
from tests.played import POLICY, Played
from tests.refusing import refused
from workflows.access.policy import Role
from workflows.base.settings import load_settings
from workflows.consultation.files import MOST_BYTES, MOST_FILES, attachments, safe_name
from workflows.consultation.operations import (
    Record,
    add_opinion,
    answer_opinion,
    find_consultation,
    find_opinion,
    record_consultation,
)
from workflows.consultation.reading import (
    consultations,
    draft_consulted,
    find_file,
    missing_consultation,
    require_consultation,
)
from workflows.consultation.tables import Consultation, ConsultationFile
from workflows.log.tables import LogEntry
from workflows.rulebook.drafts import start_draft

TODAY = date(2026, 1, 31)
PDF = b"%PDF-1.7 minutes"
MINUTES = Record("discussion", date(2026, 1, 20), "职工代表 12 人, 工会", "讨论了权重。")


def archive(*names: str) -> bytes:
    content = BytesIO()
    with ZipFile(content, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return content.getvalue()


@pytest.fixture
def drafted(game: Played) -> Played:
    with game.database.write() as session:
        start_draft(session, game.actors[Role.HR], NOW, code=POLICY)
    return game


def record(game: Played, what: Record = MINUTES, *files: tuple[str, bytes]) -> str:
    with game.database.write() as session:
        draft = draft_consulted(session, POLICY)
        hr = game.actors[Role.HR]
        kept = record_consultation(session, hr, NOW, draft, what, attachments(files), TODAY)
        return kept.public_id


def test_a_record_with_its_file_and_the_log_has_both_digests(drafted: Played) -> None:
    record(drafted, MINUTES, ("C:\\会议\\纪要.pdf", PDF))
    with drafted.database.read() as session:
        draft = draft_consulted(session, POLICY)
        (kept,) = consultations(session, drafted.actors[Role.FINANCE], draft)
        (file,) = kept.files
        name = hashlib.sha256(PDF).hexdigest()
        assert (file.name, file.media_type, file.size, file.sha256) == (
            "纪要.pdf",
            "application/pdf",
            len(PDF),
            name,
        )
        assert find_file(session, drafted.actors[Role.HR], POLICY, file.id).content == PDF
        entry = session.scalars(sa.select(LogEntry).order_by(LogEntry.seq.desc())).first()
        assert entry is not None
        assert entry.action == "record_consultation"
        assert name.encode() in entry.leaf
        assert hashlib.sha256(MINUTES.text.encode()).hexdigest().encode() in entry.leaf
        with refused(Kind.MISSING, "consultation.no_file"):
            find_file(session, drafted.actors[Role.HR], "other", file.id)


@pytest.mark.parametrize(
    ("what", "code"),
    [
        (Record("party", TODAY, "a", "b"), "consultation.kind"),
        (Record("discussion", None, "a", "b"), "consultation.held_on"),
        (Record("discussion", date(2026, 2, 1), "a", "b"), "consultation.held_on"),
        (Record("discussion", TODAY, " ", "b"), "consultation.participants"),
        (Record("discussion", TODAY, "a", " "), "consultation.text"),
        (Record("discussion", TODAY, "a", "字" * 20_001), "consultation.text"),
    ],
)
def test_what_is_no_record(drafted: Played, what: Record, code: str) -> None:
    with refused(Kind.INVALID, code):
        record(drafted, what)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("page.html", b"<html>", "consultation.file_kind"),
        ("page.pdf", b"<html>", "consultation.file_kind"),
        ("page.pdf", b"", "consultation.file_kind"),
        ("picture.svg", b"<svg/>", "consultation.file_kind"),
        ("a.docx", archive("xl/workbook.xml"), "consultation.file_kind"),
        ("a.xlsx", b"PK\x03\x04 broken", "consultation.file_kind"),
        ("large.pdf", PDF + bytes(MOST_BYTES), "consultation.file_too_large"),
    ],
)
def test_what_is_not_attached(name: str, content: bytes, code: str) -> None:
    with refused(Kind.INVALID, code):
        attachments([(name, content)])


def test_what_is_attached() -> None:
    sent = [
        ("a.PDF", PDF),
        ("b.png", b"\x89PNG\r\n\x1a\n..."),
        ("c.jpeg", b"\xff\xd8\xff..."),
        ("d.docx", archive("word/document.xml")),
        ("e.xlsx", archive("xl/workbook.xml")),
    ]
    assert [each.media_type.rpartition(".")[2] for each in attachments(sent)] == [
        "application/pdf",
        "image/png",
        "image/jpeg",
        "document",
        "sheet",
    ]
    with refused(Kind.INVALID, "consultation.too_many_files"):
        attachments([("a.pdf", PDF)] * (MOST_FILES + 1))


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ('a"b\r\nSet-Cookie: x.pdf', "a_bSet-Cookie_ x.pdf"),
        (".hidden.pdf", "hidden.pdf"),
        ("长" * 300 + ".pdf", "长" * 120 + ".pdf"),
        ("", "_"),
    ],
)
def test_a_name_is_made_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_an_opinion_is_answered_once(drafted: Played) -> None:
    hr, key = drafted.actors[Role.HR], record(drafted)
    with drafted.database.write() as session:
        draft = draft_consulted(session, POLICY)
        held = find_consultation(session, draft, key)
        opinion = add_opinion(session, hr, NOW, draft, held, said_by="代表 王", text="目标过高")
        found = find_opinion(session, draft, opinion.id)
        with refused(Kind.INVALID, "consultation.verdict"):
            answer_opinion(session, hr, NOW, draft, found, verdict="maybe", answer="x")
        with refused(Kind.INVALID, "consultation.text"):
            answer_opinion(session, hr, NOW, draft, found, verdict="partly", answer=" ")
        answer_opinion(session, hr, NOW, draft, found, verdict="partly", answer="下调 5%")
        assert (found.verdict, found.answer, found.answerer_id) == (
            "partly",
            "下调 5%",
            hr.account_id,
        )
        with refused(Kind.CONFLICT, "consultation.answered"):
            answer_opinion(session, hr, NOW, draft, found, verdict="declined", answer="doch nicht")
        with refused(Kind.MISSING, "consultation.unknown"):
            find_opinion(session, draft, 99)


def test_what_is_missing_and_when_it_stops_a_publication(drafted: Played) -> None:
    hr = drafted.actors[Role.HR]
    with drafted.database.write() as session:
        draft = draft_consulted(session, POLICY)
        assert [each.code for each in missing_consultation(session, draft.id)] == [
            "consultation.none"
        ]
        with refused(Kind.CONFLICT, "consultation.none"):
            require_consultation(session, draft.id, moves_money=True, setting="required")
        require_consultation(session, draft.id, moves_money=True, setting="advised")
        require_consultation(session, draft.id, moves_money=False, setting="required")
        held = record_consultation(session, hr, NOW, draft, MINUTES, [], TODAY)
        require_consultation(session, draft.id, moves_money=True, setting="required")
        opinion = add_opinion(session, hr, NOW, draft, held, said_by="", text="?")
        with refused(Kind.CONFLICT, "consultation.unanswered"):
            require_consultation(session, draft.id, moves_money=True, setting="required")
        answer_opinion(session, hr, NOW, draft, opinion, verdict="declined", answer="因为")
        require_consultation(session, draft.id, moves_money=True, setting="required")


def test_a_record_stays_as_it_was(drafted: Played) -> None:
    record(drafted, MINUTES, ("a.pdf", PDF))
    for table in (Consultation, ConsultationFile):
        with pytest.raises(sa.exc.DBAPIError), drafted.database.write() as session:
            session.execute(sa.delete(table))


def test_who_reads_and_who_records(drafted: Played) -> None:
    record(drafted)
    readers = {Role.HR, Role.FINANCE, Role.SALES_DIRECTOR, Role.AUDITOR}
    with drafted.database.write() as session:
        draft = draft_consulted(session, POLICY)
        for role in Role:
            who = actor(session, role)
            if role in readers:
                assert len(consultations(session, who, draft)) == 1
            else:
                with refused(Kind.DENIED, "access.denied"):
                    consultations(session, who, draft)
            if role is not Role.HR:
                with refused(Kind.DENIED, "access.denied"):
                    record_consultation(session, who, NOW, draft, MINUTES, [], TODAY)


@pytest.mark.parametrize(("given", "found"), [("", "advised"), ("required", "required")])
def test_the_setting(given: str, found: str) -> None:
    assert load_settings({"KAOHENG_CONSULTATION": given}).consultation == found
    with pytest.raises(KaohengError):
        load_settings({"KAOHENG_CONSULTATION": "never"})
