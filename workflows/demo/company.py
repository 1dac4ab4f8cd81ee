"""The invented company: who works where, what it sells, and to whom."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

# Each region with its teams; a team is how many salespeople and how strong, in percent.
REGIONS = {
    "华东大区": ((6, 127), (6, 102)),
    "华南大区": ((6, 104), (6, 93)),
    "华北大区": ((6, 98), (5, 90)),
}
NEWCOMERS = ("S0206", "S0505")  # no deal yet
LEAVER = "S0407"  # has deals, and is on no list any more

_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜谢邹喻柏苏潘葛范彭鲁韦马方袁柳"
)
_GIVEN = (
    *"伟芳敏静磊洋艳勇杰娟涛超霞平刚",
    *("子涵", "雨桐", "浩然", "思远", "佳怡", "志强", "晓明", "建国", "丽华", "文博"),
    *("欣妍", "俊杰", "梓萱", "宇航", "诗琪", "天佑", "婉清", "景行", "若兰"),
)


@dataclass(frozen=True, slots=True)
class Person:
    """A salesperson; ``strength`` is percent of what is usual."""

    code: str
    name: str
    manager: str
    manager_name: str
    region: str
    team: str
    strength: int


@dataclass(frozen=True, slots=True)
class Product:
    """A product with its list price in yuan and how often it sells, beside the others."""

    name: str
    line: str
    list_price: int
    weight: int


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer; ``revenue`` a year, in units of 万元."""

    code: str
    name: str
    industry: str
    city: str
    revenue: int
    employees: int


PRODUCTS = (
    Product("云帆ERP 标准版", "云帆ERP", 68_000, 9),
    Product("云帆ERP 旗舰版", "云帆ERP", 128_000, 3),
    Product("云帆CRM 基础版", "云帆CRM", 12_800, 18),
    Product("云帆CRM 专业版", "云帆CRM", 36_000, 16),
    Product("智仓 WMS", "智仓", 98_000, 6),
    Product("智仓 手持终端", "智仓", 4_600, 15),
    Product("数澜 分析平台", "数澜", 52_000, 10),
    Product("数澜 大屏", "数澜", 28_000, 9),
    Product("实施服务包", "服务", 18_500, 14),
)

_CITIES = (
    *("上海", "苏州", "杭州", "宁波", "南京", "无锡", "广州", "深圳"),
    *("佛山", "东莞", "厦门", "北京", "天津", "济南", "青岛", "石家庄"),
)
_STEMS = "恒鼎瑞泰嘉宏远博盛凯启联正睿信安昊源晟拓"
_TAILS = "达华通成业和丰创航科"
_INDUSTRIES = {"制造业": "机械", "医药": "医药", "零售": "商贸", "物流": "物流", "软件": "信息"}


def people(random: Random) -> tuple[Person, ...]:
    """Return the 35 salespeople of six teams, by code: S0203 is the third of team 2."""
    teams = [
        (region, f"{region.removesuffix('大区')}{place}组", *team)
        for region, teams in REGIONS.items()
        for place, team in zip("一二", teams, strict=True)
    ]
    names = _names(random, sum(size for _, _, size, _ in teams) + len(teams))
    found = []
    for number, (region, team, size, strength) in enumerate(teams, start=1):
        manager_name = names.pop()
        for seat in range(1, size + 1):
            own = strength * random.randint(84, 116) // 100
            code = f"S{number:02}{seat:02}"
            manager = f"M{number:02}"
            found.append(Person(code, names.pop(), manager, manager_name, region, team, own))
    return tuple(found)


def customers(random: Random, count: int = 200) -> tuple[Customer, ...]:
    """Return ``count`` customers with different names."""
    stems = [(city, a + b) for city in _CITIES for a in _STEMS for b in _TAILS]
    return tuple(
        _customer(random, number, city, stem)
        for number, (city, stem) in enumerate(random.sample(stems, count), start=1)
    )


def _customer(random: Random, number: int, city: str, stem: str) -> Customer:
    industry, trade = random.choice(list(_INDUSTRIES.items()))
    employees = random.choice((20, 50, 120, 300, 800, 2_000)) + random.randint(0, 19)
    return Customer(
        code=f"K{number:04}",
        name=f"{city}{stem}{trade}有限公司",
        industry=industry,
        city=city,
        revenue=employees * random.randint(30, 90),
        employees=employees,
    )


def _names(random: Random, count: int) -> list[str]:
    every = [surname + given for surname in _SURNAMES for given in _GIVEN]
    return random.sample(every, count)
