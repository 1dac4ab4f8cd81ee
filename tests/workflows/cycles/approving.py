"""``kaoheng`` with batches of two, so that an approval of few people has moments to die in."""

from __future__ import annotations

from admin.cli import main as kaoheng
from workflows.cycles import approval


def main() -> None:
    approval.BATCH = 2
    kaoheng()
