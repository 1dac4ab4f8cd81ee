"""What the editor shows of a draft: the form as typed, and what is to be said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy.orm import Session

from engine.errors import Fault, KaohengError
from engine.language.expression import number
from engine.policies import load
from engine.reader import Path
from engine.sheets.edit import Change
from engine.sheets.parts import Field, Label, Sheet, dotted, mapped
from engine.sheets.trails import trails
from engine.telling.difference import Difference, differences
from workflows.access.actors import Actor
from workflows.rulebook.checking import Findings, applied, findings, typed_changes
from workflows.rulebook.forms import form_of
from workflows.rulebook.merging import merged, over, sent
from workflows.rulebook.reading import author_names, authors, edit_of
from workflows.rulebook.tables import PolicyDraft, PolicyEdit, PolicyVersion


@dataclass(frozen=True, slots=True)
class Theirs:
    """A value that somebody else saved meanwhile; ``mine`` where I typed another."""

    labels: tuple[Label, ...]
    name: str
    before: str
    after: str
    mine: str | None


@dataclass(frozen=True, slots=True)
class Desk:
    """A draft as one person has it before them.

    ``edit`` is what the form begins from, ``text`` and ``cases`` what it would save, ``unsaved``
    how many values differ from that edit; ``typed`` names the fields among them. ``carried`` is a
    text that is not saved and that the form's values are typed into, where there is one: the form
    sends it along. ``stale`` says that the form was opened on an older edit, and ``theirs`` what
    others saved since. ``clash`` where they changed the same lines of a text that is not saved;
    ``others`` says theirs in words.
    """

    draft: PolicyDraft
    edit: PolicyEdit
    text: str
    cases: str | None
    sheet: Sheet
    findings: Findings
    faults: Mapping[str, tuple[Fault, ...]]
    general: tuple[Fault, ...]
    labels: Mapping[str, tuple[Label, ...]]
    unsaved: int
    typed: frozenset[str]
    authors: tuple[str, ...]
    is_author: bool
    stale: bool = False
    theirs: tuple[Theirs, ...] = ()
    carried: str | None = None
    clash: bool = False
    others: tuple[Difference, ...] = ()

    @property
    def base(self) -> PolicyVersion | None:
        return self.draft.base

    @property
    def is_closed(self) -> bool:
        """Say whether the draft was published or discarded while the form was open."""
        return self.draft.state != "open"

    @property
    def weights(self) -> Decimal | None:
        """Return the sum of the weights in percent, None while one of them is no number."""
        return weights_of(self.sheet)


def weights_of(of: Sheet) -> Decimal | None:
    """Return the sum of a form's weights in percent, None while one of them is no number."""
    weights = [
        field.value for field in of.fields if field.path[0] == "kpis" and field.path[-1] == "weight"
    ]
    try:
        return sum((number(weight) for weight in weights), Decimal(0)) * 100
    except ValueError:
        return None


def desk(
    session: Session,
    actor: Actor,
    draft: PolicyDraft,
    *,
    begun: PolicyEdit | None = None,
    typed: Mapping[str, str] | None = None,
) -> Desk:
    """Return the draft as saved, or with what was ``typed`` into the form of the edit ``begun``.

    ``typed`` may hold a ``text`` (and ``cases``) that is not saved and that the form was made
    from. Where the edit is not the newest any more, all of it is put on top of the newest.
    Raises ``KaohengError`` where such a text does not read as entries at all.
    """
    file = draft.policy.code
    typed = typed or {}
    newest = edit_of(session, draft, draft.seq)
    begun = begun or newest
    before = form_of(begun.text, file)
    unsaved_text = sent(typed, "text", begun.text)
    mine = typed_changes(form_of(unsaved_text, file), typed)
    carried = over(begun.text, unsaved_text, newest.text)
    cases = over(begun.cases or "", sent(typed, "cases", begun.cases or ""), newest.cases or "")
    text, unwritten = applied(carried, mine, file)
    found = findings(text, cases or None, draft.base, file)
    found = replace(found, faults=(*unwritten, *found.faults))
    form = _as_typed(form_of(text, file), mine if unwritten else {})
    faults, general = by_field(form, found.faults)
    return Desk(
        draft=draft,
        edit=newest,
        text=text,
        cases=cases or None,
        sheet=form,
        findings=found,
        faults=faults,
        general=general,
        labels=trails(form) if faults or begun.id != newest.id else {},
        typed=frozenset(dotted(path) for path in mine),
        unsaved=len(mine) + (carried != newest.text) + (cases != (newest.cases or "")),
        authors=tuple(author_names(session, draft)),
        is_author=actor.account_id in authors(session, draft),
        stale=begun.id != newest.id,
        theirs=_theirs(before, form_of(newest.text, file), mine) if begun.id != newest.id else (),
        clash=_clash(begun.text, unsaved_text, newest.text),
        others=_in_words(begun.text, newest.text, file) if begun.id != newest.id else (),
        carried=None if carried == newest.text and cases == (newest.cases or "") else carried,
    )


def _clash(base: str, mine: str, newest: str) -> bool:
    """Say whether two texts of one base cannot both be had."""
    return base not in {mine, newest} and merged(base, mine, newest) is None


def _in_words(before: str, after: str, file: str) -> tuple[Difference, ...]:
    """Return what differs between two texts; nothing while one of them has faults."""
    try:
        return differences(load(before, file), load(after, file))
    except KaohengError:
        return ()


def _as_typed(form: Sheet, unwritten: Mapping[Path, Change]) -> Sheet:
    """Show what was typed also where it could not be written."""
    if not unwritten:
        return form

    def typed(of: Field) -> Field:
        return replace(of, value=shown(unwritten[of.path])) if of.path in unwritten else of

    return replace(
        form,
        sections=tuple(
            replace(part, elements=tuple(mapped(each, typed) for each in part.elements))
            for part in form.sections
        ),
    )


def shown(value: Change) -> str:
    return ", ".join(value) if isinstance(value, list) else value or ""


def by_field(
    form: Sheet, faults: tuple[Fault, ...]
) -> tuple[dict[str, tuple[Fault, ...]], tuple[Fault, ...]]:
    """Lay each fault at its field, at the first one below its place, at its group, or at none."""
    if not faults:
        return {}, ()
    fields = [field.name for field in form.fields]
    groups = {each.name for each in form.walk() if each.name} - set(fields)
    placed: dict[str, tuple[Fault, ...]] = {}
    general: list[Fault] = []
    for fault in faults:
        name = _nearest(fault.place.path or "", fields, groups)
        if name is None:
            general.append(fault)
        else:
            placed[name] = (*placed.get(name, ()), fault)
    return placed, tuple(general)


def _nearest(path: str, fields: list[str], groups: set[str]) -> str | None:
    if path in fields or path in groups:
        return path
    below = next((name for name in fields if "." in path and name.startswith(f"{path}.")), None)
    if below or not path:
        return below
    above = path
    while above:
        if above in groups or above in fields:
            return above
        above = above.rpartition(".")[0]
    return None


def _theirs(before: Sheet, after: Sheet, mine: Mapping[Path, Change]) -> tuple[Theirs, ...]:
    old = {field.path: field.value for field in before.fields}
    labels = trails(after)
    return tuple(
        Theirs(
            labels[field.name],
            field.name,
            old.get(field.path, ""),
            field.value,
            shown(mine[field.path]) if field.path in mine else None,
        )
        for field in after.fields
        if old.get(field.path, "") != field.value
    )
