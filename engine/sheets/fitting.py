"""What fits where: in a cell, in a line, in one text between commas."""

from __future__ import annotations

from engine.model import Bilingual
from engine.reader import Node
from engine.sheets import layout
from engine.sheets.parts import SEPARATORS, text
from engine.sheets.shapes import Leaf, Listed, Record, Shape

EDGES = ("from", "above", "to", "below")  # the words of a table's rows


def is_name(shape: Shape) -> bool:
    return isinstance(shape, Record) and shape.makes == Bilingual.__name__


def is_leaf(shape: Shape) -> bool:
    return isinstance(shape, Leaf) or (isinstance(shape, Listed) and isinstance(shape.item, Leaf))


def is_plain(shape: Shape) -> bool:
    """Say whether a shape fits in the cells of one line."""
    return is_leaf(shape) or is_name(shape)


def is_flat(of: Record) -> bool:
    """Say whether a record fits in a line: few parts, each a cell; tiers use two of seven."""
    rows = {part.key for part in of.parts} >= set(EDGES) and not of.part("labels")
    return all(is_plain(part.shape) for part in of.parts) and (
        rows or len(of.parts) <= layout.MOST_COLUMNS
    )


def is_text(node: Node) -> bool:
    return node.entries is None and node.items is None


def is_words(node: Node) -> bool:
    """Say whether a list can be put in as words between commas."""
    return is_text(node) or all(
        is_text(each) and not set(text(each)) & set(SEPARATORS) for each in node.items or [node]
    )
