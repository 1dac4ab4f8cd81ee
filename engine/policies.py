"""Text → policy: read, check the shape, check the meaning; every fault at once, with its place."""

from __future__ import annotations

from marshmallow import ValidationError

from engine.checks import check
from engine.compile import compile_checked
from engine.errors import KaohengError
from engine.model import Policy
from engine.reader import read
from engine.schema.placing import fault, faults
from engine.schema.policy import PolicySchema


def load(text: str, file: str) -> Policy:
    """Return the policy that ``text`` is; raise KaohengError with all faults, by position."""
    tree = read(text, file)
    try:
        policy = PolicySchema().load(tree.root.plain())
    except ValidationError as error:
        raise KaohengError(faults(error.messages, tree)) from None
    assert isinstance(policy, Policy)
    problems = check(policy)
    if not problems:
        _, problems = compile_checked(policy)
    if problems:
        raise KaohengError(fault(said, tree, path) for path, said in problems)
    return policy
