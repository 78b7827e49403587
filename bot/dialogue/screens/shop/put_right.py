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
from core.credit.kinds import ClaimStatus
from core.credit.models import PaymentClaim
from core.intake.acts.chunks import read_chunks
from core.intake.acts.reader import read_acts
from core.intake.acts.types import Act, ActKind
from core.messaging import service as messaging
from core.money import Money, rupees, total
from core.parties import queries as parties

# How long after a payment was told a bare name still says whom it went to.
_SOON = dt.timedelta(days=1)
# How long after it was booked a shop may say that a payment is wrong.
_MAY_BE_WRONG = dt.timedelta(days=30)
# "20000 ma 18000 matra gayo, 2000 katyo"
_MOST_SUMS = 3
_SMALLEST_SUM = rupees(100)
_LONGEST_PAYEE = 8
_SUMS = re.compile(r"(?<![\w.,])\d[\d,]*(?:\.\d{1,2})?(?![\w])")


def names_payee(turn: Turn) -> bool:
    """Only the name of a wholesaler, and words such as "hoina … lai ho", soon after a payment was told."""
    is_unread = any(_may_name(turn, act) for act in turn.acts)
    if not is_unread or len(turn.text.split()) > _LONGEST_PAYEE or "?" in turn.text:
        return False
    return _newest_told(turn) is not None and _payee_said(turn) is not None


def _may_name(turn: Turn, act: Act) -> bool:
    """Whether a name may be in it that no rule explains; "sunil lai 400 nai ho" reads like goods that nobody knows."""
    is_of_goods = act.kind is ActKind.ORDER and (act.is_denied or not turn.reading.lines)
    return bool(act.left) or act.is_guess or is_of_goods


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
    """The sum of a payment that was told, and what it was instead: "hoina 6000 ho hai, maile bhuldai 5500 bhane"."""
    return turn.input.kind is InputKind.TEXT and _sum_put_right(turn) is not None


def put_that_sum_right(turn: Turn) -> Outcome:
    """Replace the open payment by one of the other sum; one that is booked goes to a person."""
    found = _sum_put_right(turn)
    if found is None:
        raise AssertionError("matched without a payment or a sum")
    told, amount = found
    if told.status is not ClaimStatus.OPEN:
        return taken_back.tell_booked(turn, told)
    said = {**_told(told), "amount_minor": amount.minor}
    return note_or_ask(turn, said, rest=begun.all_of(turn), corrects=told.id)


def _sum_put_right(turn: Turn) -> tuple[PaymentClaim, Money] | None:
    """The payment, and its right sum: the other one said, or the first of two that make it up ("18000 only, 2000 was cut")."""
    sums = _sums_of(turn)
    is_less = mentions(turn.text, "only") or mentions(turn.text, "taken_off")
    if not (is_less or mentions(turn.text, "mistaken")) or not 1 < len(sums) <= _MOST_SUMS:
        return None
    told = [one for one in _told_lately(turn) if Money(one.amount_minor) in sums]
    others = [one for one in sums if not told or one.minor != told[0].amount_minor]
    if len(told) == 1 and (len(others) == 1 or total(others).minor == told[0].amount_minor):
        return told[0], others[0]
    whole = [one for one in _told_lately(turn) if one.amount_minor == total(sums).minor]
    return (whole[0], sums[0]) if is_less and not told and len(whole) == 1 else None


def _sums_of(turn: Turn) -> list[Money]:
    """The different sums in a text that counts no goods and asks nothing."""
    if "?" in turn.text or any(unit_named(word) for word in turn.text.split()):
        return []
    found = [rupees(number.replace(",", "")) for number in _SUMS.findall(plain_digits(turn.text))]
    return list(dict.fromkeys(one for one in found if one >= _SMALLEST_SUM))


def _told_lately(turn: Turn) -> list[PaymentClaim]:
    """What waits for an answer, and what was booked lately."""
    booked = credit.confirmed_claims_of_retailer(
        turn.session, turn.retailer_id, since=turn.now - _MAY_BE_WRONG
    )
    return [*credit.open_claims_of_retailer(turn.session, turn.retailer_id), *booked]


def denies_begun(turn: Turn) -> bool:
    """That a payment wasn't made of which something is still asked: "nahi nahi 700 nahi kiya abhi"."""
    return turn.input.kind is InputKind.TEXT and _begun_denied(turn) is not None


def leave_begun(turn: Turn) -> Outcome:
    return taken_back.not_paid(turn, _begun_denied(turn))


def _begun_denied(turn: Turn) -> Said | None:
    sums = _sums_of(turn)
    says_no = any(act.kind is ActKind.NO and act.moves for act in turn.acts)
    if len(sums) != 1 or not (
        says_no or all(act.kind is ActKind.UNREAD and not act.left for act in turn.acts)
    ):
        return None
    chunks = read_chunks(turn.text)
    denials = sum(chunk.has("mood.neg") for chunk in chunks)
    # "Hoina 700 ho" says the sum again.
    is_denied = denials > 1 or any(sense.endswith(".not") for chunk in chunks for sense in chunk.senses)
    return begun.of_sum(turn, sums[0]) if is_denied else None


def denies_told(turn: Turn) -> bool:
    """That a payment which was told wasn't made: "500 tireko bhaneko galti ho", "i didn't pay the 500, wrong message"."""
    return turn.input.kind is InputKind.TEXT and _denied(turn) is not None


def take_denied_back(turn: Turn) -> Outcome:
    """Ask whether the payment is taken back; one that is booked goes to a person."""
    denied = _denied(turn)
    if denied is None:
        raise AssertionError("matched without a payment")
    if denied.status is not ClaimStatus.OPEN:
        return taken_back.tell_booked(turn, denied)
    return taken_back.ask_about(turn, denied)


def _denied(turn: Turn) -> PaymentClaim | None:
    sums = _sums_of(turn)
    is_told_anew = any(act.kind in (ActKind.PAY, ActKind.CORRECT_PAYMENT) and act.moves for act in turn.acts)
    if len(sums) != 1 or is_told_anew or any(act.kind is ActKind.TAKE_BACK_PAYMENT for act in turn.acts):
        return None
    denies = any(act.kind is ActKind.PAY and act.is_denied for act in turn.acts)
    is_of_payment = (
        denies or any(act.kind is ActKind.PAY for act in turn.acts) or mentions(turn.text, "of_payment")
    )
    if not denies and not (is_of_payment and mentions(turn.text, "own_mistake")):
        return None
    told = [one for one in _told_lately(turn) if Money(one.amount_minor) == sums[0]]
    return told[0] if told and begun.of_sum(turn, sums[0]) is None else None


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
    Step(name="begun_denied", matches=denies_begun, handler=leave_begun),
    Step(name="payment_denied", matches=denies_told, handler=take_denied_back),
    Step(name="payment_failed", matches=says_it_failed, handler=ask_whether_it_failed),
    Step(name="take_back_yes", matches=takes_back_in_words, handler=take_that_back),
    Step(name="paid_sum_was", matches=says_sum_was, handler=put_told_sum_right),
)
