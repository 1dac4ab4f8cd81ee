"""Arguments, results and errors of jobs as JSON: readable in ten years, and never code.

Plain JSON values stand for themselves. What JSON has no form for is an object with the one
key ``$``: ``{"$": ["decimal", "1.50"]}``. Anything else is refused when it is written.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from engine.errors import N_, Fault, KaohengError, Kind, Place, refuse

TAG = "$"


def encode(value: Any) -> str:
    """Return ``value`` as JSON text; raise ``TypeError`` for a type that has no form here."""
    return json.dumps(_plain(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def decode(text: str) -> Any:
    """Return what ``encode`` was given: the same types, exceptions as ``KaohengError``."""
    return _restored(json.loads(text))


def _plain(value: Any) -> Any:  # noqa: PLR0911 (one line a type)
    match value:
        case None | bool() | int() | float() | str():
            return value
        case list():
            return [_plain(item) for item in value]
        case dict():
            if TAG not in value and all(isinstance(key, str) for key in value):
                return {key: _plain(item) for key, item in value.items()}
            return _tagged("dict", [[_plain(key), _plain(item)] for key, item in value.items()])
        case tuple():
            return _tagged("tuple", [_plain(item) for item in value])
        case Decimal():
            return _tagged("decimal", str(value))
        case datetime():
            return _tagged("datetime", value.isoformat())
        case date():
            return _tagged("date", value.isoformat())
        case KaohengError():
            return _tagged("refusal", [value.kind, [_fault(fault) for fault in value.faults]])
        case Exception():
            # Only its type: a message may quote a row, and rows are personal. The log has it.
            return _tagged("crash", type(value).__name__)
    raise TypeError(f"a job cannot keep a {type(value).__name__}: {value!r}")


def _tagged(kind: str, content: Any) -> dict[str, Any]:
    return {TAG: [kind, content]}


def _fault(fault: Fault) -> dict[str, Any]:
    return {
        "code": fault.code,
        "message": fault.message,
        "remedy": fault.remedy,
        "params": {name: _shown(value) for name, value in fault.params.items()},
        "place": asdict(fault.place),
    }


def _shown(value: Any) -> Any:
    """Parameters are only ever shown, so one of a type of its own is kept as its text."""
    try:
        return _plain(value)
    except TypeError:
        return str(value)


def _restored(value: Any) -> Any:
    if isinstance(value, list):
        return [_restored(item) for item in value]
    if not isinstance(value, dict):
        return value
    if TAG not in value:
        return {key: _restored(item) for key, item in value.items()}
    kind, content = value[TAG]
    return _RESTORE[kind](content)


def _refusal(content: list[Any]) -> KaohengError:
    kind, faults = content
    return KaohengError(
        (
            Fault(
                fault["code"],
                fault["message"],
                fault["remedy"],
                _restored(fault["params"]),
                Place(**fault["place"]),
            )
            for fault in faults
        ),
        Kind(kind),
    )


def _crash(name: str) -> KaohengError:
    return refuse(
        "jobs.crashed",
        N_("The job stopped on an unexpected error ({error})."),
        N_("The service's log says more; correct the cause and start it again."),
        error=name,
    )


_RESTORE: dict[str, Callable[[Any], Any]] = {
    "dict": lambda pairs: {_restored(key): _restored(item) for key, item in pairs},
    "tuple": lambda items: tuple(_restored(item) for item in items),
    "decimal": Decimal,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "refusal": _refusal,
    "crash": _crash,
}
