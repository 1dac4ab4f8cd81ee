"""``kaoheng rules``: what a policy wants, whether a file is right, whether its cases hold."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict

import click

from admin.cli import history, library, publishing, rule_tree, rulebook, simulating, workbooks
from admin.cli.output import formatted, language, plain_fault, printed, say
from admin.cli.rule_files import policy_path, text_of
from engine.canonical import digest
from engine.cases import load_cases, run_cases
from engine.compile import compile_policy
from engine.coverage import Coverage, coverage
from engine.errors import N_, Fault, KaohengError
from engine.facts import columns
from engine.lint import findings
from engine.policies import load
from engine.reader import read
from engine.version import Version
from workflows.base.i18n import render


@click.group()
def rules() -> None:
    """Policies 考核方案: their facts, their errors, their cases."""


@rules.command()
@click.argument("policy")
@printed("column", "type", "unit", "required", "default", "meaning")
def facts(policy: str) -> list[dict[str, object]]:
    """List the columns of facts that POLICY (a name, a file or a folder) wants."""
    return [
        {
            "column": each.name,
            "type": each.type,
            "unit": each.unit,
            "required": each.required,
            "default": each.default,
            "meaning": getattr(each.title, language()),
        }
        for each in columns(version_of(policy))
    ]


@rules.command()
@click.argument("file")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--strict", is_flag=True, help="Exit 1 where there is a warning.")
def check(file: str, as_json: bool, strict: bool) -> None:
    """Check a policy FILE: every fault and every warning with its line, or the version's digest."""
    path = policy_path(file)
    text = text_of(path)
    try:
        policy = load(text, str(path))
    except KaohengError as error:
        if as_json:
            _print_json({"errors": list(map(plain_fault, error.faults)), "warnings": []})
            sys.exit(1)
        raise
    warnings = findings(policy, read(text, str(path)))
    if as_json:
        _print_json({"errors": [], "warnings": list(map(plain_fault, warnings))})
    else:
        say(
            N_("{policy}: no fault. Version {digest}."), policy=policy.policy, digest=digest(policy)
        )
        _print_faults(N_("Warnings: {count}"), warnings)
    if strict and warnings:
        sys.exit(1)


@rules.command("test")
@click.argument("policy")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="Print what differs as CSV.")
def test_(policy: str, as_json: bool, as_csv: bool) -> None:
    """Run the cases beside POLICY: what differs, and what no case reaches. Exit 1: it differs."""
    path = policy_path(policy)
    text, cases_path = text_of(path), path.with_name("cases.yaml")
    read_policy = load(text, str(path))
    cases = load_cases(text_of(cases_path), str(cases_path))
    rows = [asdict(each) for each in run_cases(compile_policy(read_policy), cases)]
    if as_csv:
        click.echo(formatted(rows, _DIFFERS, as_csv=True), nl=False)
    else:
        found = coverage(read_policy, cases, read(text, str(path)))
        _print_tested(rows, len(cases), found, as_json)
    if rows:
        sys.exit(1)


_DIFFERS = ("case", "line", "person", "name", "expected", "found")


def _print_tested(
    rows: list[dict[str, object]], count: int, found: Coverage, as_json: bool
) -> None:
    if as_json:
        unreached = list(map(plain_fault, found.unreached))
        _print_json(
            {
                "cases": count,
                "differences": rows,
                "coverage": {
                    "branches": found.branches,
                    "reached": found.reached,
                    "unreached": unreached,
                },
            }
        )
        return
    if rows:
        click.echo(formatted(rows, _DIFFERS), nl=False)
    else:
        say(N_("{count} cases hold."), count=count)
    say(
        N_("Coverage: {reached} of {branches} rows, grades, rules and conditions."),
        reached=found.reached,
        branches=found.branches,
    )
    _print_faults(N_("No case reaches: {count}"), found.unreached)


def _print_faults(heading: str, faults: Sequence[Fault]) -> None:
    if faults:
        say(heading, count=len(faults))
    for each in faults:
        click.echo(render(each, language()))


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def version_of(policy: str) -> Version:
    """Load and compile a policy given by name, file or folder."""
    path = policy_path(policy)
    return compile_policy(load(text_of(path), str(path)))


_GROUPS = (rulebook, publishing, history, rule_tree, workbooks, simulating, library)

for command in (command for group in _GROUPS for command in group.commands):
    rules.add_command(command)

commands = [rules]
