"""What is to be said of a draft's two texts, as an editor of text shows it: at line and column."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from admin.preferences import language
from engine.errors import Fault, KaohengError
from engine.policies import load
from workflows.base import i18n
from workflows.rulebook.cases import failing

ERROR, WARNING = "error", "warning"
Remark = dict[str, Any]


def faults_of(text: str, cases: str | None, file: str) -> tuple[Fault, ...]:
    """Return the faults of both texts; of the cases as far as the policy lets them be run."""
    try:
        policy = load(text, file)
        return tuple(failing(policy, cases, file))
    except KaohengError as error:
        return error.faults


def remarks(faults: Iterable[Fault], file: str, severity: str = ERROR) -> list[Remark]:
    """Return faults as the editor takes them: ``of`` is ``text`` or ``cases``."""
    between = "" if language() == "zh" else " "
    return [
        {
            "of": "cases" if fault.place.file == f"{file}/cases" else "text",
            "line": fault.place.line,
            "column": fault.place.column,
            "severity": severity,
            "message": between.join(
                i18n.gettext(part, language(), **fault.params)
                for part in (fault.message, fault.remedy)
                if part
            ),
        }
        for fault in faults
    ]
