"""Files as answers: written whole before they are sent, so that no transaction waits for a slow client."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from typing import IO, Final

from flask import Response

CSV: Final = "text/csv"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF: Final = "application/pdf"
_IN_MEMORY: Final = 1_000_000
_PART: Final = 65_536


def attachment(write: Callable[[IO[bytes]], None], *, media_type: str, name: str) -> Response:
    """What *write* writes, to be saved under *name*."""
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed when it has been sent
    try:
        write(file)
    except BaseException:
        file.close()
        raise
    size = file.tell()
    file.seek(0)
    response = Response(_parts(file), mimetype=media_type)
    response.call_on_close(file.close)
    response.content_length = size
    saved_as(response, name)
    return response


def saved_as(response: Response, name: str) -> None:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'


def _parts(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while part := file.read(_PART):
            yield part
