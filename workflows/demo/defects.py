"""What real exports do to their rows: some of it is understood, some of it is set aside.

A deal has the same defect in every export that it stands in, so that a later export
corrects nothing by accident.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random

from workflows.demo.deals import Deal

Row = dict[str, str]
CODE, OWNER, CUSTOMER, PRODUCT = "商机编号", "负责人工号", "客户名称", "产品"
STAGE, OPENED, CLOSED, AMOUNT = "阶段", "立项日期", "关闭日期", "成交金额（元）"

OTHER_SPELLINGS = {"云帆CRM 专业版": "云帆CRM专业版", "智仓 WMS": "智仓WMS"}
_FULL_WIDTH = str.maketrans("0123456789,", "０１２３４５６７８９，")


def _other_spelling(row: Row) -> None:
    row[PRODUCT] = OTHER_SPELLINGS.get(row[PRODUCT], row[PRODUCT])


def _full_width(row: Row) -> None:
    row[AMOUNT] = row[AMOUNT].translate(_FULL_WIDTH)


def _thousands(row: Row) -> None:
    row[AMOUNT] = f"{int(row[AMOUNT]):,}"


def _slashes(row: Row) -> None:
    row[OPENED] = row[OPENED].replace("-", "/")
    row[CLOSED] = row[CLOSED].replace("-", "/")


def _stray_spaces(row: Row) -> None:
    row[CUSTOMER] = f"　{row[CUSTOMER]}  "


def _homophone(row: Row) -> None:
    row[STAGE] = "嬴单"


def _no_such_day(row: Row) -> None:
    row[CLOSED] = f"{row[CLOSED][:5]}02-30"


def _not_a_number(row: Row) -> None:
    row[AMOUNT] = f"约{int(row[AMOUNT]) // 10_000}万"


def _blank_amount(row: Row) -> None:
    row[AMOUNT] = ""


def _unknown_stage(row: Row) -> None:
    row[STAGE] = "暂缓"


def _unknown_product(row: Row) -> None:
    row[PRODUCT] = "云凡ERP"


def _runs_back(row: Row) -> None:
    row[OPENED], row[CLOSED] = row[CLOSED], row[OPENED]


Spoil = Callable[[Row], None]
# How many of the year's won deals have each; after an import these are its records…
UNDERSTOOD: Mapping[Spoil, int] = {
    _other_spelling: 90,
    _full_width: 25,
    _thousands: 60,
    _slashes: 50,
    _stray_spaces: 20,
    _homophone: 6,
}
# … and these its quarantine.
SET_ASIDE: Mapping[Spoil, int] = {
    _no_such_day: 3,
    _not_a_number: 3,
    _blank_amount: 3,
    _unknown_stage: 2,
    _unknown_product: 2,
    _runs_back: 2,
}
DUPLICATED = 2


def defects(random: Random, deals: Sequence[Deal]) -> Mapping[str, Spoil]:
    """Choose which deals have which defect, by code; nobody's deal has two."""
    won = [deal.code for deal in deals if deal.amount is not None]
    spoils = [
        spoil for spoil, count in [*UNDERSTOOD.items(), *SET_ASIDE.items()] for _ in range(count)
    ]
    return dict(zip(random.sample(won, len(spoils)), spoils, strict=True))


def duplicated(random: Random, deals: Sequence[Deal], spoiled: Mapping[str, Spoil]) -> set[str]:
    """Choose the deals whose row stands in the file twice."""
    sound = [d.code for d in deals if d.amount is not None and d.code not in spoiled]
    return set(random.sample(sound, DUPLICATED))
