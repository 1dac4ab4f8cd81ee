"""What a self report of a policy is made of: its own template, or the usual one."""

from __future__ import annotations

from decimal import Decimal

from engine.model import Bilingual, Criterion, Policy, ReportSection, SelfReport
from engine.stages import has_stage_for

SECTIONS = (
    ReportSection(
        "results",
        Bilingual("业绩结果", "Results"),
        "results",
        hint=Bilingual(
            "数字由系统按记录填好；可以补充说明。", "Filled in; add what explains them."
        ),
    ),
    ReportSection("kpis", Bilingual("指标完成情况", "KPIs"), "kpis"),
    ReportSection(
        "problems",
        Bilingual("问题与原因", "Problems and their causes"),
        hint=Bilingual("哪里没做到，原因是什么。", "What fell short, and why."),
    ),
    ReportSection(
        "measures",
        Bilingual("改进措施", "Measures"),
        hint=Bilingual("做什么、何时完成、需要谁支持。", "What, by when, with whose support."),
    ),
    ReportSection(
        "plan",
        Bilingual("下期计划", "Plan for the next period"),
        hint=Bilingual("目标、重点客户、关键动作。", "Goals, key customers, key actions."),
    ),
)
CRITERIA = (
    Criterion("results", Bilingual("业绩达成", "Results"), Decimal(40)),
    Criterion("analysis", Bilingual("问题分析", "Analysis"), Decimal(30)),
    Criterion("plan", Bilingual("措施与计划", "Measures and plan"), Decimal(30)),
)


def report_of(policy: Policy) -> SelfReport | None:
    """Return the policy's template, complete; None where nobody reports on duty under it."""
    if not has_stage_for(policy, "self_report"):
        return None
    own = policy.self_report or SelfReport()
    return SelfReport(own.sections or SECTIONS, own.criteria or CRITERIA)


def full_marks(report: SelfReport) -> Decimal:
    """Return the points that a panel member gives at most."""
    return sum((each.points for each in report.criteria), Decimal(0))
