"""The demo's files from a seed: what the company's systems would export on a given day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random

from workflows.demo.company import PRODUCTS, Customer, Person, customers, people
from workflows.demo.deals import YEAR, Deal, deals
from workflows.demo.defects import (
    AMOUNT,
    CLOSED,
    CODE,
    CUSTOMER,
    OPENED,
    OWNER,
    PRODUCT,
    STAGE,
    Row,
    defects,
    duplicated,
)
from workflows.demo.files import write_csv, write_xlsx

SEED = 20250101
YEAR_END = date(YEAR, 12, 31)
_LEAD_DAYS = 14  # a deal younger than this is a lead whose customer is not on file yet
_TRAILING_BLANK_ROWS = 3
_COLUMNS = (CODE, OWNER, CUSTOMER, PRODUCT, STAGE, OPENED, CLOSED, AMOUNT)


def generate(folder: Path, seed: int = SEED, as_of: date = YEAR_END) -> None:
    """Write the four files of an export made at the end of the day ``as_of`` into ``folder``.

    The same seed and day give the same bytes. Exports of one seed agree with each other: a
    later one has the same deals, further on.
    """
    random = Random(seed)  # noqa: S311 (an invented company, not a secret)
    staff, clients = people(random), customers(random)
    folder.mkdir(parents=True, exist_ok=True)
    write_xlsx(folder / "people.xlsx", "花名册", people_rows(staff))
    write_csv(folder / "customers.csv", _customer_rows(clients), "gb18030")
    write_csv(folder / "products.csv", _product_rows(), "utf-8-sig")
    year = deals(random, staff, clients)
    write_csv(folder / "deals.csv", _deal_rows(random, year, as_of), "utf-8")


def people_rows(staff: Sequence[Person]) -> Iterator[Sequence[str | None]]:
    """Give the rows of the list of people, as its workbook has them."""
    yield ("云帆科技 销售人员花名册",)
    yield ("工号", "姓名", "主管工号", "主管姓名", "团队", "大区", "备注")
    for person in staff:
        yield (
            person.code,
            person.name,
            person.manager,
            person.manager_name,
            person.team,
            person.region,
            None,
        )
    yield from [(None,) * 7] * _TRAILING_BLANK_ROWS


def _customer_rows(clients: Sequence[Customer]) -> Iterator[Sequence[str]]:
    yield ("客户编号", "客户名称", "行业", "城市", "年营收（万元）", "员工人数")
    for number, client in enumerate(clients):
        # Somebody types: an industry with a wrong character, a city left out.
        industry = "制造页" if client.industry == "制造业" and number % 9 == 0 else client.industry
        city = "" if number % 23 == 5 else client.city
        revenue, employees = f"{client.revenue:,}", f"{client.employees:,}"
        yield (client.code, client.name, industry, city, revenue, employees)


def _product_rows() -> Iterator[Sequence[str]]:
    yield ("产品名称", "产品线", "目录价（元）")
    for product in PRODUCTS:
        yield (product.name, product.line, f"{product.list_price:,}.00")


def _deal_rows(random: Random, year: Sequence[Deal], as_of: date) -> Iterator[Sequence[str]]:
    spoiled = defects(random, year)
    twice = duplicated(random, year, spoiled)
    yield _COLUMNS
    for deal in year:
        if deal.opened > as_of:
            continue
        row = _row(deal, as_of)
        if row[AMOUNT] and deal.code in spoiled:
            spoiled[deal.code](row)
        yield tuple(row.values())
        if row[AMOUNT] and deal.code in twice:
            yield tuple((row | {AMOUNT: str(int(row[AMOUNT]) + 1000)}).values())
    yield from [("",) * len(_COLUMNS)] * _TRAILING_BLANK_ROWS


def _row(deal: Deal, as_of: date) -> Row:
    """Return the deal as the CRM shows it on the day ``as_of``."""
    ended = deal.closed is not None and deal.closed <= as_of
    lead = not ended and as_of - deal.opened < timedelta(days=_LEAD_DAYS)
    won = ended and deal.amount is not None
    return {
        CODE: deal.code,
        OWNER: deal.owner,
        CUSTOMER: "" if lead else deal.customer,
        PRODUCT: deal.product,
        STAGE: "赢单" if won else "输单" if ended else "线索" if lead else "洽谈",
        OPENED: deal.opened.isoformat(),
        CLOSED: deal.closed.isoformat() if deal.closed and ended else "",
        AMOUNT: str(deal.amount) if won else "",
    }
