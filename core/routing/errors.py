"""What routing refuses, with the facts that let a chat be polite about it."""

from __future__ import annotations

from core.errors import DomainError


class OfferNotOpen(DomainError):
    """The offer was already answered or ended; `status` says how. Nothing was changed."""

    code = "offer_not_open"


class OfferExpired(DomainError):
    """The deadline has passed, whether or not the offer was closed yet."""

    code = "offer_expired"


class AnswerRefused(DomainError):
    """The quantities are not an answer to this offer: `reason` is unknown_line, more_than_asked or nothing_taken."""

    code = "answer_refused"


class OverrideRefused(DomainError):
    """This vendor cannot be asked even by an admin: `reason` is not_approved, inactive, no_stock or pair_limit_full."""

    code = "override_refused"


class ReasonMissing(DomainError):
    """Whoever overrides must say why."""

    code = "reason_missing"


class WeightsRefused(DomainError):
    """A replay takes the five known weights, none negative and not all zero."""

    code = "weights_refused"


class TooManyDecisions(DomainError):
    """So many decisions, or vendors in them, are not replayed at once: ask for fewer days."""

    code = "too_many_decisions"
