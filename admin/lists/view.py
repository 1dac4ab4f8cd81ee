"""A read-only list with its details page, inside Flask-Admin.

Every way to a row is ``visible``: the list, its filters, its count and the details page
all start from that one statement, which asks the access policy. A row that it does not
give does not exist for this actor: 404.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from flask import abort, request
from flask_admin import BaseView, expose
from flask_login import current_user
from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.base import ExecutableOption
from werkzeug.wrappers import Response

from admin.lists.columns import Column, Filter, Sortable
from admin.lists.export import csv_file
from admin.lists.paging import Paging
from admin.lists.query import PAGE_SIZE, ListQuery
from admin.services import services
from admin.sign_in.current import current_actor
from workflows.access.actors import Actor
from workflows.access.decide import may


class ListView(BaseView):  # type: ignore[misc]  # Flask-Admin has no types
    """One list; subclasses say what it shows. ``title`` and ``about`` are msgids."""

    operation: ClassVar[str]
    title: ClassVar[str]
    about: ClassVar[str] = ""
    icon: ClassVar[str] = "list"
    columns: ClassVar[tuple[Column, ...]]
    filters: ClassVar[tuple[Filter, ...]] = ()
    searched: ClassVar[tuple[Sortable, ...]] = ()
    default_order: ClassVar[tuple[ColumnElement[Any], ...]]
    loads: ClassVar[tuple[ExecutableOption, ...]] = ()
    list_template: ClassVar[str] = "list.html"
    details_template: ClassVar[str]

    def __init__(self, section: str) -> None:
        endpoint = type(self).__name__.removesuffix("View").lower()
        super().__init__(self.title, category=section, endpoint=endpoint, url=f"/{endpoint}")

    def visible(self, actor: Actor) -> Select[Any]:
        """Return the statement of all rows that ``actor`` may see."""
        raise NotImplementedError

    def keyed(self, key: str) -> ColumnElement[bool]:
        """Return the condition that finds the row which the address calls ``key``."""
        raise NotImplementedError

    def key(self, row: Any) -> str:
        """Return what the address calls ``row``."""
        raise NotImplementedError

    def heading(self, row: Any) -> str:
        """Return the title of the row's own page."""
        return self.key(row)

    def details_context(self, session: Session, actor: Actor, row: Any) -> Mapping[str, Any]:  # noqa: ARG002
        """Return what the details page shows beside the row itself."""
        return {}

    def shown(self, session: Session, rows: Sequence[Any]) -> Sequence[Any]:  # noqa: ARG002
        """Return what the columns read: the rows themselves, or what stands for them."""
        return rows

    def also_found(self, words: str) -> ColumnElement[bool]:  # noqa: ARG002
        """Return what a search finds besides ``words`` in the searched columns."""
        return false()

    def is_accessible(self) -> bool:
        return bool(current_user.is_authenticated) and may(current_actor(), self.operation)

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        # Flask-Admin's own calls the view a second time after any TypeError, hiding it.
        return fn(self, *args, **kwargs)

    @expose("/")  # type: ignore[untyped-decorator]
    def index(self) -> str:
        asked = self._asked()
        with services().database.read() as session:
            visible = self.visible(current_actor())
            narrowed = self._narrowed(visible, asked)
            paging = Paging.of(self._count(session, narrowed), asked)
            page = self._ordered(narrowed, asked).limit(PAGE_SIZE).offset(paging.offset)
            found = session.execute(page.options(*self.loads)).unique().scalars().all()
            return str(
                self.render(
                    self.list_template,
                    rows=self.shown(session, found),
                    paging=paging,
                    asked=asked,
                    options={
                        chosen.name: chosen.options(session, visible) for chosen in self.filters
                    },
                )
            )

    @expose("/export.csv")  # type: ignore[untyped-decorator]
    def export(self) -> Response:
        """Give all rows that the list would show, page by page, as one file."""
        asked = self._asked()
        with services().database.read() as session:
            narrowed = self._narrowed(self.visible(current_actor()), asked)
            rows = session.execute(self._ordered(narrowed, asked).options(*self.loads))
            found = rows.unique().scalars().all()
            return csv_file(self.endpoint, self.columns, self.shown(session, found))

    @expose("/<path:key>")  # type: ignore[untyped-decorator]
    def details(self, key: str) -> str:
        actor = current_actor()
        with services().database.read() as session:
            found = session.execute(self.visible(actor).where(self.keyed(key)).options(*self.loads))
            row = found.unique().scalar_one_or_none()
            if row is None:
                abort(404)
            context = self.details_context(session, actor, row)
            return str(self.render(self.details_template, row=row, **context))

    def _asked(self) -> ListQuery:
        return ListQuery.of(
            request.args,
            (chosen.name for chosen in self.filters),
            (column.name for column in self.columns if column.order is not None),
        )

    def _narrowed(self, rows: Select[Any], asked: ListQuery) -> Select[Any]:
        if asked.search and self.searched:
            words = (column.icontains(asked.search, autoescape=True) for column in self.searched)
            rows = rows.where(or_(*words, self.also_found(asked.search)))
        for chosen in self.filters:
            if chosen.name in asked.filters:
                rows = rows.where(chosen.condition(asked.filters[chosen.name]))
        return rows

    def _ordered(self, rows: Select[Any], asked: ListQuery) -> Select[Any]:
        name = asked.order.removeprefix("-")
        column = next((column.order for column in self.columns if column.name == name), None)
        if column is None:
            return rows.order_by(*self.default_order)
        # Both databases put what is missing last; ties keep the list's own order.
        first = column.desc() if asked.order.startswith("-") else column.asc()
        return rows.order_by(first.nulls_last(), *self.default_order)

    def _count(self, session: Session, rows: Select[Any]) -> int:
        return session.scalar(select(func.count()).select_from(rows.order_by(None).subquery())) or 0
