"""How a policy lies in a workbook: a sheet a section, a block a table, a row an entry.

Made from the form's fields and the text's tree alone, so that whatever the form learns to show
has its cells here. A field's path tells its place: the first collection on it (entries with
names, or a list) has the rows, a list further in is a block of its own, and what is left of the
path is the column.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.errors import N_
from engine.reader import Node, Path, Tree
from engine.sheets.editable import sheet
from engine.sheets.parts import Field, Grid, Group, Section, Sheet, child, dotted, named
from engine.telling import terms
from workflows.base.i18n import gettext
from workflows.base.said import said


@dataclass(frozen=True, slots=True)
class Row:
    """An entry, an item of a list, or one figure; ``cells`` has a field or None a column."""

    path: Path
    label: str
    cells: tuple[Field | None, ...]

    @property
    def key(self) -> str:
        """What the workbook's hidden column calls it."""
        return dotted(self.path)


@dataclass(frozen=True, slots=True)
class Block:
    """Rows under common columns; ``holder`` is the path of what holds them.

    ``coded`` rows have names of their own, ``grows`` says that rows may come and go. ``samples``
    has a field of each column, which tells how a new one is put in.
    """

    holder: Path
    title: str
    columns: tuple[tuple[Path, str], ...]
    samples: tuple[Field, ...]
    rows: tuple[Row, ...]
    coded: bool = False
    grows: bool = False

    @property
    def key(self) -> str:
        return dotted(self.holder)


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet of the workbook."""

    section: str
    title: str
    blocks: tuple[Block, ...]


def pages(tree: Tree, language: str) -> tuple[Page, ...]:
    """Return the sheets of a policy's text, in the order of its form."""
    form = sheet(tree)
    growing = _growing(form)
    placed = [(*_placed(tree.root, each.path), each) for each in form.fields]
    sections = dict.fromkeys(_section(holder) for holder, _, _, _ in placed)
    return tuple(
        Page(
            section,
            _title(section, language),
            tuple(_blocks(tree.root, inside, growing, language)),
        )
        for section in sections
        if (inside := [each for each in placed if _section(each[0]) == section])
    )


_Placed = tuple[Path, Path, Path, Field]  # what holds the row, the row, the column, the field
_NAMES: dict[str | int, str] = {"zh": N_("Name in Chinese"), "en": N_("Name in English")}
_ADDS = frozenset({"add", "enter"})
OWN = "policy"  # the section of what the policy says of itself


def _section(holder: Path) -> str:
    return str(holder[0]) if holder else OWN


def _placed(root: Node, path: Path) -> tuple[Path, Path, Path]:
    """Split a field's path into what holds its row, the row, and the column."""
    cut = _first_collection(root, path)
    if cut is None:  # one figure: a row of its own
        own = () if len(path) == 1 or path[0] == "name" else path[:1]
        return own, path, ()
    inner = next((n for n in range(cut + 1, len(path)) if isinstance(path[n], int)), None)
    if inner is not None and inner < len(path):
        return path[:inner], path[: inner + 1], path[inner + 1 :]
    return path[:cut], path[: cut + 1], path[cut + 1 :]


def _first_collection(root: Node, path: Path) -> int | None:
    """Return the place on ``path`` where the first list or set of named entries is opened."""
    node: Node | None = root
    for place, part in enumerate(path):
        if node is None:
            return None
        if place and (node.items is not None or _has_entries(node)):
            return place
        node = child(node, part)
    return None


def _has_entries(node: Node) -> bool:
    inner = [value for _, value in (node.entries or {}).values()]
    return bool(inner) and all(each.entries is not None for each in inner)


def _growing(form: Sheet) -> set[Path]:
    """Return the paths of what can take another row."""
    found: list[Section | Grid | Group] = list(form.sections)
    for part in form.sections:
        found += [each for each in part.walk() if not isinstance(each, Field)]
    return {each.path for each in found if not _ADDS.isdisjoint(each.ops)}


def _blocks(
    root: Node, placed: Iterable[_Placed], growing: set[Path], language: str
) -> Iterator[Block]:
    """Give the entries' own block first, then those of the tables in them."""
    by_holder: dict[Path, list[_Placed]] = {}
    for each in placed:
        by_holder.setdefault(each[0], []).append(each)
    for holder in sorted(by_holder, key=len):
        yield _block(root, holder, by_holder[holder], holder in growing, language)


def _block(root: Node, holder: Path, placed: list[_Placed], grows: bool, language: str) -> Block:
    samples: dict[Path, Field] = {}
    for _, _, column, field in sorted(placed, key=lambda each: each[2][:1] != ("name",)):
        samples.setdefault(column, field)
    columns = {column: _column(column, field, language) for column, field in samples.items()}
    by_row: dict[Path, dict[Path, Field]] = {}
    for _, path, column, field in placed:
        by_row.setdefault(path, {})[column] = field
    rows = tuple(
        _row(root, path, inside, tuple(columns), language) for path, inside in by_row.items()
    )
    node = _at(root, holder)
    is_list = node is not None and node.items is not None
    coded = bool(holder) and not is_list and bool(node and _has_entries(node))
    title = _block_title(root, holder, language)
    return Block(
        holder,
        title,
        tuple(columns.items()),
        tuple(samples.values()),
        rows,
        coded,
        grows and (coded or is_list),
    )


def _row(
    root: Node, path: Path, fields: dict[Path, Field], columns: tuple[Path, ...], language: str
) -> Row:
    cells = tuple(fields.get(column) for column in columns)
    if isinstance(path[-1], int) and len(path) > 2:
        return Row(path, str(path[-1] + 1), cells)
    if columns == ((),) and len(path) <= 2 and not _has_entries(_at(root, path[:1]) or root):
        return Row(path, said(next(iter(fields.values())).label, language), cells)
    return Row(path, said(named(_at(root, path), path[-1]), language), cells)


def _column(path: Path, field: Field, language: str) -> str:
    if not path:
        return gettext(N_("Value"), language)
    if path[0] == "name" and path[-1] in _NAMES:
        return gettext(_NAMES[path[-1]], language)
    outer = [said(_part(part), language) for part in path[:-1]]
    last = path[-1]
    has_own_name = len(path) > 1 and last not in terms.PARTS and last not in _NAMES
    return " · ".join([*outer, str(last) if has_own_name else said(field.label, language)])


def _part(part: str | int) -> terms.Term:
    if isinstance(part, int):
        return terms.given(str(part + 1))
    return terms.part(part) if part in terms.PARTS else terms.given(part)


def _block_title(root: Node, holder: Path, language: str) -> str:
    """Return whose table it is and which; nothing for a section's own block."""
    if len(holder) < 2:
        return ""
    whose = named(_at(root, holder[:2]), holder[1])
    words = [said(_part(part), language) for part in holder[2:]]
    return " · ".join([said(whose, language), *words])


def _title(section: str, language: str) -> str:
    if section in terms.SECTIONS:
        return said(terms.section(section), language)
    return said(_part(section), language)


def _at(root: Node, path: Path) -> Node | None:
    node: Node | None = root
    for part in path:
        node = child(node, part)
    return node
