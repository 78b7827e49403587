"""What a look at one thing found, as a person reads it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """`bad` keeps people from getting answers; `warning` will do so one day, or in production."""

    GOOD = "ok"
    WARNING = "look"
    BAD = "WRONG"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    subject: str
    verdict: Verdict
    says: str
    remedy: str = ""


def good(subject: str, says: str) -> Finding:
    return Finding(subject=subject, verdict=Verdict.GOOD, says=says)


def warning(subject: str, says: str, remedy: str) -> Finding:
    return Finding(subject=subject, verdict=Verdict.WARNING, says=says, remedy=remedy)


def bad(subject: str, says: str, remedy: str) -> Finding:
    return Finding(subject=subject, verdict=Verdict.BAD, says=says, remedy=remedy)


def report(findings: Iterable[Finding]) -> list[str]:
    """A line for each finding, and the remedy under it."""
    lines = []
    for finding in findings:
        lines.append(f"{finding.verdict:<6}{finding.subject:<15}{finding.says}")
        if finding.remedy:
            lines.append(f"{'':<21}→ {finding.remedy}")
    return lines


def summary(findings: Iterable[Finding]) -> str:
    found = list(findings)
    wrong, doubtful = (
        dict.fromkeys(finding.subject for finding in found if finding.verdict is verdict)
        for verdict in (Verdict.BAD, Verdict.WARNING)
    )
    if wrong:
        return f"{', '.join(wrong)}: must be mended before people get answers."
    if doubtful:
        return f"It works. Look at: {', '.join(doubtful)}."
    return "Everything is as it should be."
