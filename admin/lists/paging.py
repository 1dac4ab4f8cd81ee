"""Which page of how many."""

from __future__ import annotations

from dataclasses import dataclass

from admin.lists.query import PAGE_SIZE, ListQuery


@dataclass(frozen=True, slots=True)
class Paging:
    """``total`` rows in ``pages`` pages, at ``page`` (from 1); a page too far is the last one."""

    total: int
    page: int
    pages: int

    @classmethod
    def of(cls, total: int, asked: ListQuery) -> Paging:
        pages = max(1, -(-total // PAGE_SIZE))
        return cls(total, min(asked.page, pages), pages)

    @property
    def offset(self) -> int:
        return (self.page - 1) * PAGE_SIZE

    @property
    def first(self) -> int:
        return min(self.offset + 1, self.total)

    @property
    def last(self) -> int:
        return min(self.offset + PAGE_SIZE, self.total)
