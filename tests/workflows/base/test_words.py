"""A message that was kept with its fields, in the reader's language."""

from __future__ import annotations

import pytest

from workflows.base.i18n import filled


@pytest.mark.parametrize(("language", "said"), [("zh", "2026年1月31日"), ("en", "31 Jan 2026")])
def test_a_kept_day_is_written_as_the_reader_writes_it(language: str, said: str) -> None:
    assert filled("{day}", language, {"day": "2026-01-31"}) == said


@pytest.mark.parametrize("kept", ["2026-01", "2026-Q1", "合同 2026-01-31", "20260131"])
def test_what_only_looks_like_a_day_stays(kept: str) -> None:
    assert filled("{what}", "en", {"what": kept}) == kept


def test_a_text_that_is_a_day_of_no_calendar_stays() -> None:
    assert filled("{what}", "en", {"what": "2026-02-31"}) == "2026-02-31"
