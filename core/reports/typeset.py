"""Sets a page by a template of Typst, in a process of its own: Typst keeps what it has set, and would grow to a gigabyte."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, Any, Final

from core.config import PROJECT_ROOT
from core.reports.headings import TEMPLATES

_TIMEOUT_SECONDS: Final = 60


def typeset(template: str, data: dict[str, Any], file: IO[bytes]) -> None:
    """Write the PDF of `templates/reports/<template>.typ` with *data*, which JSON can carry."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "data.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        subprocess.run(
            [sys.executable, "-m", "core.reports.typst_process", str(TEMPLATES / f"{template}.typ"), folder],
            check=True,
            timeout=_TIMEOUT_SECONDS,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=PROJECT_ROOT,
        )
        file.write((place / "document.pdf").read_bytes())
