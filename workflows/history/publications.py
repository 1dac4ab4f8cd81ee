"""Every publication of a policy with who wrote it, what it took the place of, what it governed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.accounts.tables import Account
from workflows.cycles.tables import Cycle
from workflows.rulebook.history import cycles_of, written_by
from workflows.rulebook.standing import ruling_of
from workflows.rulebook.tables import PolicyRow, PolicyVersion, Publication


@dataclass(frozen=True, slots=True)
class Published:
    """A version put in force: by whom, and the version ``before`` that it took the place of.

    ``before`` is what was in force on its first day until then; None for a policy's first. The
    ``authors`` are user names, nobody for what came with the application; ``cycles`` are all
    that its version governed.
    """

    publication: Publication
    before: PolicyVersion | None
    authors: tuple[str, ...]
    publisher: str | None
    cycles: tuple[Cycle, ...]

    @property
    def version(self) -> PolicyVersion:
        return self.publication.version

    @property
    def code(self) -> str:
        return self.version.policy.code

    def is_by(self, username: str) -> bool:
        return username == self.publisher or username in self.authors


@dataclass(frozen=True, slots=True)
class Span:
    """The days on which a publication rules: from ``since`` (None: always) until before
    ``until`` (None: until further notice).
    """

    published: Published
    since: date | None
    until: date | None


def published(session: Session, actor: Actor, code: str | None = None) -> list[Published]:
    """Return the publications of a policy, or of all, the newest first."""
    allow_everywhere(actor, "list_versions")
    chosen = (
        select(Publication)
        .join(Publication.version)
        .join(PolicyVersion.policy)
        .options(contains_eager(Publication.version).contains_eager(PolicyVersion.policy))
        .order_by(Publication.id)
    )
    if code is not None:
        chosen = chosen.where(PolicyRow.code == code)
    found = session.scalars(chosen).all()
    versions = list({each.version_id: each.version for each in found}.values())
    governed, written = cycles_of(session, versions), written_by(session, versions)
    names: dict[int | None, str] = {
        row.id: row.username for row in session.execute(select(Account.id, Account.username))
    }
    before = _before(found)
    return [
        Published(
            each,
            before[each.id],
            tuple(names[writer] for writer in written[each.version_id]),
            names.get(each.publisher_id),
            tuple(governed[each.version_id]),
        )
        for each in reversed(found)
    ]


def spans(of: Sequence[Published]) -> list[Span]:
    """Return who ruled when among the publications of one policy, the first days first.

    One that was overridden before its day came never ruled, and has no span.
    """
    newest: dict[date, Published] = {}
    for each in sorted(of, key=lambda each: each.publication.id):
        newest[each.publication.effective_on or date.min] = each
    days = sorted(newest)
    return [
        Span(newest[day], newest[day].publication.effective_on, following)
        for day, following in zip(days, [*days[1:], None], strict=True)
    ]


def _before(found: Sequence[Publication]) -> dict[int, PolicyVersion | None]:
    earlier: dict[int, list[Publication]] = defaultdict(list)
    before: dict[int, PolicyVersion | None] = {}
    for each in found:
        ruled = ruling_of(earlier[each.policy_id], each.effective_on or date.min)
        before[each.id] = ruled.version if ruled else None
        earlier[each.policy_id].append(each)
    return before
