"""What a policy's stages are for, whatever it calls them.

A policy names its stages itself, leaves some out and adds others. What the service does at a
stage (a self report, ratings, an appeal window) goes by the stage's purpose: the one that the
policy's ``workflow.details`` gives it, or the one that its own code is called after.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.model import Answer, Bilingual, Policy, StageDetail

PURPOSES = (
    "goal_setting",  # 目标制定
    "goal_approval",  # 目标审批
    "tracking",  # 绩效辅导
    "confirmation",  # 业绩核对
    "data_locked",  # 锁数
    "self_report",  # 述职
    "evaluation",  # 评价
    "calibration",  # 校准
    "result_approval",  # 结果审批
    "feedback",  # 绩效面谈
    "appeal",  # 申诉期
    "closed",  # 归档
)
# What a stage is called where its policy gives it no name of its own.
NAMES = {
    "goal_setting": Bilingual("目标设定", "Goal setting"),
    "goal_approval": Bilingual("目标审批", "Goal approval"),
    "tracking": Bilingual("绩效辅导", "Tracking"),
    "confirmation": Bilingual("业绩核对", "Results to confirm"),
    "data_locked": Bilingual("已锁数", "Data locked"),
    "self_report": Bilingual("述职", "Self report"),
    "evaluation": Bilingual("评价", "Evaluation"),
    "calibration": Bilingual("校准", "Calibration"),
    "result_approval": Bilingual("结果审批", "Result approval"),
    "feedback": Bilingual("绩效面谈", "Feedback"),
    "appeal": Bilingual("申诉期", "Appeal window"),
    "closed": Bilingual("已归档", "Closed"),
}


# The purposes in which somebody is asked for an answer: about a conversation, about whose a
# record should be. Where a policy gives them no time of its own it is a working week.
ANSWERED = ("feedback", "confirmation")
ANSWER = Answer(working_days=5)
# Fewer than so many people who say something of a manager could be told from the sum.
FEWEST = 3


def answer_time(policy: Policy, purpose: str) -> Answer:
    """Return how long those who are asked in the policy's stages for ``purpose`` have."""
    details = (detail_of(policy, stage) for stage in stages_for(policy, purpose))
    return next((each.answer for each in details if each and each.answer), ANSWER)


def fewest_of(policy: Policy) -> int:
    """Return of how many people's upward feedback a manager may see the sum."""
    details = (detail_of(policy, stage) for stage in stages_for(policy, "feedback"))
    return next((each.at_least for each in details if each and each.at_least), FEWEST)


def name_of(policy: Policy, stage: str) -> Bilingual:
    """Return what a policy's stage is called: its own name, a usual one, or else its code."""
    detail = detail_of(policy, stage)
    if detail is not None and detail.name is not None:
        return detail.name
    return NAMES.get(stage) or Bilingual(stage, stage)


def detail_of(policy: Policy, stage: str) -> StageDetail | None:
    """Return what the policy says of a stage beyond its code, if anything."""
    details = policy.workflow.details if policy.workflow else ()
    return next((detail for detail in details if detail.code == stage), None)


def purpose_of(policy: Policy, stage: str) -> str | None:
    """Return what a stage is for; None for one that only the policy knows."""
    detail = detail_of(policy, stage)
    if detail is not None and detail.purpose is not None:
        return detail.purpose
    return stage if stage in PURPOSES else None


def stages_for(policy: Policy, purpose: str) -> tuple[str, ...]:
    """Return the policy's stages for ``purpose``, in its order; none where it has none."""
    return tuple(_stages_for(policy, purpose))


def has_stage_for(policy: Policy, purpose: str) -> bool:
    return bool(stages_for(policy, purpose))


def _stages_for(policy: Policy, purpose: str) -> Iterator[str]:
    for stage in policy.workflow.stages if policy.workflow else ():
        if purpose_of(policy, stage) == purpose:
            yield stage
