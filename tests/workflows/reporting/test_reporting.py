"""Reported figures: by whoever is named, with a file, counting once another person checked them."""

from __future__ import annotations

from threading import Thread

import pytest
import sqlalchemy as sa

from engine.errors import KaohengError, Kind
from tests.confirmed import CODE, NOW, Confirmed
from tests.workflows.notices.telling import told
from workflows.consultation.files import Attachment
from workflows.cycles.operations import find_cycle, policy_of
from workflows.figures.columns import given_columns
from workflows.figures.tables import Figure
from workflows.reporting.naming import name_provider
from workflows.reporting.operations import check_report, find_report, report_figures
from workflows.reporting.reading import find_file, given_of
from workflows.reporting.tables import FigureReport
from workflows.reporting.tasks import reporting_tasks

FILE = Attachment("问卷.pdf", "application/pdf", b"%PDF-1")


@pytest.fixture
def named(world: Confirmed) -> Confirmed:
    name(world, "finance-nobody", "manager-M1")
    return world


def name(world: Confirmed, reporter: str, checker: str, figure: str = "survey") -> None:
    with world.database.write() as session:
        cycle = find_cycle(session, CODE)
        hr = world.actors["hr"]
        name_provider(session, hr, NOW, cycle, figure, reporter=reporter, checker=checker)


def report(
    world: Confirmed, by: str = "finance", files: tuple[Attachment, ...] = (FILE,), **figures: str
) -> str:
    with world.database.write() as session:
        cycle = find_cycle(session, CODE)
        to = figures or {"S11": "88", "S12": "70"}
        made = report_figures(session, world.actors[by], NOW, cycle, "survey", to, files)
        return made.public_id


def check(world: Confirmed, made: str, by: str = "M1", *, accept: bool = True) -> None:
    with world.database.write() as session:
        found = find_report(session, find_cycle(session, CODE), made)
        reason = "" if accept else "样本不足"
        check_report(session, world.actors[by], NOW, found, accept=accept, reason=reason)


def given(world: Confirmed) -> dict[str, str]:
    with world.database.read() as session:
        return {figure.person.code: figure.value for figure in session.scalars(sa.select(Figure))}


def tasks(world: Confirmed, who: str) -> int:
    with world.database.read() as session:
        return len(reporting_tasks(session, world.actors[who], NOW))


def test_a_figure_counts_once_another_person_has_checked_it(named: Confirmed) -> None:
    assert (tasks(named, "finance"), tasks(named, "M1")) == (1, 0)
    with named.database.read() as session:
        (task,) = reporting_tasks(session, named.actors["finance"], NOW)
        policy = policy_of(find_cycle(session, CODE))
        assert task.params["figure"] == given_columns(policy)["survey"].title
        assert CODE not in task.params["cycle"]["zh"]
    made = report(named)
    assert given(named) == {}
    assert (tasks(named, "finance"), tasks(named, "M1")) == (0, 1)
    check(named, made)
    assert given(named) == {"S11": "88", "S12": "70"}
    assert tasks(named, "M1") == 0
    with named.database.read() as session:
        from_report = given_of(session, named.review(session, "S11"))["survey"]
        assert from_report.report is not None
        assert from_report.report.checker is not None
        assert from_report.report.checker.username == "manager-M1"
        (kept,) = from_report.report.files
        assert (
            find_file(session, named.actors["M1"], find_cycle(session, CODE), kept.id).content
            == FILE.content
        )


def test_what_was_sent_back_is_reported_again(named: Confirmed) -> None:
    first = report(named)
    with pytest.raises(KaohengError) as unread:
        check(named, first, by="finance")
    assert unread.value.kind is Kind.DENIED
    check(named, first, accept=False)
    with named.database.read() as session:
        assert told(session, first) == ["M1", "finance-nobody"], "whose office it is, too"
    assert given(named) == {}
    assert tasks(named, "finance") == 1
    second = report(named, S11="90")
    third = report(named, S11="91")
    with pytest.raises(KaohengError) as replaced:
        check(named, second)
    assert replaced.value.kind is Kind.CONFLICT
    check(named, third)
    assert given(named) == {"S11": "91"}


@pytest.mark.parametrize("by", ["hr", "M1", "S11"])
def test_only_whoever_is_named_reports(named: Confirmed, by: str) -> None:
    with pytest.raises(KaohengError) as refused:
        report(named, by)
    assert refused.value.kind is Kind.DENIED


def test_what_cannot_be_is_refused(named: Confirmed) -> None:
    for figures, files in (
        ({"S11": "88"}, ()),
        ({"S11": "viel"}, (FILE,)),
        ({"nobody": "88"}, (FILE,)),
        ({"S11": ""}, (FILE,)),
    ):
        with pytest.raises(KaohengError) as refused:
            report(named, files=files, **figures)
        assert refused.value.kind is Kind.INVALID
    with pytest.raises(KaohengError, match="does not check it"):
        name(named, "manager-M1", "manager-M1")
    with pytest.raises(KaohengError):
        name(named, "finance-nobody", "manager-M1", "won")
    assert given(named) == {}


def test_nobody_checks_a_figure_of_their_own(named: Confirmed) -> None:
    name(named, "finance-nobody", "salesperson-S11")
    made = report(named)
    with pytest.raises(KaohengError) as own:
        check(named, made, by="S11")
    assert own.value.kind is Kind.DENIED
    check(named, report(named, S12="70"), by="S11")
    assert given(named) == {"S12": "70"}


def test_a_stranger_reads_no_file(named: Confirmed) -> None:
    report(named)
    with named.database.read() as session, pytest.raises(KaohengError) as refused:
        find_file(session, named.actors["S12"], find_cycle(session, CODE), 1)
    assert refused.value.kind is Kind.DENIED


def test_of_two_reports_at_once_the_later_replaces_the_earlier(named: Confirmed) -> None:
    other = Thread(target=report, args=(named,), kwargs={"S11": "90"})
    with named.database.write() as session:
        cycle = find_cycle(session, CODE)
        to = {"S11": "80"}
        report_figures(session, named.actors["finance"], NOW, cycle, "survey", to, (FILE,))
        other.start()
        other.join(1)  # it waits until this is committed
    other.join()
    with named.database.read() as session:
        found = session.scalars(sa.select(FigureReport).order_by(FigureReport.id)).all()
        assert [(each.state, each.figures["S11"]) for each in found] == [
            ("replaced", "80"),
            ("reported", "90"),
        ]
