"""Reads XLSX workbooks part by part: what is asked for, in a process of its own, within bounds of memory, time and size.

An XLSX is a packed directory of XML: a few kilobytes can unpack to anything and take minutes. The child looks at the
directory before it unpacks, parses one element at a time, and is ended when it passes its limits. It answers in lines of
JSON: `{"sheets": [...]}`, then for each sheet `{"sheet": name}` and its rows `[number, [cells]]`. Blank rows are left out.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import IO, Any, Final
from xml.parsers import expat

from core.config import PROJECT_ROOT
from core.exchange.cells import Cell, Formatted, Unreadable
from core.exchange.errors import FileNotUnderstood, FileTooLarge

CPU_SECONDS: Final = 10
# Longer than the processor time: the machine may be busy.
TIMEOUT_SECONDS: Final = 20
ANSWER_BYTES: Final = 256 * 2**20
_EXPAT_OUT_OF_MEMORY: Final = expat.errors.codes[expat.errors.XML_ERROR_NO_MEMORY]


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What to read and how much at most. The sheet of this name is read, else the first; with `all_sheets` the top of each."""

    sheet: str | None = None
    all_sheets: bool = False
    most_rows: int
    most_columns: int
    most_unpacked: int
    most_memory: int


Row = tuple[int, list[Cell]]


def read_workbook(file: IO[bytes], wanted: Wanted) -> Iterator[str | Row]:
    """The names of the sheets that are read, each before its rows. Raises FileNotUnderstood, FileTooLarge."""
    with tempfile.TemporaryFile() as answer:
        _run(file, wanted, answer)
        answer.seek(0)
        for line in answer:
            said = json.loads(line)
            if isinstance(said, list):
                yield said[0], [_cell(sent) for sent in said[1]]
            elif "sheet" in said:
                yield said["sheet"]
            elif "refused" in said:
                raise _refusal(said["refused"], said["facts"])


def _run(file: IO[bytes], wanted: Wanted, answer: IO[bytes]) -> None:
    with tempfile.TemporaryFile() as packed:
        while part := file.read(2**20):
            packed.write(part)
        packed.seek(0)
        try:
            ended = subprocess.run(
                [sys.executable, "-m", "core.exchange.workbook", json.dumps(asdict(wanted))],
                stdin=packed,
                stdout=answer,
                stderr=subprocess.DEVNULL,
                cwd=PROJECT_ROOT,
                env={"PYTHONPATH": str(PROJECT_ROOT)},
                timeout=TIMEOUT_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as slow:
            raise FileTooLarge(reason="takes_too_long", most_seconds=TIMEOUT_SECONDS) from slow
    if ended.returncode < 0:
        # Ended by the system: out of processor time, memory or room for the answer.
        raise FileTooLarge(reason="takes_too_long", most_seconds=CPU_SECONDS)
    if ended.returncode:
        raise FileNotUnderstood(reason="not_xlsx")


def _refusal(code: str, facts: dict[str, Any]) -> FileNotUnderstood | FileTooLarge:
    return FileTooLarge(**facts) if code == FileTooLarge.code else FileNotUnderstood(**facts)


def _cell(sent: Any) -> Cell:
    if not isinstance(sent, dict):
        known: Cell = sent
        return known
    if "format" in sent:
        return Formatted(sent["number"], sent["format"])
    return Unreadable(sent["code"])


def main() -> None:
    """The child: reads the file on standard input and answers on standard output."""
    wanted = Wanted(**json.loads(sys.argv[1]))
    resource.setrlimit(resource.RLIMIT_AS, (wanted.most_memory, wanted.most_memory))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (ANSWER_BYTES, ANSWER_BYTES))
    from core.exchange import ooxml

    with open(0, "rb", closefd=False) as packed:
        try:
            for line in ooxml.read(packed, wanted):
                sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
        except FileTooLarge as large:
            sys.stdout.write(json.dumps({"refused": large.code, "facts": large.facts}) + "\n")
        except Exception as odd:  # noqa: BLE001 - a broken workbook fails anywhere, with any error
            if isinstance(odd, MemoryError) or getattr(odd, "code", None) == _EXPAT_OUT_OF_MEMORY:
                refused, facts = FileTooLarge.code, {"reason": "takes_too_much_memory"}
            else:
                row = getattr(odd, "row", None)
                refused, facts = (
                    FileNotUnderstood.code,
                    {"reason": "not_xlsx"} | ({"row": row} if row else {}),
                )
            sys.stdout.write(json.dumps({"refused": refused, "facts": facts}) + "\n")


if __name__ == "__main__":
    main()
