"""The rule files that come with the application, under ``rules/``."""

from __future__ import annotations

from pathlib import Path

from engine.errors import N_, Kind, Place, refuse

RULES_FOLDER = Path(__file__).parents[2] / "rules"


def shipped_policies() -> tuple[str, ...]:
    """Return the names of the shipped policies."""
    return tuple(sorted(file.parent.name for file in RULES_FOLDER.glob("policies/*/policy.yaml")))


def policy_file(name: str) -> Path:
    """Return the file of the shipped policy ``name``; refuse with ``MISSING`` an unknown one."""
    path = RULES_FOLDER / "policies" / name / "policy.yaml"
    known = shipped_policies()
    if name not in known:
        raise refuse(
            "rulebook.unknown_policy",
            N_("There is no policy {name!r}."),
            N_("Known policies: {known}."),
            kind=Kind.MISSING,
            place=Place(file="rules/policies"),
            name=name,
            known=", ".join(known),
        )
    return path


def shown(path: Path) -> str:
    """Return ``path`` as people name it: from the checkout's top where it is inside."""
    try:
        return str(path.relative_to(RULES_FOLDER.parent))
    except ValueError:
        return str(path)


def cases_beside(path: Path) -> str | None:
    """Return the text of the cases that stand beside a policy's file, or None without any."""
    cases = path.with_name("cases.yaml")
    return cases.read_text(encoding="utf-8-sig") if cases.is_file() else None
