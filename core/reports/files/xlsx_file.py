"""A report as a workbook: typed cells, headings that stay in view, and totals below."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import IO, Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from core.reports.columns import Column
from core.reports.files.cells import cell
from core.reports.files.heading import Heading
from core.reports.headings import words
from core.reports.kinds import CellKind
from core.reports.queries import Value
from core.reports.totals import Totals

_FORMATS: Final = {
    # Lakhs and crores, as everybody here writes them.
    CellKind.MONEY: "[>=10000000]##\\,##\\,##\\,##0.00;[>=100000]##\\,##\\,##0.00;##,##0.00",
    CellKind.NUMBER: "0.00",
    CellKind.SHARE: "0.00",
    CellKind.COUNT: "0",
}
_WIDTHS: Final = {CellKind.TEXT: 18, CellKind.MONEY: 16, CellKind.GOODS: 60}
_WIDTH: Final = 11
_BOLD: Final = Font(bold=True)
_WRAPPED: Final = Alignment(wrap_text=True, vertical="top")


def write_xlsx(file: IO[bytes], heading: Heading, rows: Iterable[Sequence[Value]]) -> None:
    said = words(heading.language)
    columns, totals = heading.columns, Totals(heading.columns)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(said["reports"][heading.kind][:31])
    sheet.freeze_panes = "E5"
    for place, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(place)].width = _WIDTHS.get(column.kind, _WIDTH)
    sheet.append([_styled(sheet, said["reports"][heading.kind], font=_BOLD)])
    sheet.append([f"{said['from']} {heading.period.start} {said['to']} {heading.period.end}"])
    sheet.append([said["amounts"]])
    sheet.append(
        [_styled(sheet, said["columns"][column.name], font=_BOLD, alignment=_WRAPPED) for column in columns]
    )
    for row in totals.count(rows):
        sheet.append([_typed(sheet, column, value) for column, value in zip(columns, row, strict=True)])
    sheet.append(
        [
            _styled(sheet, said["total"], font=_BOLD)
            if place == 0
            else _typed(sheet, column, totals.sums.get(column.name), font=_BOLD)
            for place, column in enumerate(columns)
        ]
    )
    book.save(file)
    book.close()


def _typed(sheet: Any, column: Column, value: Value, **style: Any) -> Any:
    shown = cell(column, value)
    number_format = _FORMATS.get(column.kind)
    if shown is None or (number_format is None and not style):
        return shown
    return _styled(sheet, shown, **({"number_format": number_format} if number_format else {}), **style)


def _styled(sheet: Any, value: Any, **style: Any) -> Any:
    made = WriteOnlyCell(sheet, value=value)
    for name, wanted in style.items():
        setattr(made, name, wanted)
    return made
