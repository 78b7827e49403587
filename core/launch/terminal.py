"""What the person at the terminal sees: each line with the name of the process that wrote it."""

import os
import sys
from pathlib import Path
from typing import TextIO

_COLORS = ("36", "33", "32", "35", "34", "96", "93", "92")
_BOLD = "1"


class Terminal:
    def __init__(self, names: tuple[str, ...], *, stream: TextIO = sys.stdout) -> None:
        self.stream = stream
        self.is_gone = False
        self.width = max(len(name) for name in names)
        in_color = stream.isatty()
        self.colors = (
            {name: _COLORS[place % len(_COLORS)] for place, name in enumerate(names)} if in_color else {}
        )

    def line(self, name: str, text: str) -> None:
        """One line of a process."""
        prefix = f"{name.ljust(self.width)} |"
        if color := self.colors.get(name):
            prefix = f"\x1b[{color}m{prefix}\x1b[0m"
        self._write(f"{prefix} {text}")

    def say(self, text: str) -> None:
        """A line of our own."""
        self._write(f"\x1b[{_BOLD}m{text}\x1b[0m" if self.colors else text)

    def _write(self, text: str) -> None:
        try:
            self.stream.write(text + "\n")
            self.stream.flush()
        except OSError:
            # The window was closed, or the program that read us has ended. Nobody is told anything from here on.
            self.is_gone = True
            with Path(os.devnull).open("w") as nowhere:
                os.dup2(nowhere.fileno(), self.stream.fileno())
