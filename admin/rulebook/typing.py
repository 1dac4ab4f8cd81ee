"""Work for somebody who types is given up once they have typed on.

It is known in this process only: with several, another one's work goes on to its end, beside.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from admin.sign_in.current import current_actor

KEPT = 1_000  # people who type at once
_NEWEST: OrderedDict[tuple[str, str], object] = OrderedDict()


class Superseded(Exception):  # noqa: N818 (nothing is wrong)
    """Raised in work that nobody waits for any more."""


def typed(code: str) -> Callable[[], None]:
    """Note that this person has typed into a policy; return what raises once they type again."""
    who, mine = (current_actor().public_id, code), object()
    _NEWEST[who] = mine
    _NEWEST.move_to_end(who)
    while len(_NEWEST) > KEPT:
        _NEWEST.popitem(last=False)

    def pause() -> None:
        if _NEWEST.get(who) is not mine:
            raise Superseded

    return pause
