"""`python -m core.reports.typst_process TEMPLATE FOLDER` sets FOLDER/data.json as FOLDER/document.pdf, and ends."""

from __future__ import annotations

import os
import shutil
import sys
from importlib.resources import files
from pathlib import Path

import typst

_FONTS = files("fontpkg_noto_sans_devanagari") / "files"


def main(template: str, folder: str) -> None:
    # Who waits for a short answer goes first.
    os.nice(10)
    # Typst reads only below its root, so the template comes to the data.
    copied = shutil.copy(template, folder)
    typst.compile(
        copied,
        output=str(Path(folder) / "document.pdf"),
        root=folder,
        font_paths=[str(_FONTS)],
        ignore_system_fonts=True,
        # Tags make a file of a thousand rows eight times as large.
        pdf_tags=False,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
