"""What a list's address asks for: search, filters, order, page; nonsense falls back quietly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from werkzeug.datastructures import MultiDict

PAGE_SIZE = 25
MOST_SEARCHED = 100  # characters


@dataclass(frozen=True, slots=True)
class ListQuery:
    """``order`` names a column, with a leading ``-`` for downwards; ``page`` counts from 1."""

    search: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    order: str = ""
    page: int = 1

    @classmethod
    def of(
        cls, args: MultiDict[str, str], filters: Iterable[str], orders: Iterable[str]
    ) -> ListQuery:
        """Read the address's arguments, knowing only these ``filters`` and ``orders``."""
        order = args.get("order", "")
        return cls(
            search=args.get("q", "").strip()[:MOST_SEARCHED],
            filters={name: args[name] for name in filters if args.get(name)},
            order=order if order.removeprefix("-") in set(orders) else "",
            page=max(1, args.get("page", 1, type=int)),
        )

    @property
    def narrows(self) -> bool:
        return bool(self.search or self.filters)

    def arguments(self) -> dict[str, str]:
        """Return the address's arguments, leaving out what is the default."""
        pairs = {"q": self.search, **self.filters, "order": self.order}
        if self.page > 1:
            pairs["page"] = str(self.page)
        return {name: value for name, value in pairs.items() if value}

    def at(self, page: int) -> ListQuery:
        return replace(self, page=page)

    def ordered(self, column: str) -> ListQuery:
        """Return the query by ``column``: upwards, or downwards where it already is upwards."""
        return replace(self, order=f"-{column}" if self.order == column else column, page=1)
