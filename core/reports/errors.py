"""Why a report is refused."""

from __future__ import annotations

from core.errors import DomainError


class PeriodNotUnderstood(DomainError):
    """`period` is neither a Nepali fiscal year (2083/84) nor a month of the Bikram Sambat calendar (2083-05)."""

    code = "period_not_understood"


class PeriodTooLong(DomainError):
    """A report covers at most ten years."""

    code = "period_too_long"


class PeriodBackwards(DomainError):
    """The period ends before it begins."""

    code = "period_backwards"


class ReportTooLong(DomainError):
    """More rows than a PDF is made of; a spreadsheet has no such bound."""

    code = "report_too_long"


class LinkExpired(DomainError):
    """The link to a document was good for a day, and that has passed. Ask for the document again."""

    code = "link_expired"


class ReportNotReady(DomainError):
    """The report is still being written, or it failed: look at its status."""

    code = "report_not_ready"
