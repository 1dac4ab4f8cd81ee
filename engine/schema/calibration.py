"""How calibration is written: the distribution, and what makes a group of it."""

from __future__ import annotations

from engine import model
from engine.schema.base import Part
from engine.schema.fields import Choice, Flag, Many, Number, One, Text, Whole
from engine.schema.scorecard import Figures


class ResultRowPart(Part):
    makes = model.ResultRow
    start = Number(-10_000, 10_000, required=True, data_key="from")
    shares = Figures(Text("grades"), Number(0, 1, 6), required=True)


class ByResultPart(Part):
    makes = model.ByResult
    rows = Many(One(ResultRowPart), required=True)
    kpi = Text("kpis")


class CalibrationPart(Part):
    makes = model.Calibration
    distribution = Figures(Text("grades"), Number(0, 1, 6), required=True)
    at_most = Many(Text("grades"))
    at_least = Many(Text("grades"))
    group = Choice("team", "region", "company")
    least_people = Whole(0, 10_000)
    least_days = Whole(0, 366)
    posts_apart = Flag()
    by_result = One(ByResultPart)
