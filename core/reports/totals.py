"""What the rows of a report come to, counted as they pass by: every format shows these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from core.reports.columns import Column
from core.reports.queries import Value


@dataclass(slots=True)
class Totals:
    columns: Sequence[Column]
    rows: int = 0
    sums: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sums = {column.name: 0 for column in self.columns if column.has_total}

    def count(self, rows: Iterable[Sequence[Value]]) -> Iterator[Sequence[Value]]:
        """Give *rows* on, counted."""
        summed = [(place, column.name) for place, column in enumerate(self.columns) if column.has_total]
        for row in rows:
            self.rows += 1
            for place, name in summed:
                value = row[place]
                if isinstance(value, int):
                    self.sums[name] += value
            yield row
