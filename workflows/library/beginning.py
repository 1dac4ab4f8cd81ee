"""Beginning a policy that the rulebook does not have: from a template, or as a copy of another.

What it is called, for whom and how often is written into the text; figures of a template that go
with the period are made those of the period chosen, and its cases come out accordingly.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.errors import N_, KaohengError, Kind, refuse
from engine.policies import load
from engine.reader import read
from engine.sheets.edit import edited
from engine.sheets.parts import child, text
from engine.sheets.structure import replaced
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.cycles.presence import MEMBERSHIP_OF_SCOPE
from workflows.library.lengths import company_figures, lengthened, lengthened_cases
from workflows.library.templates import template_of
from workflows.rulebook.cases import differing, taken_over
from workflows.rulebook.drafts import draft_file
from workflows.rulebook.tables import PolicyDraft, PolicyRow, PolicyVersion

# Addresses under /rulebook/ that are pages of their own.
RESERVED = frozenset({"new", "coverage", "bulk"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a new policy is called, for whom, how often; ``year`` is that of its company figures.

    What is empty stays as what it is begun from says.
    """

    code: str
    zh: str = ""
    en: str = ""
    period: str = ""
    currency: str = ""
    role: str = ""
    posts: tuple[str, ...] = ()
    ranks: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    year: int | None = None


def begin_from_template(
    session: Session, actor: Actor, now: datetime, wanted: Wanted, *, template: str
) -> PolicyDraft:
    """Begin a policy from a template; refuses as ``begin_as_copy`` does."""
    chosen = template_of(template)
    period = wanted.period or chosen.usual
    written = lengthened(chosen.written, chosen.declared, _known(period), wanted.code)
    cases = lengthened_cases(chosen.cases or "", chosen.declared, period, wanted.code)
    return _begin(session, actor, now, wanted, period, written, cases)


def begin_as_copy(
    session: Session, actor: Actor, now: datetime, wanted: Wanted, *, version: PolicyVersion
) -> PolicyDraft:
    """Begin a policy as a copy of any version of another one.

    Its amounts stay as they are, whatever the period. Raises ``KaohengError``: CONFLICT where
    the code is taken, else every fault of what was asked for.
    """
    return _begin(session, actor, now, wanted, wanted.period, version.text, version.cases)


def _begin(
    session: Session,
    actor: Actor,
    now: datetime,
    wanted: Wanted,
    period: str,
    written: str,
    cases: str | None,
) -> PolicyDraft:
    allow_everywhere(actor, "draft_policy")
    _refuse_taken(session, wanted.code)
    written = _headed(written, wanted, period)
    if cases:
        cases = _brought_along(cases, written, wanted.code)
    try:
        with session.begin_nested():
            return draft_file(session, actor, now, text=written, cases=cases, file=wanted.code)
    except IntegrityError:  # somebody else took the code in this moment
        raise _taken(wanted.code) from None


def _headed(written: str, wanted: Wanted, period: str) -> str:
    """Write what a policy is called, for whom and how often into a text."""
    file = wanted.code
    root = read(written, file).root
    before = text(child(root, "period"))
    heads = {
        ("policy",): wanted.code,
        ("name", "zh"): wanted.zh,
        ("name", "en"): wanted.en,
        ("period",): period,
        ("currency",): wanted.currency,
    }
    changed = edited(written, {path: value for path, value in heads.items() if value}, file)
    if wanted.year or _known(period or before) != before:
        changed = company_figures(changed, period or before, wanted.year, file)
    scope = child(root, "scope")
    plain = _scope(scope.plain() if scope else {}, wanted)
    return (
        replaced(changed, ("scope",), plain, file) if scope and plain != scope.plain() else changed
    )


def _scope(before: dict[str, object], wanted: Wanted) -> dict[str, object]:
    """Return the scope asked for; a role named alone is for everybody of that role."""
    if not wanted.role:
        return before
    if wanted.role not in MEMBERSHIP_OF_SCOPE:
        raise refuse(
            "library.role",
            N_("`{role}` is nobody that is appraised."),
            N_("Choose one of: {known}."),
            role=wanted.role[:40],
            known=", ".join(MEMBERSHIP_OF_SCOPE),
        )
    named = {"posts": wanted.posts, "ranks": wanted.ranks, "regions": wanted.regions}
    return {"role": wanted.role, **{key: list(words) for key, words in named.items() if words}}


def _brought_along(cases: str, written: str, code: str) -> str:
    """Return cases for a text of another name and length: they expect what comes out now."""
    cases = edited(cases, {("policy",): code}, f"{code}/cases")
    found = differing(load(written, code), cases, f"{code}/cases")
    return taken_over(cases, found, f"{code}/cases") if found else cases


def _known(period: str) -> str:
    if period not in {"month", "quarter", "half", "year"}:
        raise refuse(
            "library.period",
            N_("`{period}` is no length of a period."),
            N_("Choose month, quarter, half or year."),
            period=period[:40],
        )
    return period


def _refuse_taken(session: Session, code: str) -> None:
    """Refuse a code that a version or an open draft has, or that is a page's address."""
    row = session.scalar(select(PolicyRow).where(PolicyRow.code == code))
    drafted = PolicyDraft.policy_id == row.id if row else None
    versions = row is not None and session.scalar(
        select(PolicyVersion.id).where(PolicyVersion.policy_id == row.id).limit(1)
    )
    drafts = drafted is not None and session.scalar(
        select(PolicyDraft.id).where(drafted, PolicyDraft.state.in_(("open", "submitted"))).limit(1)
    )
    if versions or drafts or code in RESERVED:
        raise _taken(code)


def _taken(code: str) -> KaohengError:
    return refuse(
        "library.code_taken",
        N_("There is a policy {code} already."),
        N_("Choose another code, or go on with the draft that there is."),
        kind=Kind.CONFLICT,
        code=code,
    )
