"""Figures that no system has 数据提报: named people report them with a file, others check them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from workflows.consultation.files import Attachment
from workflows.cycles.operations import find_cycle
from workflows.cycles.tables import Cycle
from workflows.demo.played.play import Play
from workflows.reporting.naming import name_provider
from workflows.reporting.operations import check_report, report_figures
from workflows.reporting.tables import FigureReport


def name(play: Play, code: str, figure: str, reporter: str, checker: str) -> None:
    """Have HR name who reports a figure of the cycle's policy, and who checks it."""
    with play.writing() as session:
        name_provider(
            session,
            play.who("hr"),
            play.now(),
            find_cycle(session, code),
            figure,
            reporter=reporter,
            checker=checker,
        )


def report(
    play: Play, code: str, figure: str, reporter: str, between: tuple[int, int], but: Sequence[str]
) -> None:
    """Report a figure of everybody in the cycle, drawn ``between`` two, with the file behind it."""
    chance = play.chance(f"{code}/{figure}/{play.day}")
    with play.writing() as session:
        cycle, _, reviews = play.cycle(session, code)
        figures = {
            each.person.code: str(chance.randint(*between))
            for each in reviews
            if each.person.code not in but
        }
        lines = "\n".join(f"{person},{value}" for person, value in figures.items())
        file = Attachment(f"{figure}-{cycle.period}.pdf", "application/pdf", _pdf(lines))
        report_figures(
            session,
            play.who(reporter),
            play.now(),
            cycle,
            figure,
            figures,
            [file],
            note="按回访记录汇总，原始问卷存档",
        )


def check(play: Play, code: str, checker: str, *, accept: bool = True, reason: str = "") -> None:
    """Check what was reported for a cycle, or send it back."""
    with play.writing() as session:
        query = (
            select(FigureReport)
            .join(Cycle, Cycle.id == FigureReport.cycle_id)
            .where(Cycle.code == code, FigureReport.state == "reported")
        )
        for each in session.scalars(query):
            check_report(session, play.who(checker), play.now(), each, accept=accept, reason=reason)


def _pdf(text: str) -> bytes:
    """Return a one-page document of plain lines, as small as one is."""
    shown = " ".join(f"({line}) Tj T*" for line in text.splitlines())
    stream = f"BT /F1 9 Tf 40 800 Td 12 TL {shown} ET".encode()
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    document, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(document))
        document += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return document + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table, len(objects) + 1, len(document))
    )
