"""What stands at the top of a report, whatever its format."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from core.parties.models import Language
from core.reports.columns import COLUMNS, Column
from core.reports.kinds import ReportKind
from core.reports.periods import Period


@dataclass(frozen=True, kw_only=True, slots=True)
class Heading:
    kind: ReportKind
    period: Period
    made_at: dt.datetime
    language: Language = Language.ENGLISH

    @property
    def columns(self) -> Sequence[Column]:
        return COLUMNS[self.kind]
