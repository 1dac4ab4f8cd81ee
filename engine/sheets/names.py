"""The names that a policy defines, with what they mean: what a reference is picked from."""

from __future__ import annotations

from collections.abc import Iterator

from engine.checking.following import TOLD
from engine.checking.stages import ESCALATIONS
from engine.checking.workflow import MOVERS, REQUIREMENTS
from engine.errors import N_
from engine.following import GONE, PAST
from engine.model import Bilingual
from engine.reader import Node, Tree
from engine.sheets.parts import Option, child, entries, named, text
from engine.sheets.words import ESCALATED_TO, GRANTS, MOVED_BY, ROLES
from engine.sheets.words import REQUIREMENTS as NEEDS
from engine.sheets.words import TOLD as TOLD_WORDS
from engine.stages import NAMES
from engine.telling import terms
from engine.telling.terms import term

# Sections whose entries have a name that others use.
SECTIONS = ("measures", "inputs", "constants", "targets", "dimensions", "kpis", "steps", "rules")
FIGURES = ("measures", "inputs", "constants", "targets", "steps")
OF_KPI = ("attainment", "points", "actual", "target")


def known(tree: Tree) -> dict[str, tuple[Option, ...]]:
    """Return the names by where they are defined: sections, and what is made of several."""
    root = tree.root
    found = {section: tuple(_entries(root, section)) for section in SECTIONS}
    found["labels"] = tuple(
        Option(str(code), named(node, code))
        for code, node in entries(root, "inputs")
        if text(child(node, "unit")) == "label"
    )
    found["groups"] = (
        Option("all", term(N_("everybody"))),
        Option("team", term(N_("the team"))),
        *found["labels"],
    )
    found["grades"] = tuple(
        Option(text(child(node, "grade")), named(node, code))
        for code, node in entries(root, "grades")
    )
    found["stages"] = tuple(_stages(child(root, "workflow")))
    transitions = child(child(root, "workflow"), "transitions")
    found["transitions"] = tuple(
        Option(str(code), named(node, code))
        for code, (_, node) in ((transitions and transitions.entries) or {}).items()
    )
    found["escalations"] = tuple(Option(each, term(ESCALATED_TO[each])) for each in ESCALATIONS)
    found["movers"] = tuple(Option(each, term(MOVED_BY[each])) for each in MOVERS)
    found["requirements"] = tuple(Option(each, term(NEEDS[each])) for each in REQUIREMENTS)
    found["told"] = tuple(Option(each, term(TOLD_WORDS[each])) for each in TOLD)
    found["roles"] = tuple(Option(each, term(ROLES[each])) for each in ROLES)
    found["grants"] = tuple(Option(each, term(GRANTS[each])) for each in GRANTS)
    records = dict.fromkeys(text(child(node, "records")) for _, node in entries(root, "measures"))
    found["records"] = tuple(Option(each, terms.given(each)) for each in records if each)
    found["values"] = tuple(_values(root, found))
    return found


def _stages(workflow: Node | None) -> Iterator[Option]:
    """Give the stages by their own names, else usual ones, else as the file has them."""
    stages, details = child(workflow, "stages"), child(workflow, "details")
    for each in (stages and stages.items) or ():
        code = text(each)
        own = child(details, code)
        usual = NAMES.get(code) or terms.given(code)
        yield Option(code, named(own, code) if own and child(own, "name") else usual)


def _entries(root: Node, section: str) -> Iterator[Option]:
    yield from (Option(str(code), named(node, code)) for code, node in entries(root, section))


def _values(root: Node, found: dict[str, tuple[Option, ...]]) -> Iterator[Option]:
    """Give what a formula may name."""
    yield Option("total", terms.part("total"))
    yield Option("grade", terms.part("grade"))
    yield Option("coefficient", terms.part("coefficient"))
    for code, node in entries(root, "kpis"):
        name = named(node, code)
        for part in OF_KPI:
            word = _WORDS[part]
            meaning = Bilingual(f"{name.zh}：{word.zh}", f"{name.en}: {word.en}")
            yield Option(f"{code}.{part}", meaning)
        reached = _WORDS["attainment"]
        of_team = Bilingual(f"团队{name.zh}：{reached.zh}", f"team: {name.en}: {reached.en}")
        yield Option(f"team.{code}.attainment", of_team)
    for section in FIGURES:
        yield from found[section]
    for code, node in entries(root, "rules"):
        then = child(node, "then")
        for action in (then and then.items) or ():
            if conclusion := text(child(action, "conclude")):
                yield Option(conclusion, named(node, code))
    for section in ("measures", "targets"):
        for each in found[section]:
            assert isinstance(each.meaning, Bilingual)
            meaning = Bilingual(f"团队{each.meaning.zh}", f"team: {each.meaning.en}")
            yield Option(f"team.{each.value}", meaning)
    yield Option("team.size", term(N_("people in the team")))
    yield from (Option(each.name, each.title) for each in (GONE, *PAST))


_WORDS = {
    "attainment": Bilingual("达成率", "attainment"),
    "points": Bilingual("得分", "points"),
    "actual": Bilingual("完成值", "actual"),
    "target": Bilingual("目标值", "target"),
}
