"""What the templates know about the way around: the menu, and which lists may be opened."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, g
from flask_admin.menu import MenuCategory
from flask_login import current_user

from admin.sign_in.current import current_actor
from workflows.access.decide import may

Menu = list[tuple[str | None, list[Any]]]


def register(app: Flask) -> None:
    app.jinja_env.globals.update(menu=menu, may_open=may_open, may_do=may_do)


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


def may_open(endpoint: str) -> bool:
    """Say whether this actor may open the list with this endpoint."""
    return any(view.endpoint == endpoint for _, views in menu() for view in views)


def may_do(operation: str) -> bool:
    """Say whether this actor may do ``operation`` to anybody at all."""
    return may(current_actor(), operation)
