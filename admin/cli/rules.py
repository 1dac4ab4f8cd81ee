"""``kaoheng rules``: what a policy wants, whether a file is right, whether its cases hold."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click

from admin.cli import rulebook
from admin.cli.output import formatted, language, printed, say
from admin.cli.rule_files import policy_path, text_of
from engine.canonical import digest
from engine.cases import load_cases, run_cases
from engine.compile import Version, compile_policy
from engine.errors import N_
from engine.facts import columns
from engine.policies import load


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
def check(file: str) -> None:
    """Check a policy FILE: every fault with its line, or the digest of the version."""
    path = policy_path(file)
    policy = load(text_of(path), str(path))
    say(N_("{policy}: no fault. Version {digest}."), policy=policy.policy, digest=digest(policy))


@rules.command("test")
@click.argument("policy")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
def test_(policy: str, as_json: bool, as_csv: bool) -> None:
    """Run the cases beside POLICY; print what differs and exit 1, where something does."""
    path = policy_path(policy)
    cases_path = path.with_name("cases.yaml")
    version = version_of(policy)
    cases = load_cases(text_of(cases_path), str(cases_path))
    rows = [asdict(each) for each in run_cases(version, cases)]
    if rows or as_json or as_csv:
        columns_ = ("case", "line", "person", "name", "expected", "found")
        click.echo(formatted(rows, columns_, as_json, as_csv), nl=False)
    else:
        say(N_("{count} cases hold."), count=len(cases))
    if rows:
        sys.exit(1)


def version_of(policy: str) -> Version:
    """Load and compile a policy given by name, file or folder."""
    path = policy_path(policy)
    return compile_policy(load(text_of(path), str(path)))


for command in rulebook.commands:
    rules.add_command(command)

commands = [rules]
