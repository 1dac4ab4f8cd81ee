"""Every version of the rules, its text with line numbers, and what differs between any two."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, request
from flask_admin import BaseView, expose
from flask_login import current_user

from admin.services import services
from admin.sign_in.current import current_actor
from engine.canonical import from_canonical
from engine.errors import N_
from engine.telling.difference import Difference, differences
from workflows.access.decide import may
from workflows.rulebook.history import VersionTold, histories, text_difference


class VersionsView(BaseView):  # type: ignore[misc]  # Flask-Admin has no types
    """The history of each policy."""

    operation = "list_versions"
    title = N_("Versions of the rules")
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
        with services().database.read() as session:
            told = histories(session, current_actor(), on=services().today())
        policies: dict[str, list[VersionTold]] = {}
        for each in told:
            policies.setdefault(each.version.policy.code, []).append(each)
        return str(self.render("audit/versions.html", policies=policies))

    @expose("/<code>")  # type: ignore[untyped-decorator]
    def compare(self, code: str) -> str:
        """Show what differs from version ``from`` to version ``to``; by default the last two."""
        told = _told(code)
        newest = told[0].version.seq
        before = _chosen(told, request.args.get("from", type=int), max(1, newest - 1))
        after = _chosen(told, request.args.get("to", type=int), newest)
        return str(
            self.render(
                "audit/difference.html",
                told=told,
                before=before,
                after=after,
                changed=_in_words(before, after),
                groups=text_difference(before.version.text, after.version.text),
            )
        )

    @expose("/<code>/<int:seq>")  # type: ignore[untyped-decorator]
    def text(self, code: str, seq: int) -> str:
        return str(self.render("audit/version.html", told=_chosen(_told(code), seq, seq)))


def _in_words(before: VersionTold, after: VersionTold) -> tuple[Difference, ...]:
    policies = [from_canonical(each.version.canonical) for each in (before, after)]
    return differences(*policies)


def _told(code: str) -> list[VersionTold]:
    with services().database.read() as session:
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
