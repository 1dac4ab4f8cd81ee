"""What the demo's people do with their copies: most sign, one declines, one only looks."""

from __future__ import annotations

from datetime import date

from workflows.agreements.reading import copies_to_answer
from workflows.agreements.signing import decline_agreement, open_agreement, sign_agreement
from workflows.demo.stage import Stage

# Who does otherwise with the running quarter's copy: declines, opens it only, leaves it.
DECLINES, LOOKS, LEAVES = "s0301", "s0401", "s0501"
_REASON = "第四季度目标比去年同期高三成，希望先说明依据。"


def sign_copies(stage: Stage, day: date, *, unevenly: bool = False) -> None:
    """Have all who sign in answer their copies on ``day``, a minute after each other."""
    people = [actor for actor in stage.cast.actors.items() if actor[1].person_id is not None]
    with stage.app.database.write() as session:
        for minute, (name, actor) in enumerate(people, start=300):
            now = stage.at(day, minute)
            if unevenly and name == LEAVES:
                continue
            for copy in copies_to_answer(session, actor):
                open_agreement(session, actor, now, copy)
                if unevenly and name == DECLINES:
                    decline_agreement(session, actor, now, copy, seen=copy.sha256, reason=_REASON)
                elif not (unevenly and name == LOOKS):
                    sign_agreement(
                        session, actor, now, copy, seen=copy.sha256, name=copy.person.name
                    )
