"""Two processes that find the same deadlines at the same moment: each is kept once."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from tests.forking import FORKING
from tests.played import PEOPLE, Played
from tests.staged import local, locked, opened
from workflows.base.database import Database
from workflows.base.keys import Keyring
from workflows.log.tables import LogEntry
from workflows.reviews.tables import Review, ReviewMove
from workflows.timers.operations import fire_due
from workflows.timers.tables import Timer

SILENT = ("      escalate: {working_days: 1, to: [superior, hr]}\n", "      silence: confirm\n")
AFTER = local("2017-12-20 00:00")


def fire(url: str, keys: Path, now: datetime) -> int:
    database = Database(make_url(url), Keyring(keys))
    try:
        return fire_due(database, now)
    finally:
        database.close()


def test_silence_of_a_whole_cycle_is_kept_once(game: Played, tmp_path: Path) -> None:
    locked(opened(game, local("2017-11-01 09:00"), SILENT), local("2017-12-05 10:00"))
    url = game.database.url.render_as_string(hide_password=False)
    with ProcessPoolExecutor(2, mp_context=FORKING) as pool:
        asked = [pool.submit(fire, url, tmp_path / "keys", AFTER) for _ in range(2)]
        fired = [each.result() for each in asked]
    with game.database.read() as session:
        by_kind = sa.select(Timer.kind, sa.func.count()).where(Timer.state == "done")
        done = dict(session.execute(by_kind.group_by(Timer.kind)).all())
        assert sum(fired) == sum(done.values())
        # The manager's stage and the person's each end in silence.
        assert done["stage_deadline"] == 2 * len(PEOPLE)
        assert set(session.scalars(sa.select(Review.stage))) == {"result_approval"}
        assert session.scalars(sa.select(Timer.id).where(Timer.attempts > 0)).all() == []
        by_itself = sa.select(sa.func.count()).where(ReviewMove.actor_id.is_(None))
        assert session.scalar(by_itself) == 2 * len(PEOPLE)
        logged = sa.select(sa.func.count()).where(LogEntry.actor == "system")
        assert session.scalar(logged) == 2 * len(PEOPLE)
