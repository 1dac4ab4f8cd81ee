"""A service with the demo organisation, in Chromium, in each language, theme and width."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import zlib
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.founding import NOW, PASSWORD
from tests.browser.year import Year
from tests.commanding import kaoheng
from tests.serving import serving

ROOT = Path(__file__).parent.parent.parent
AXE = ROOT / "node_modules/axe-core/axe.min.js"


@dataclass(frozen=True, slots=True)
class Look:
    """How a page is looked at. Two looks cover each language, theme and width."""

    language: str
    theme: str
    width: int

    def __str__(self) -> str:
        return f"{self.language}-{self.theme}-{self.width}"


# The machine may be busy with other tests: what is looked for may take its time.
expect.set_options(timeout=20_000)
LONG = bool(os.environ.get("KAOHENG_TEST_LONG"))
LOOKS = (Look("zh", "light", 1440), Look("en", "dark", 390))


@dataclass
class Visitor:
    """Somebody with a browser: a page, and what its console said."""

    page: Page
    look: Look
    passwords: dict[str, str]
    said: list[str] = field(default_factory=list)

    def sign_in(self, user: str) -> None:
        """Sign in as a demo user, from wherever one is."""
        # An answer that is still on its way would set the cookie again, against the new form.
        self.page.wait_for_load_state("networkidle")
        self.page.goto("about:blank")
        self.page.context.clear_cookies(name="kaoheng_session")
        self.page.goto("/login")
        # The page puts the cursor there by itself, and says so where somebody was quicker.
        self.page.locator("[name=username]:focus").wait_for()
        self.page.fill("[name=username]", user)
        self.page.fill("[name=password]", self.passwords[user])
        self.page.press("[name=password]", "Enter")
        self.page.wait_for_url(re.compile(r"/(\?.*)?$"))

    def follow(self, path: str) -> None:
        """Go where the overview says that something waits."""
        self.page.goto("/")
        self.page.locator(f"#waiting a[href='{path}']").first.click()
        self.page.wait_for_url(f"**{path}")

    def was_refused(self) -> None:
        """Take what the console says of a refusal that the journey meant to meet."""
        expect(self.page.locator("main")).to_be_visible()
        assert self.said
        assert not [each for each in self.said if "Failed to load resource" not in each]
        self.said.clear()

    def check_both(self) -> None:
        """Hold the page to it in the other theme and on the other width as well."""
        own = self.look
        for other in (*(look for look in LOOKS if look.width != own.width), own):
            self._turn(Look(own.language, other.theme, other.width))
            self.check()

    def check_widths(self) -> None:
        """Hold the page to it, and to the other width."""
        self.check()
        own = self.look
        for other in (*(look for look in LOOKS if look.width != own.width), own):
            self._turn(Look(own.language, own.theme, other.width))
            self._check_width()

    def _turn(self, look: Look) -> None:
        self.look = look
        self.page.set_viewport_size({"width": look.width, "height": 900})
        self.page.emulate_media(color_scheme=look.theme)

    def _check_width(self) -> None:
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= self.look.width, self.page.url

    def check(self) -> None:
        """Hold the page as it stands to what every page must be."""
        page = self.page
        # A page that a click has just left has no document to look at yet.
        page.wait_for_load_state()
        page.locator("body").wait_for()
        # Colours that still fade from the other theme would be measured half way.
        page.evaluate("Promise.allSettled(document.getAnimations().map(each => each.finished))")
        self._check_width()
        assert self.said == [], page.url
        page.evaluate(AXE.read_text())
        found = page.evaluate("axe.run({resultTypes: ['violations']})")
        serious = [
            (violation["id"], node["target"], node.get("failureSummary"))
            for violation in found["violations"]
            if violation["impact"] in ("serious", "critical")
            for node in violation["nodes"]
        ]
        assert serious == [], page.url
        if self.look.language == "en":
            # Names of people, units and customers are data; everything around them is English.
            chrome = page.locator(
                "h1, h2, h3, button, label:not([translate=no]), th, nav a"
            ).all_inner_texts()
            assert not [text for text in chrome if _is_untranslated(text)], page.url


def _is_untranslated(text: str) -> bool:
    return bool(re.search(r"[，。：；（）]|请|的$", text)) and text.strip() != "中文"


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the demo organisation, loaded once for all workers; tests copy it."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    home = folder / "demo-home"
    with (folder / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "demo-sign-ins.json").exists():
            kaoheng(home, "demo")
    return home


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Templates as one service after another has compiled them."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def shared_home(demo_home: Path, tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Path:
    """The demo's home for tests that are marked ``shares``."""
    return _copied(demo_home, tmp_path_factory.mktemp("shared") / "home", cache)


@pytest.fixture(scope="session")
def shared_url(shared_home: Path) -> Iterator[str]:
    with serving(shared_home) as address:
        yield address


@pytest.fixture
def home(request: pytest.FixtureRequest, demo_home: Path, tmp_path: Path, cache: Path) -> Path:
    """A copy of the demo's home: the test's own, or that of all who share one."""
    if _shares(request):
        shared: Path = request.getfixturevalue("shared_home")
        return shared
    return _copied(demo_home, tmp_path / "home", cache)


@pytest.fixture
def passwords(home: Path) -> dict[str, str]:
    kept: list[dict[str, Any]] = json.loads((home / "demo-sign-ins.json").read_text())
    return {account["user"]: account["password"] for account in kept}


@pytest.fixture
def url(request: pytest.FixtureRequest, home: Path) -> Iterator[str]:
    """A service with a copy of the demo organisation: the test's own, or a shared one."""
    if _shares(request):
        yield request.getfixturevalue("shared_url")
    else:
        with serving(home) as address:
            yield address


def _shares(request: pytest.FixtureRequest) -> bool:
    return request.node.get_closest_marker("shares") is not None


def _copied(demo_home: Path, home: Path, cache: Path) -> Path:
    shutil.copytree(demo_home, home)
    (home / "cache").symlink_to(cache)
    return home


@dataclass(frozen=True, slots=True)
class Company:
    """The company of ``year``, and where it is served."""

    year: Year
    url: str

    @contextmanager
    def visited(self, browser: Browser, look: Look) -> Iterator[Visitor]:
        with visiting(browser, self.url, look, defaultdict(lambda: PASSWORD)) as visitor:
            yield visitor


@pytest.fixture(scope="module")
def company(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """A company before its review year, and a service of its own whose clock stands still."""
    home = tmp_path_factory.mktemp("year")
    shutil.copy(sqlite_template, home / "kaoheng.db")
    year = Year(home)
    with serving(home, KAOHENG_NOW=NOW.isoformat()) as url:
        yield Company(year, url)
    year.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Walk in one look, by turns: what is done is the same; where the looks matter, in each.

    ``make test-long`` walks in each anyway.
    """
    if "look" not in metafunc.fixturenames:
        return
    each = LONG or metafunc.definition.get_closest_marker("each_look")
    turn = zlib.crc32(metafunc.function.__name__.encode()) % len(LOOKS)
    metafunc.parametrize("look", LOOKS if each else (LOOKS[turn],), ids=str)


@pytest.fixture
def visitor(look: Look, browser: Browser, url: str, passwords: dict[str, str]) -> Iterator[Visitor]:
    """A visitor in the test's look; ``check`` every page that the journey comes by."""
    with visiting(browser, url, look, passwords) as visitor:
        yield visitor


@contextmanager
def visiting(
    browser: Browser, url: str, look: Look, passwords: dict[str, str]
) -> Iterator[Visitor]:
    """Give somebody with a browser who looks at a service."""
    context = browser.new_context(
        base_url=url, viewport={"width": look.width, "height": 900}, color_scheme=look.theme
    )
    context.add_cookies([{"name": "language", "value": look.language, "url": url}])
    page = context.new_page()
    visitor = Visitor(page, look, passwords)
    page.on("console", lambda message: visitor.said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: visitor.said.append(f"error: {error}"))
    yield visitor
    context.close()
