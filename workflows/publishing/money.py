"""Whether a version moves money: then those who answer for the money have to approve it."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

from engine.grants import offers
from engine.model import Bilingual, Policy


def moves_money(before: Policy | None, after: Policy) -> bool:
    """Say whether ``after`` may pay anybody otherwise than ``before`` (None: nothing was there).

    Everything moves money in a policy that pays, by a weight, a measure or a scope: only names,
    texts and the workflow do not.
    """
    if before is None:
        return pays(after)
    return (pays(before) or pays(after)) and _counting(before) != _counting(after)


def pays(policy: Policy) -> bool:
    """Say whether a policy grants money, or has coefficients that pay is multiplied with."""
    return any(offer.amount for offer in offers(policy)) or (
        len({grade.coefficient for grade in policy.grades}) > 1
    )


def _counting(part: object) -> object:
    """Return what counts of a part of the model: all but names, texts and the workflow."""
    if isinstance(part, Bilingual):
        return None
    if is_dataclass(part):
        named = (field.name for field in fields(part) if field.name != "workflow")
        return (type(part), *((name, _counting(getattr(part, name))) for name in named))
    if isinstance(part, tuple):
        return tuple(map(_counting, part))
    return part
