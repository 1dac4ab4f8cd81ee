"""How people are evaluated by people: who rates, and what a self report is made of."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from engine.model.words import Bilingual


@dataclass(frozen=True, slots=True)
class Rating:
    """How the ratings of one name among KPIs' ``raters`` are collected 评价.

    ``by``: the person themselves, whoever leads them, peers who are asked, or customers. An
    ``anonymous`` one counts, and is shown, only from ``at_least`` ratings on.
    """

    code: str
    by: Literal["self", "manager", "peers", "customers"]
    name: Bilingual | None = None
    anonymous: bool = False
    at_least: int = 1


@dataclass(frozen=True, slots=True)
class ReportSection:
    """A section of a self report 述职: what the person writes, or figures that are filled in.

    ``kind``: ``text`` is written; ``results`` are the measures and ``kpis`` the scored KPIs,
    as the records give them, to which the person may add a remark.
    """

    code: str
    name: Bilingual
    kind: Literal["text", "results", "kpis"] = "text"
    required: bool = True
    hint: Bilingual | None = None


@dataclass(frozen=True, slots=True)
class Criterion:
    """What the panel 评委 scores of a report, with at most ``points``."""

    code: str
    name: Bilingual
    points: Decimal


@dataclass(frozen=True, slots=True)
class SelfReport:
    """The template of a policy's self reports, and what the panel scores of them."""

    sections: tuple[ReportSection, ...] = ()
    criteria: tuple[Criterion, ...] = ()
