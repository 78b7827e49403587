"""Rows of a table, written with pipes or tabs, as rows of a list: "| 1 | coke | 2 | carton |" becomes "coke - 2 carton"."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

CELLS = re.compile(r"[|\t]")
NUMBER_CELL = re.compile(r"\d[\d.,/]*$")
RULE = re.compile(r"(?=.*[|\t])[\s|:+-]*-[\s|:+-]*$")  # "--- | ---" under a heading
AMOUNT_CELL = re.compile(r"(?:\d[\d.,/]*\s*[^\W\d]{0,10}|[^\W\d]{1,10}\s*\d[\d.,/]*)$")


@cache
def _words_of_headings() -> Mapping[str, frozenset[str]]:
    table = tomllib.loads((files("core.intake.language.words") / "headings.toml").read_text("utf-8"))
    return {role: frozenset(words) for role, words in table.items()}


def without_tables(text: str) -> str:
    """Write the rows of tables as rows of a list; everything else stays as it is."""
    if "|" not in text and "\t" not in text:
        return text
    lines = [row for row in text.split("\n") if not RULE.match(row)]
    rows = [[cell.strip() for cell in CELLS.split(row)] for row in lines]
    cells = [[cell for cell in row if cell] for row in rows]
    roles: list[str] = []
    written: list[str] = []
    counted = 0
    for raw, row in zip(lines, cells, strict=True):
        if len(row) < 2:
            written.append(raw)
            continue
        if not roles and (found := _headings(row)):
            roles = found
            continue
        counted += 1
        written.append(_row(raw, _without_number(row, roles, counted), roles))
    return "\n".join(written)


def _headings(row: list[str]) -> list[str]:
    """Give the role of each column if this row names them."""
    roles = [_role_of(cell.lower()) for cell in row]
    return roles if all(roles) else []


def _role_of(heading: str) -> str:
    words = {heading, heading.rstrip(":.")}
    return next((role for role, known in _words_of_headings().items() if words & known), "")


def _without_number(row: list[str], roles: list[str], counted: int) -> list[str]:
    numbered = len(row) > 2 and row[0].rstrip(".)") == str(counted) and not AMOUNT_CELL.match(row[1])
    if roles and roles[0] != "number":
        numbered = False
    return ["", *row[1:]] if numbered else row


def _row(raw: str, row: list[str], roles: list[str]) -> str:
    if len(roles) != len(row) and not _is_columns(row):
        return raw
    said = ""
    before = ""
    for place, cell in enumerate(row):
        role = roles[place] if len(roles) == len(row) else ""
        if not cell or role in ("sum", "number"):
            continue
        shown = f"rs {cell}" if role == "price" and NUMBER_CELL.match(cell) else cell
        said += (" " if NUMBER_CELL.match(before) or not said else " - ") + shown
        before = shown
    return said.strip()


def _is_columns(row: list[str]) -> bool:
    """Say whether the cells of a row are one thing's columns, not several things ("coke 2 | fanta 3")."""
    amounts = [bool(AMOUNT_CELL.match(cell)) for cell in row if cell]
    return any(amounts) and not all(amounts)
