"""A record that an appeal corrected stays so: neither its source nor an agreement undoes it."""

from __future__ import annotations

from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.organisation import NOW
from tests.workflows.settlement.settling import Settling
from workflows.appeals.corrections import Correction
from workflows.crediting.versions import AGREED, entry_of, standing_of, write_version
from workflows.cycles.rerunning import rerun_cycle
from workflows.sources.extraction import CreditLine
from workflows.sources.extraction import Record as Said
from workflows.sources.importing import claim
from workflows.sources.tables import Record
from workflows.sources.writing import make_current, write_records


def record(session: Session, code: str) -> Record:
    return session.scalars(sa.select(Record).where(Record.code == code)).one()


def said(world: Settling, code: str) -> Said:
    """Return what the source says of a record."""
    with world.game.database.read() as session:
        return standing_of(session, record(session, code)).said


def read_again(world: Settling, again: Said) -> dict[str, int]:
    with world.game.database.write() as session:
        brought = entry_of(NOW, "test", None, state="running")
        claim(session, brought)
        counts = write_records(session, brought.id, [again])
        make_current(session, brought.id)
        brought.state = "done"
        return counts["deal"]


def shares(world: Settling, code: str) -> dict[str, Decimal]:
    with world.game.database.read() as session:
        holds = standing_of(session, record(session, code)).holds
        return {line.person: line.share for line in holds}


def test_the_same_file_read_again_undoes_no_correction(world: Settling) -> None:
    again = said(world, "deal-S12")
    read_again(world, again)
    world.up_to_feedback()
    world.grant(world.handled("S12", Correction("record", "deal/deal-S12/amount", "60000")))
    assert read_again(world, again) == {"new": 0, "corrected": 0, "unchanged": 1}
    assert world.do(lambda s, c: rerun_cycle(s, world.finance, NOW, c, "对账")).entries == 0


def test_shares_are_corrected_though_others_were_agreed_on_before(world: Settling) -> None:
    with world.game.database.write() as session:
        agreed = [CreditLine(code, Decimal("0.5"), "owner", None) for code in ("S11", "S12")]
        entry = entry_of(NOW, AGREED, None, state="running")
        claim(session, entry)
        write_version(session, entry, standing_of(session, record(session, "deal-S11")), agreed)
        entry.state = "done"
    world.up_to_feedback()
    world.grant(
        world.handled(
            "S12",
            Correction("record", "deal/deal-S11/@S12", "80%"),
            Correction("record", "deal/deal-S11/@S11", "20%"),
        )
    )
    assert shares(world, "deal-S11") == {"S11": Decimal("0.2"), "S12": Decimal("0.8")}
    assert world.do(lambda s, c: rerun_cycle(s, world.finance, NOW, c, "对账")).entries == 0
    assert world.net() == world.granted()
