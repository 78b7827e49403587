"""What each Twilio error code means, as one table. An unknown code is never retried, and an operator is told."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.channels.types import Failure, Later, SendRefused, SendResult, Unknown


class Action(StrEnum):
    GIVE_UP = "give_up"  # this message will never go through as it is
    RETRY = "retry"  # not processed, or failed through no fault of ours
    WAIT_FOR_OPERATOR = "wait_for_operator"  # the account, the sender or a template is broken
    SETTLE = "settle"  # it may have been sent


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    action: Action
    failure: Failure
    retry_after_seconds: int = 0


def _give_up(failure: Failure) -> Rule:
    return Rule(action=Action.GIVE_UP, failure=failure)


def _retry(failure: Failure, *, after_seconds: int) -> Rule:
    return Rule(action=Action.RETRY, failure=failure, retry_after_seconds=after_seconds)


_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_OPERATOR: Final = Rule(action=Action.WAIT_FOR_OPERATOR, failure=Failure.CONFIG)
_SETTLE: Final = Rule(action=Action.SETTLE, failure=Failure.PROVIDER_FAULT)
_BUG: Final = _give_up(Failure.OUR_BUG)
_FAULT: Final = _retry(Failure.PROVIDER_FAULT, after_seconds=_MINUTE)
_UNRECOGNIZED: Final = _give_up(Failure.UNRECOGNIZED)

RULES: Final = {
    # the REST API itself
    20003: _OPERATOR,  # wrong credentials
    20404: _OPERATOR,  # no such account
    20429: _retry(Failure.BUSY, after_seconds=5),  # too many calls at once: never processed
    20500: _SETTLE,
    20503: _retry(Failure.BUSY, after_seconds=10),  # not processed
    # recipient
    21211: _give_up(Failure.BAD_RECIPIENT),
    21610: _give_up(Failure.OPTED_OUT),
    63003: _give_up(Failure.BAD_RECIPIENT),  # not on WhatsApp
    63014: _give_up(Failure.BLOCKED),
    63015: _give_up(Failure.NOT_IN_SANDBOX),
    63024: _give_up(Failure.BAD_RECIPIENT),  # an old client, or terms not accepted
    63033: _give_up(Failure.BLOCKED),
    # window and policy
    63005: _BUG,  # content rejected
    63006: _BUG,  # format
    63013: _BUG,  # policy: an empty variable, line breaks, runs of spaces
    63016: _give_up(Failure.WINDOW_CLOSED),
    63021: _BUG,  # invalid content
    63030: _BUG,  # unsupported parameter
    63032: _give_up(Failure.REJECTED),  # an experiment of Meta's
    63049: _give_up(Failure.REJECTED),  # Meta chose not to deliver marketing
    # content
    21617: _BUG,  # body too long
    21619: _BUG,  # empty body
    21620: _BUG,  # media URL
    21623: _BUG,
    21654: _BUG,  # content sid and variables
    21655: _BUG,
    21656: _BUG,
    92005: _BUG,
    92006: _BUG,
    92007: _BUG,
    63019: _give_up(Failure.MEDIA),
    63034: _give_up(Failure.MEDIA),
    63037: _give_up(Failure.MEDIA),
    # rates and queues
    21611: _retry(Failure.BUSY, after_seconds=15 * _MINUTE),
    30001: _retry(Failure.BUSY, after_seconds=15 * _MINUTE),
    63017: _retry(Failure.BUSY, after_seconds=5 * _MINUTE),
    63018: _retry(Failure.BUSY, after_seconds=6 * _HOUR),  # new conversations per 24 hours
    63119: _retry(Failure.BUSY, after_seconds=5 * _MINUTE),
    63038: _OPERATOR,  # the account's daily limit
    # faults inside Twilio or Meta
    30410: _FAULT,
    63009: _FAULT,
    63010: _FAULT,
    63012: _FAULT,
    # sender and templates
    63001: _OPERATOR,
    63007: _OPERATOR,  # `From` is not a sender of ours
    63008: _OPERATOR,
    63020: _OPERATOR,
    63027: _OPERATOR,  # template or language missing
    63028: _OPERATOR,  # parameter count
    63029: _OPERATOR,
    63040: _OPERATOR,  # template rejected or paused
    63041: _OPERATOR,
    63051: _OPERATOR,  # business account locked
}

# Refused before anything was sent, because of the stored content, not its text: plain text still works.
CONTENT_CODES: Final = frozenset({20404, 21654, 21655, 21656, 92005, 92006, 92007})
GONE_CODES: Final = frozenset({20404, 21655})  # the content no longer exists


def outcome(code: int | None, *, http_status: int = 400, detail: str = "") -> SendResult:
    """The result of a send that failed with *http_status*, or of a failed status callback (leave it out)."""
    rule = _rule(code, http_status=http_status)
    match rule.action:
        case Action.RETRY:
            return Later(code=code, failure=rule.failure, retry_after_seconds=rule.retry_after_seconds)
        case Action.SETTLE:
            return Unknown(reason=f"HTTP {http_status}, code {code}")
        case Action.GIVE_UP | Action.WAIT_FOR_OPERATOR:
            is_final = rule.action is Action.GIVE_UP
            return SendRefused(code=code, failure=rule.failure, permanent=is_final, detail=detail)


def _rule(code: int | None, *, http_status: int) -> Rule:
    """The rule for a code, or else for its HTTP status. A 5xx may have been processed, unless its code denies it."""
    known = RULES.get(code) if code is not None else None
    if http_status >= 500 or http_status == 408:
        return known if known is not None and known.failure is Failure.BUSY else _SETTLE
    if known is not None:
        return known
    if http_status == 429:
        return RULES[20429]
    if http_status in {401, 403}:
        return _OPERATOR
    return _UNRECOGNIZED
