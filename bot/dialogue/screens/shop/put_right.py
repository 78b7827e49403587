"""Puts a payment right that was told already: another sum, another payee, or that it failed."""

from __future__ import annotations

import datetime as dt
import re

from bot.dialogue.machine import InputKind, Outcome, Step, Turn
from bot.dialogue.reading.line_numbers import plain_digits, unit_named
from bot.dialogue.reading.payees import find_payee, without_words, words_of_names
from bot.dialogue.reading.words import is_said, mentions, plain_words
from bot.dialogue.screens.shop import begun, taken_back
from bot.dialogue.screens.shop.begun import Said
from bot.dialogue.screens.shop.claiming import note_or_ask
from bot.dialogue.screens.shop.payments import is_own_order, sum_in, sum_meant
from bot.dialogue.screens.shop.whom_paid import NOT_WHOM, names_of_those_who_billed
from core.credit import queries as credit
from core.credit.models import PaymentClaim
from core.intake.acts.reader import read_acts
from core.intake.acts.types import Act, ActKind
from core.messaging import service as messaging
from core.money import Money, rupees
from core.parties import queries as parties

# How long after a payment was told a bare name still says whom it went to.
_SOON = dt.timedelta(days=1)
_LONGEST_PAYEE = 8
_SUMS = re.compile(r"(?<![\w.,])\d[\d,]*(?:\.\d{1,2})?(?![\w])")


def names_payee(turn: Turn) -> bool:
    """Only the name of a wholesaler, and words such as "hoina … lai ho", soon after a payment was told."""
    is_unread = any(_may_name(act) for act in turn.acts)
    if not is_unread or len(turn.text.split()) > _LONGEST_PAYEE or "?" in turn.text:
        return False
    return _newest_told(turn) is not None and _payee_said(turn) is not None


def _may_name(act: Act) -> bool:
    """Whether a name may be in it that no rule explains; "sunil lai 400 nai ho" reads like goods that are denied."""
    return bool(act.left) or act.is_guess or (act.kind is ActKind.ORDER and act.is_denied)


def _payee_said(turn: Turn) -> Said | None:
    """The payee that the text names, with the sum beside it, if any: "sunil lai 400 nai ho"."""
    words = NOT_WHOM.sub(" ", turn.text)
    names = names_of_those_who_billed(turn)
    if mentions(turn.text, "mistaken") and find_payee(words_of_names(words, names), names) is None:
        names = parties.names_of_vendors(turn.session)
    said = words_of_names(words, names)
    payee = find_payee(said, names)
    if payee is None:
        return None
    rest = without_words(words, said)
    amount = sum_meant(rest) or sum_in(rest)
    if amount is not None:
        return {"payee": payee, "amount_minor": amount.minor}
    return {"payee": payee} if all(map(_says_nothing_else, read_acts(rest, role=turn.role))) else None


def _says_nothing_else(act: Act) -> bool:
    if act.kind is ActKind.PAY:
        return act.amount is None and act.reference is None and not act.left and not act.is_denied
    return act.kind in (ActKind.YES, ActKind.NO) or (act.kind is ActKind.UNREAD and not act.left)


def claim_of_payee(turn: Turn) -> Outcome:
    """Put right whom the newest payment went to; that wholesaler is asked, and the one before is told."""
    newest, payee = _newest_told(turn), _payee_said(turn)
    if newest is None or payee is None:
        raise AssertionError("matched without a payment or a payee")
    said = {**_told(newest), **payee}
    return note_or_ask(turn, said, rest=begun.all_of(turn), corrects=newest.id)


def says_sum_was(turn: Turn) -> bool:
    """Another sum and nothing else right after a payment was noted: "25000 matra ho", "450 ho"."""
    amount = sum_meant(turn.text) if turn.input.kind is InputKind.TEXT else None
    newest = _newest_told(turn) if amount is not None else None
    if newest is None or amount is None or amount.minor == newest.amount_minor:
        return False
    if messaging.has_turned_since(turn.session, turn.conversation_id, newest.claimed_at):
        return False
    return not any(is_own_order(turn, number) for act in turn.acts for number in act.orders)


def put_told_sum_right(turn: Turn) -> Outcome:
    """Put the sum of the newest payment right."""
    newest, amount = _newest_told(turn), sum_meant(turn.text)
    if newest is None or amount is None:
        raise AssertionError("matched without a payment or a sum")
    return note_or_ask(
        turn, {**_told(newest), "amount_minor": amount.minor}, rest=begun.all_of(turn), corrects=newest.id
    )


def says_which_sum(turn: Turn) -> bool:
    """Two sums, one of an open payment, and that it was a mistake: "hoina 6000 ho hai, maile bhuldai 5500 bhane"."""
    return turn.input.kind is InputKind.TEXT and _sum_put_right(turn) is not None


def put_that_sum_right(turn: Turn) -> Outcome:
    """Replace the open payment by one of the other sum."""
    found = _sum_put_right(turn)
    if found is None:
        raise AssertionError("matched without a payment or a sum")
    told, amount = found
    said = {**_told(told), "amount_minor": amount.minor}
    return note_or_ask(turn, said, rest=begun.all_of(turn), corrects=told.id)


def _sum_put_right(turn: Turn) -> tuple[PaymentClaim, Money] | None:
    if not mentions(turn.text, "mistaken") or any(unit_named(word) for word in turn.text.split()):
        return None
    sums = [rupees(number.replace(",", "")) for number in _SUMS.findall(plain_digits(turn.text))]
    if len(sums) != 2 or "?" in turn.text:
        return None
    opened = credit.open_claims_of_retailer(turn.session, turn.retailer_id)
    told = [one for one in opened if Money(one.amount_minor) in sums]
    if len(told) != 1 or sums[0] == sums[1]:
        return None
    return told[0], next(one for one in sums if one.minor != told[0].amount_minor)


def says_it_failed(turn: Turn) -> bool:
    """That a payment which was told of didn't go through: "esewa gayena", "actually the bank sent it back"."""
    if turn.input.kind is not InputKind.TEXT or any(unit_named(word) for word in turn.text.split()):
        return False
    names_money = any(act.kind is ActKind.PAY for act in turn.acts) or mentions(turn.text, "of_payment")
    failed = mentions(turn.text, "payment_failed") or (names_money and mentions(turn.text, "went_back"))
    return failed and not any(act.amount for act in turn.acts) and _newest_told(turn) is not None


def ask_whether_it_failed(turn: Turn) -> Outcome:
    """Ask whether the payment is taken back: an open claim may still be confirmed."""
    return taken_back.ask_whether(turn)


def takes_back_in_words(turn: Turn) -> bool:
    """A yes with "take it out" to the question whether a payment is taken back: "ho hatau"."""
    asked = max(turn.prompts, key=lambda prompt: prompt.id, default=None)
    words = plain_words(turn.text).split() if turn.input.kind is InputKind.TEXT else []
    if asked is None or asked.kind != taken_back.TAKE_BACK or not asked.facts.get("yes"):
        return False
    return bool(words) and all(is_said(word, "take_it_back") for word in words)


def take_that_back(turn: Turn) -> Outcome:
    """Take back the payment that was asked about."""
    asked = max(turn.prompts, key=lambda prompt: prompt.id)
    return taken_back.answer_take_back(turn, asked, asked.facts["yes"])


def _newest_told(turn: Turn) -> PaymentClaim | None:
    opened = credit.open_claims_of_retailer(turn.session, turn.retailer_id)
    told = [one for one in opened if turn.now - one.claimed_at <= _SOON]
    return max(told, key=lambda one: one.id, default=None)


def _told(claim: PaymentClaim) -> Said:
    return {
        "amount_minor": claim.amount_minor,
        "method": claim.method.value,
        "reference": claim.reference,
        "payee": claim.named_vendor_id,
    }


STEPS: tuple[Step, ...] = (
    Step(name="payee_named", matches=names_payee, handler=claim_of_payee),
    Step(name="paid_which_sum", matches=says_which_sum, handler=put_that_sum_right),
    Step(name="payment_failed", matches=says_it_failed, handler=ask_whether_it_failed),
    Step(name="take_back_yes", matches=takes_back_in_words, handler=take_that_back),
    Step(name="paid_sum_was", matches=says_sum_was, handler=put_told_sum_right),
)
