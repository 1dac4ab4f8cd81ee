"""How ratings are collected, and what a self report is made of."""

from __future__ import annotations

from typing import Any

from marshmallow import validates_schema

from engine import model
from engine.errors import N_
from engine.schema.base import Part, words
from engine.schema.fields import Choice, Entries, Flag, Number, Whole
from engine.schema.said import wrong

# Fewer than three, and each of them knows what the other one said.
LEAST_ANONYMOUS = 3


class RatingPart(Part):
    makes, coded = model.Rating, True
    name = words()
    by = Choice("self", "manager", "peers", "customers", required=True)
    anonymous = Flag()
    at_least = Whole(1, 100)

    @validates_schema
    def _anonymous(self, data: dict[str, Any], **_: Any) -> None:
        if not data.get("anonymous"):
            return
        if data.get("by") in ("self", "manager"):
            raise wrong(
                "rules.not_anonymous",
                N_("There is one of them only: everybody knows who said it."),
                N_("Take `anonymous` away, or ask peers or customers."),
            )
        if data.get("at_least", LEAST_ANONYMOUS) < LEAST_ANONYMOUS:
            raise wrong(
                "rules.too_few_raters",
                N_("Of fewer than {least} ratings one can tell who gave which."),
                N_("Write at_least: {least} or more, or take `anonymous` away."),
                least=LEAST_ANONYMOUS,
            )

    def arranged(self, data: dict[str, Any]) -> dict[str, Any]:
        return {"at_least": LEAST_ANONYMOUS, **data} if data.get("anonymous") else data


class ReportSectionPart(Part):
    makes, coded = model.ReportSection, True
    name = words(required=True)
    kind = Choice("text", "results", "kpis")
    required = Flag()
    hint = words()


class CriterionPart(Part):
    makes, coded = model.Criterion, True
    name = words(required=True)
    points = Number(1, 1_000, 2, required=True)


class SelfReportPart(Part):
    makes = model.SelfReport
    sections = Entries(ReportSectionPart)
    criteria = Entries(CriterionPart)
