"""The history of the rules: publications and what each changed, any two versions, any value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, request
from flask_admin import BaseView, expose
from flask_login import current_user
from sqlalchemy.orm import Session

from admin.audit.asking import asked_of
from admin.audit.effect import Told, cycles_of_policy, effect_told
from admin.services import services
from admin.sign_in.current import current_actor
from engine.errors import N_, KaohengError
from workflows.access.decide import may
from workflows.history.changes import Asked, Found, changed, search
from workflows.history.life import fields_of, life_of
from workflows.history.publications import published, spans
from workflows.rulebook.history import VersionTold, histories, text_difference

PAGE = 50  # publications


class VersionsView(BaseView):  # type: ignore[misc]  # Flask-Admin has no types
    """What the rules were, since when, by whom and why."""

    operation = "list_versions"
    title = N_("History of the rules")
    icon = "history"

    def __init__(self, section: str) -> None:
        super().__init__(self.title, category=section, endpoint="versions", url="/versions")

    def is_accessible(self) -> bool:
        return bool(current_user.is_authenticated) and may(current_actor(), self.operation)

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        # Flask-Admin's own calls the view a second time after any TypeError, hiding it.
        return fn(self, *args, **kwargs)

    @expose("/")  # type: ignore[untyped-decorator]
    def index(self) -> str:
        """Every policy; with a search, the publications of all that hold it."""
        asked = asked_of(request.args, services().settings.timezone)
        with services().database.read() as session:
            told = histories(session, current_actor(), on=services().today())
            found = search(session, current_actor(), asked) if asked != Asked() else None
        policies: dict[str, list[VersionTold]] = {}
        for each in told:
            policies.setdefault(each.version.policy.code, []).append(each)
        return self._page(
            "audit/versions.html",
            policies=policies,
            listed=None if found is None else _paged(found),
        )

    @expose("/<code>")  # type: ignore[untyped-decorator]
    def policy(self, code: str) -> str:
        """Each publication of a policy with what it changed, and the versions that have none."""
        asked = asked_of(request.args, services().settings.timezone, code)
        with services().database.read() as session:
            told = _told(session, code)
            found = search(session, current_actor(), asked)
            ruled = spans(published(session, current_actor(), code))
        return self._page(
            "audit/history.html",
            policy=told[0].version.policy,
            told=told,
            listed=_paged(found),
            searched=asked != Asked(code),
            until={each.published.publication.id: each.until for each in ruled},
            fields=fields_of(ruled),
        )

    @expose("/<code>/value")  # type: ignore[untyped-decorator]
    def value(self, code: str) -> str | tuple[str, int]:
        """The whole life of the value ``field``."""
        field = request.args.get("field", "").strip()
        refusal = life = None
        with services().database.read() as session:
            told = _told(session, code)
            fields = fields_of(spans(published(session, current_actor(), code)))
            try:
                life = life_of(session, current_actor(), code, field) if field else None
            except KaohengError as error:
                refusal = error
        page = self._page(
            "audit/value.html",
            policy=told[0].version.policy,
            field=field,
            fields=fields,
            life=life,
            refusal=refusal,
        )
        return (page, 404) if refusal else page

    @expose("/<code>/compare")  # type: ignore[untyped-decorator]
    def compare(self, code: str) -> str:
        """What differs from version ``from`` to version ``to``; by default the last two."""
        cycle = request.args.get("cycle", "")
        with services().database.read() as session:
            told = _told(session, code)
            newest = told[0].version.seq
            before = _chosen(told, request.args.get("from", type=int), max(1, newest - 1))
            after = _chosen(told, request.args.get("to", type=int), newest)
            cycles = cycles_of_policy(session, current_actor(), code)
            effect: Told | None = None
            if cycle and cycles:
                effect = effect_told(session, cycle, before.version, after.version)
        return self._page(
            "audit/difference.html",
            told=told,
            before=before,
            after=after,
            changed=changed(before.version, after.version),
            groups=text_difference(before.version.text, after.version.text),
            cycles=cycles,
            chosen=cycle,
            effect=effect,
        )

    @expose("/<code>/<int:seq>")  # type: ignore[untyped-decorator]
    def text(self, code: str, seq: int) -> str:
        with services().database.read() as session:
            told = _told(session, code)
        return self._page("audit/version.html", told=_chosen(told, seq, seq))

    def _page(self, template: str, **context: Any) -> str:
        return str(self.render(template, asked=request.args, **context))


@dataclass(frozen=True, slots=True)
class Listed:
    """A part of what was found; ``older`` is the number to go on before, None at the end."""

    found: Sequence[Found]
    count: int
    older: int | None


def _paged(found: list[Found]) -> Listed:
    """Return the next publications, before the one that the address names."""
    before = request.args.get("before", type=int)
    rest = [each for each in found if before is None or each.published.publication.id < before]
    shown = rest[:PAGE]
    older = shown[-1].published.publication.id if len(rest) > PAGE else None
    return Listed(shown, len(found), older)


def _told(session: Session, code: str) -> list[VersionTold]:
    told = histories(session, current_actor(), code, on=services().today())
    if not told:
        abort(404)
    return told


def _chosen(told: list[VersionTold], seq: int | None, otherwise: int) -> VersionTold:
    wanted = otherwise if seq is None else seq
    found = next((each for each in told if each.version.seq == wanted), None)
    if found is None:
        abort(404)
    return found
