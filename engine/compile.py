"""A policy → a version that can be evaluated: every definition as columns, in an order that works.

Definitions may be written in any order. They are compiled once each, along their references;
what depends on a rule's conclusion is a later layer than the rule, so that evaluation
alternates columns → decisions → columns as often as the policy asks for.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from graphlib import CycleError

import polars as pl

from engine.canonical import digest
from engine.columns.values import Label
from engine.compiling.compilation import Compilation, compile_definition
from engine.compiling.layers import layers
from engine.compiling.references import needs, ordered, settled_first
from engine.definitions import (
    Definition,
)
from engine.errors import N_, Fault, KaohengError, Place
from engine.facts import SCENARIO, FactColumn, wanted
from engine.forms.scorecard import definitions
from engine.forms.shared import placed_formulas
from engine.language.wording import names
from engine.model import Policy
from engine.reader import Path
from engine.schema.said import Said, unknown_name
from engine.text import MAX_FAULTS
from engine.version import Version

KEPT_FITS = 8
# Checking a file compiles it, and whoever reads one wants it compiled next.
KEPT_VERSIONS = 4

_LATEST: OrderedDict[tuple[Policy, bool], Version] = OrderedDict()


def compile_policy(
    policy: Policy, *, scenarios: bool = False, written: Sequence[Definition] | None = None
) -> Version:
    """Compile; raise KaohengError (without places: the text is not here) for what is wrong.

    With ``scenarios`` facts have a column ``scenario`` more: the same people may then come
    once in each, and teams, pools and ranks stay within it. ``written`` are definitions in place
    of the policy's own, such as these and more that somebody wants to see.
    """
    version, problems = compile_checked(policy, scenarios=scenarios, written=written)
    if version is None:
        raise KaohengError(
            [
                Fault(
                    said.code,
                    str(said),
                    said.remedy,
                    said.params,
                    Place(path=".".join(map(str, path))),
                )
                for path, said in problems
            ]
        )
    return version


def compile_checked(
    policy: Policy,
    *,
    scenarios: bool = False,
    written: Sequence[Definition] | None = None,
    facts: Sequence[FactColumn] | None = None,
) -> tuple[Version | None, list[tuple[Path, Said]]]:
    """Compile and return the version, or None and every problem with its path in the file.

    ``facts`` are the columns that ``written`` definitions are made of, in place of the policy's.
    """
    found = _LATEST.get((policy, scenarios))
    if found is not None and written is None:
        return found, []
    own = wanted(policy) if facts is None else facts
    columns = (*((SCENARIO,) if scenarios else ()), *own)
    if written is not None:
        return _compiled(policy, settled_first(list(written)), columns)
    found, problems = _compiled(policy, settled_first(definitions(policy)), columns)
    if found is not None:
        _LATEST[policy, scenarios] = found
        while len(_LATEST) > KEPT_VERSIONS:
            _LATEST.popitem(last=False)
    return found, problems


def refitted(version: Version, facts: tuple[FactColumn, ...]) -> Version:
    """Return the version for facts within narrower bounds: the same values, on shorter numbers.

    Everything is exact, so bounds decide how wide a column is and never what is in it.
    """
    found = version.fits.get(facts)
    if found is None:
        found, problems = _compiled(
            version.policy, list(version.definitions), facts, version.digest
        )
        assert found is not None, problems
        version.fits[facts] = found
        while len(version.fits) > KEPT_FITS:
            version.fits.popitem(last=False)
    return found


def _compiled(
    policy: Policy, written: list[Definition], facts: tuple[FactColumn, ...], name: str = ""
) -> tuple[Version | None, list[tuple[Path, Said]]]:
    partition = tuple(fact.name for fact in facts if fact.name == SCENARIO.name)
    work = Compilation(policy, partition=partition)
    work.scope.update({fact.name: fact.value() for fact in facts})
    work.awaited.update({fact.name: (pl.col(fact.name).is_null(),) for fact in facts if fact.waits})
    work.bad.update({each.name for each in written} & set(work.scope))
    work.needs.update({each.name: needs(each) for each in written})
    _check_names(work, written)
    order = _ordered(work, written)
    for each in order:
        compile_definition(work, each)
    if work.problems or work.bad:  # a name given twice is bad, and told of by the checks
        return None, work.problems
    done = {each.name for each in order if each.measured}
    measured = layers(work, [each for each in order if each.measured], set())
    granted = layers(work, [each for each in order if not each.measured], done)
    version = Version(
        policy,
        name or digest(policy),
        facts,
        tuple(written),
        measured,
        granted,
        work.shown,
        frozenset(work.across),
    )
    return version, []


def _check_names(work: Compilation, written: list[Definition]) -> None:
    everything = work.needs.keys() | work.scope.keys()
    labels = [each for each in work.scope.values() if isinstance(each, Label)]
    options = {word for label in labels for word in label.options}
    options |= {"grade", *(grade.code for grade in work.policy.grades)}
    known = everything | options
    for each in written:
        for path, formula in placed_formulas(each):
            for name in names(formula):
                if name.name not in known:
                    work.bad.add(each.name)
                    if len(work.problems) < MAX_FAULTS:
                        work.problems.append((path, unknown_name(name.name, everything, name)))


def _ordered(work: Compilation, written: list[Definition]) -> list[Definition]:
    try:
        return ordered(written, work.needs)
    except CycleError as error:
        circle = error.args[1]
        path = next(each.path for each in written if each.name == circle[0])
        said = Said(
            "rules.circle",
            N_("These define each other in a circle: {circle}."),
            N_("Take one of the references out."),
            circle=" → ".join(circle),
        )
        work.problems.append((path, said))
        return []
