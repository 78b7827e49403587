"""Reads the Procfile: which processes make up Khaacho, and how each is started."""

import re
from pathlib import Path

_LINE = re.compile(r"(?P<name>[A-Za-z0-9_-]+):\s*(?P<command>\S.*)")


class ProcfileError(Exception):
    """A line of the Procfile is neither `name: command`, nor a comment, nor empty."""


def parse_procfile(path: Path) -> dict[str, str]:
    """The command of each process, in the order of the file. Commands are for a shell."""
    commands: dict[str, str] = {}
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        match = _LINE.fullmatch(text)
        if match is None or match["name"] in commands:
            raise ProcfileError(f"{path.name}, line {number}: {text}")
        commands[match["name"]] = match["command"]
    return commands
