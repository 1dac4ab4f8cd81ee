"""What the templates know about the way around: the menu, and which lists may be opened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, current_app, g, request
from flask_admin.menu import MenuCategory
from flask_login import current_user
from markupsafe import Markup

from admin.preferences import language
from admin.sign_in.current import current_actor
from workflows.access.decide import may

Menu = list[tuple[str | None, list[Any]]]

WRITTEN = "menus_written"
_MOST_WRITTEN = 1_000


def register(app: Flask) -> None:
    app.extensions[WRITTEN] = {}
    app.jinja_env.globals.update(
        menu=menu, written_menu=written_menu, may_open=may_open, may_do=may_do
    )


def menu() -> Menu:
    """Return the sections of the menu with the views that this actor may see.

    A view without a section, or alone in its own, stands for itself: its section is None.
    """
    # A page asks for it with every link of it; for whom it was made is kept with it.
    reader = current_user._get_current_object()
    if g.get("menu_of", (None,))[0] is not reader:
        g.menu_of = (reader, _menu())
    found: Menu = g.menu_of[1]
    return found


def _menu() -> Menu:
    sections: Menu = []
    for item in current_app.extensions["admin"][0].menu():
        in_section = isinstance(item, MenuCategory)
        entries = item.get_children() if in_section else [item]
        views = [entry._view for entry in entries if entry.is_accessible()]
        if views:
            sections.append((item.name if in_section and len(views) > 1 else None, views))
    return sections


def written_menu(write: Callable[[], Markup], here: str) -> Markup:
    """Return the menu as ``write`` writes it out on a page that is ``here``, an endpoint.

    It is kept for all who see the same in it: to write it out takes a third of a small page's time.
    """
    seen = tuple(view.endpoint for _, views in menu() for view in views)
    key = (here, language(), request.script_root, seen)
    written: dict[tuple[object, ...], Markup] = current_app.extensions[WRITTEN]
    if key not in written:
        if len(written) >= _MOST_WRITTEN:
            written.clear()
        written[key] = write()
    return written[key]


def may_open(endpoint: str) -> bool:
    """Say whether this actor may open the list with this endpoint."""
    return any(view.endpoint == endpoint for _, views in menu() for view in views)


def may_do(operation: str) -> bool:
    """Say whether this actor may do ``operation`` to anybody at all."""
    return may(current_actor(), operation)
