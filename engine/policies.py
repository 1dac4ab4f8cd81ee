"""Text → policy: read, check the shape, check the meaning; every fault at once, with its place."""

from __future__ import annotations

from marshmallow import ValidationError

from engine.checking.salvage import problems_of, problems_of_the_rest
from engine.errors import Fault, KaohengError
from engine.model import Policy
from engine.reader import Tree, read, read_all
from engine.schema.placing import fault, faults
from engine.schema.policy import PolicySchema


def load(text: str, file: str) -> Policy:
    """Return the policy that ``text`` is; raise KaohengError with all faults, by position."""
    tree, found = read_all(text, file)
    policy, more = _checked(tree)
    if policy is None or found or more:
        raise KaohengError([*found, *more])
    return policy


def shaped(text: str, file: str) -> Policy | None:
    """Return the policy of a text whose entries read one by one, even if they do not fit together.

    None where one does not read.
    """
    try:
        policy = PolicySchema().load(read(text, file).root.plain())
    except (KaohengError, ValidationError):
        return None
    assert isinstance(policy, Policy)
    return policy


def _checked(tree: Tree) -> tuple[Policy | None, list[Fault]]:
    data = tree.root.plain()
    try:
        policy = PolicySchema().load(data)
    except ValidationError as error:
        messages = dict(error.messages_dict)
        rest = problems_of_the_rest(data, messages)
        return None, [*faults(messages, tree), *(fault(said, tree, path) for path, said in rest)]
    assert isinstance(policy, Policy)
    return policy, [fault(said, tree, path) for path, said in problems_of(policy)]
