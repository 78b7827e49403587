"""The parts of an XLSX workbook that matter here: sheets, shared texts, number formats, cells. Nothing is computed.

Only the local names of elements count, so that the transitional and the strict form of the standard read alike
(ECMA-376, part 1, chapters 8 and 18).
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from typing import IO, TYPE_CHECKING, Any, Final
from xml.parsers import expat

from core.exchange.cells import LONGEST_TEXT
from core.exchange.errors import FileTooLarge

if TYPE_CHECKING:
    from core.exchange.workbook import Wanted

MOST_PARTS: Final = 500
MOST_SHEETS: Final = 50
MOST_TEXTS: Final = 500_000
MOST_TEXT_BYTES: Final = 32_000_000
# One letter more than any column takes: what is longer is still too long when it is cut.
KEPT_OF_A_TEXT: Final = LONGEST_TEXT + 1
MOST_ROWS_OF_A_LOOK: Final = 40
_BITE: Final = 65_536
_LONGEST_NUMBER: Final = 40
_WHOLE: Final = re.compile(r"-?\d+", re.ASCII)
_REFERENCE: Final = re.compile(r"([A-Z]{1,3})(\d{1,10})")

# Chapter 18.8.30. Only what changes the meaning of a number: dates and times by number, the rest by their code.
_BUILTIN: Final[Mapping[int, str]] = {
    0: "General",
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    37: "#,##0",
    38: "#,##0",
    39: "#,##0.00",
    40: "#,##0.00",
    48: "##0.0E+0",
    49: "@",
}
_BUILTIN_DATES: Final = frozenset({*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)})
# Formats under which a number reads as its plain digits.
_PLAIN: Final = frozenset({"General", "general", "@", "0", "#"})
_NOT_A_FORMAT_LETTER: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.')
_DATE_LETTERS: Final = re.compile(r"[dmyhs]", re.IGNORECASE)

Line = dict[str, Any] | list[Any]


class _DeclarationRefused(Exception):
    """A document type declaration can define entities that grow without end; no spreadsheet writes one."""


def read(packed: IO[bytes], wanted: Wanted) -> Iterator[Line]:
    """Lines as `workbook` describes them. Raises FileTooLarge, and anything at all for what is no workbook."""
    with zipfile.ZipFile(packed) as archive:
        _look_before_unpacking(archive, wanted)
        workbook = _target(_relations(archive, ""), "officeDocument")
        relations = _relations(archive, workbook)
        sheets = _sheets(archive, workbook, relations)
        yield {"sheets": list(sheets)}
        texts = _texts(archive, _part(archive, workbook, relations, "sharedStrings"))
        formats = _formats(archive, _part(archive, workbook, relations, "styles"))
        most = MOST_ROWS_OF_A_LOOK if wanted.all_sheets else wanted.most_rows + 2
        for name in _chosen(sheets, wanted):
            yield {"sheet": name}
            for count, row in enumerate(_rows(archive, sheets[name], texts, formats, wanted), start=1):
                yield row
                if count == most:
                    break


def _look_before_unpacking(archive: zipfile.ZipFile, wanted: Wanted) -> None:
    entries = archive.infolist()
    if len(entries) > MOST_PARTS:
        raise FileTooLarge(most_parts=MOST_PARTS)
    # Unpacking stops at the size that is written here, so a lie about it does no harm.
    if sum(entry.file_size for entry in entries) > wanted.most_unpacked:
        raise FileTooLarge(most_bytes=wanted.most_unpacked)


def _chosen(sheets: Mapping[str, str], wanted: Wanted) -> list[str]:
    if wanted.all_sheets:
        return list(sheets)
    named = [name for name in sheets if name.casefold() == (wanted.sheet or "").casefold()]
    return named or list(sheets)[:1]


def _relations(archive: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """Kind and path of what a part refers to, by the id of the relation."""
    folder, name = posixpath.split(part)
    path = posixpath.join(folder, "_rels", f"{name}.rels")
    found: dict[str, tuple[str, str]] = {}

    def start(tag: str, facts: Mapping[str, str]) -> None:
        if tag == "Relationship" and facts.get("TargetMode") != "External":
            target = facts["Target"]
            where = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            found[facts["Id"]] = (facts["Type"].rsplit("/", 1)[-1], posixpath.normpath(where))

    _parse(archive, path, start=start)
    return found


def _target(relations: Mapping[str, tuple[str, str]], kind: str) -> str:
    return next((path for its_kind, path in relations.values() if its_kind == kind), "")


def _part(
    archive: zipfile.ZipFile, workbook: str, relations: Mapping[str, tuple[str, str]], kind: str
) -> str:
    """The path of a part; some programs leave out the relation, and it lies in its usual place. "" where there is none."""
    usual = posixpath.join(posixpath.dirname(workbook), f"{kind}.xml")
    return _target(relations, kind) or (usual if usual in archive.namelist() else "")


def _sheets(
    archive: zipfile.ZipFile, workbook: str, relations: Mapping[str, tuple[str, str]]
) -> dict[str, str]:
    """The path of each sheet, by its name, in the order of the tabs."""
    sheets: dict[str, str] = {}

    def start(tag: str, facts: Mapping[str, str]) -> None:
        if tag == "sheet":
            kind, path = relations[facts["id"]]
            if kind == "worksheet":
                sheets[facts["name"]] = path

    _parse(archive, workbook, start=start)
    if not sheets:
        raise ValueError("a workbook without a sheet")
    if len(sheets) > MOST_SHEETS:
        raise FileTooLarge(most_sheets=MOST_SHEETS)
    return sheets


def _texts(archive: zipfile.ZipFile, path: str) -> list[str]:
    """Shared texts by number. Hints for pronunciation are no part of the text."""
    if not path:
        return []
    texts: list[str] = []
    parts: list[str] = []
    inside: list[str] = []
    size = 0

    def start(tag: str, _facts: Mapping[str, str]) -> None:
        inside.append(tag)

    def end(tag: str) -> None:
        nonlocal size
        inside.pop()
        if tag == "si":
            said = "".join(parts)
            texts.append(said[:KEPT_OF_A_TEXT])
            size += len(said)
            parts.clear()
            if len(texts) > MOST_TEXTS or size > MOST_TEXT_BYTES:
                raise FileTooLarge(most_texts=MOST_TEXTS)

    def text(said: str) -> None:
        if inside and inside[-1] == "t" and "rPh" not in inside:
            parts.append(said)

    _parse(archive, path, start=start, end=end, text=text)
    return texts


def _formats(archive: zipfile.ZipFile, path: str) -> list[str | None]:
    """By the number of a style: None for a date, "" where a number reads as its digits, else the format's code."""
    if not path:
        return []
    codes: dict[int, str] = dict(_BUILTIN)
    styles: list[int] = []
    inside: list[str] = []

    def start(tag: str, facts: Mapping[str, str]) -> None:
        if tag == "numFmt":
            codes[int(facts["numFmtId"])] = facts["formatCode"]
        elif tag == "xf" and inside and inside[-1] == "cellXfs":
            styles.append(int(facts.get("numFmtId", "0")))
        inside.append(tag)

    def end(_tag: str) -> None:
        inside.pop()

    _parse(archive, path, start=start, end=end)
    return [_format(number, codes) for number in styles]


def _format(number: int, codes: Mapping[int, str]) -> str | None:
    if number in _BUILTIN_DATES:
        return None
    code = codes.get(number, "General")
    bare = _NOT_A_FORMAT_LETTER.sub("", code.split(";", 1)[0])
    if _DATE_LETTERS.search(bare.replace("General", "")):
        return None
    return "" if code in _PLAIN else code


def _rows(
    archive: zipfile.ZipFile, path: str, texts: list[str], formats: list[str | None], wanted: Wanted
) -> Iterator[list[Any]]:
    """Rows that say something, as `[number, [cells]]`; one column more than is wanted tells that there are too many."""
    reader = _SheetReader(texts, formats, wanted.most_columns + 1)
    with archive.open(path) as part:
        parser = _parser(reader.start, reader.end, reader.text)
        while bite := part.read(_BITE):
            try:
                parser.Parse(bite, False)  # noqa: FBT003 - expat's own form
            except Exception as odd:
                odd.row = reader.row_number + 1  # type: ignore[attr-defined]
                raise
            yield from reader.take()
        parser.Parse(b"", True)  # noqa: FBT003
        yield from reader.take()


class _SheetReader:
    """Collects the rows of one sheet while expat walks through it."""

    def __init__(self, texts: list[str], formats: list[str | None], most_columns: int) -> None:
        self._texts = texts
        self._formats = formats
        self._most_columns = most_columns
        self._rows: list[list[Any]] = []
        self.row_number = 0
        self._cells: dict[int, Any] = {}
        self._column = 0
        self._facts: Mapping[str, str] = {}
        self._inside: list[str] = []
        self._parts: list[str] = []
        self._has_formula = False

    def take(self) -> list[list[Any]]:
        rows, self._rows = self._rows, []
        return rows

    def start(self, tag: str, facts: Mapping[str, str]) -> None:
        self._inside.append(tag)
        if tag == "row":
            self.row_number = int(facts.get("r", self.row_number + 1))
            self._cells, self._column = {}, 0
        elif tag == "c":
            place = _REFERENCE.fullmatch(facts.get("r", ""))
            self._column = _number_of(place[1]) if place else self._column + 1
            self._facts, self._parts, self._has_formula = facts, [], False
        elif tag == "f":
            self._has_formula = True

    def text(self, said: str) -> None:
        if self._inside[-1] == "v" or (self._inside[-1] == "t" and "rPh" not in self._inside):
            self._parts.append(said)

    def end(self, tag: str) -> None:
        self._inside.pop()
        if tag == "c" and self._column <= self._most_columns:
            value = self._value("".join(self._parts))
            if value is not None:
                self._cells[self._column] = value
        elif tag == "row" and self._cells:
            width = max(self._cells)
            self._rows.append([self.row_number, [self._cells.get(n) for n in range(1, width + 1)]])

    def _value(self, said: str) -> Any:
        kind = self._facts.get("t", "n")
        if not said:
            return _unreadable("formula_without_value") if self._has_formula and kind != "str" else None
        if kind == "s":
            if not said.isdecimal():
                raise ValueError("a shared text without a number")
            return self._texts[int(said)]
        if kind == "b":
            return said.strip() == "1"
        if kind in ("str", "inlineStr"):
            return said[:KEPT_OF_A_TEXT]
        if kind == "e":
            return _unreadable("formula_failed")
        if kind == "d":
            return _unreadable("cell_is_a_date")
        return self._number(said.strip())

    def _number(self, said: str) -> Any:
        if len(said) > _LONGEST_NUMBER:
            return _unreadable("number_malformed")
        style = int(self._facts.get("s", "0"))
        code = self._formats[style] if style < len(self._formats) else ""
        if code is None:
            return _unreadable("cell_is_a_date")
        number = int(said) if _WHOLE.fullmatch(said) else float(said)
        return {"number": number, "format": code} if code else number


def _unreadable(code: str) -> dict[str, str]:
    return {"code": code}


def _number_of(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _parse(
    archive: zipfile.ZipFile,
    path: str,
    *,
    start: Callable[[str, Mapping[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    parser = _parser(start, end, text)
    with archive.open(path) as part:
        while bite := part.read(_BITE):
            parser.Parse(bite, False)  # noqa: FBT003
    parser.Parse(b"", True)  # noqa: FBT003


def _parser(
    start: Callable[[str, Mapping[str, str]], None],
    end: Callable[[str], None] | None,
    text: Callable[[str], None] | None,
) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse_declaration(*_facts: object) -> None:
        raise _DeclarationRefused

    def start_local(tag: str, facts: dict[str, str]) -> None:
        start(_local(tag), {_local(name): value for name, value in facts.items()})

    parser.StartDoctypeDeclHandler = refuse_declaration
    parser.StartElementHandler = start_local
    if end:
        parser.EndElementHandler = lambda tag: end(_local(tag))
    if text:
        parser.CharacterDataHandler = text
    return parser


def _local(name: str) -> str:
    return name.rsplit(":", 1)[-1]
