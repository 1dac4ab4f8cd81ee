"""How much a formula asks to be computed: some functions name their values several times over.

Within each other they multiply: `clamp` six deep would take hours. A step is computed once, however
often it is named, so that a formula that asks for too much is split into steps.
"""

from __future__ import annotations

from engine.expression import (
    Binary,
    Call,
    Compare,
    Either,
    Every,
    Expression,
    Member,
    Negative,
    Not,
)

MAX_EFFORT = 4_000
# How many times a function computes each of its values where they are fractions, measured.
_TIMES = {"abs": 1, "divide": 10, "clamp": 12, "round": 2, "if": 1}
_TIMES_OF_PAIRS = 6  # min and max compare pairs, and pairs of pairs; a clamp does both


def effort(node: Expression) -> int:
    """Return about how many computations ``node`` takes."""
    match node:
        case Binary():
            return effort(node.left) + effort(node.right) + 1
        case Compare():
            return 2 * (effort(node.left) + effort(node.right))
        case Negative() | Not() | Member():
            return effort(node.of) + 1
        case Every() | Either():
            return sum(map(effort, node.of))
        case Call():
            own = sum(map(effort, node.arguments)) + 1
            return _times(node) * own
        case _:
            return 1


def _times(node: Call) -> int:
    if node.function in {"min", "max"}:
        rounds = (len(node.arguments) - 1).bit_length()
        return int(_TIMES_OF_PAIRS**rounds)
    return _TIMES.get(node.function, 2)
