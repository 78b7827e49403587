"""What a message does: acts, the mood they are said in, what they are about, and how certain they are.

A message is read once, into acts, for both roles. The dialogue matches acts and never words:

    for act in read_acts(turn.text, role=turn.role):
        if act.kind is ActKind.DISPATCH and act.moves: ...

The one rule of use: a step that moves money, goods or a promise runs only on an act whose `moves` is true. Everything
else is answered with what was understood and the tap that would do it. Steps that only show something look at `kind`
and at `is_denied`; their mood is usually `ASKED`.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from core.intake.reading import Unit
from core.money import Money


class ActKind(StrEnum):
    """What is done. Each role has its own acts and shares the last group."""

    # A shop: its list and its orders.
    ORDER = "order"  # goods; `text` goes to the order reader as it stands
    EDIT = (
        "edit"  # a change of the list as shown ("line 2: 5", "chini hatau"); `text` goes to the order reader
    )
    REORDER = "reorder"  # the same as before
    PLACE = "place"  # the yes to the list, with `terms` if they were named ("hunxa udharo ma pathaidinu")
    LATER = "later"  # "no money now", "bholi herchu": nothing is refused, ordered or paid by it
    TOO_DEAR = "too_dear"  # "mahango bhayo", "kina badhyo": denied, it is not taken at that price
    SHOW_BASKET = "show_basket"
    CLEAR = "clear"  # empty the list
    CANCEL = "cancel"  # a placed order (`orders`), or whatever is open
    CHANGE = "change"  # open a placed order again as a list
    STATUS = "status"  # where is it, when does it come
    RECEIVED = "received"  # the goods are here
    SHORT = "short"  # goods are missing; both roles
    DAMAGED = "damaged"  # goods are broken, spoilt, expired or the wrong ones; both roles
    PAY = "pay"  # "I paid": a claim when it moves
    PROMISE = "promise"  # "I will pay tomorrow": never a claim
    CORRECT_PAYMENT = (
        "correct_payment"  # "hoina 6000 ho", "ref is not A1 but A2": the open claim is put right
    )
    TAKE_BACK_PAYMENT = (
        "take_back_payment"  # "payment hatau": the open claim is withdrawn, by `amount` or `reference`
    )
    WALLET_LOAD = "wallet_load"  # a pasted message about a load of one's own wallet: no payment
    PAY_HOW = "pay_how"  # "esewa kun number ma pathaune?"
    BALANCE = "balance"
    STATEMENT = "statement"
    APPEAL = "appeal"  # the score, or a block, isn't right
    INVOICE = "invoice"  # a bill is asked for, by `orders` or `invoices`
    ASK_PRICE = "ask_price"
    ASK_STOCK = "ask_stock"
    ASK_CODE = "ask_code"  # the delivery code again; a wholesaler's: the shop doesn't have it
    ASK_ABOUT = "ask_about"  # something known of us and the trade: see `topic`

    # A wholesaler: what it is offered, promises, sends and sells.
    ACCEPT = "accept"
    PART = "part"  # a part of an offer, or of a parcel on delivery: see `amounts`
    DECLINE = "decline"  # of an offer; of a promised parcel it means the promise is taken back
    ETA = "eta"  # nothing but a time: "1025 aaune somabar matra"
    DISPATCH = "dispatch"
    DELIVER = "deliver"  # by `codes`; a code alone is this act
    CASH = "cash"  # cash on delivery: see `share` and `amount`
    WITHDRAW = "withdraw"
    RETURNED = "returned"  # the whole parcel came back
    OFFERS = "offers"  # what is open?
    PARCELS = "parcels"  # what is to be packed, what is on the way?
    PRICE = "price"  # `goods` cost `number`
    STOCK = "stock"  # `goods` are `number` in stock
    NUMBER = "number"  # goods and a number, and no word for price or stock: to be asked
    SOLD_OUT = "sold_out"
    BACK = "back"  # available again
    CLOSED = "closed"  # for a day; see `when`
    OPEN = "open"
    HOURS = "hours"  # opening hours; see `hours`
    CONFIRM_PAYMENT = "confirm_payment"
    REJECT_PAYMENT = "reject_payment"
    CHEQUE_BOUNCED = "cheque_bounced"  # a cheque came back from the bank; admins put the debt back
    CLAIMS = "claims"  # which payments wait for my word?
    SCORECARD = "scorecard"  # both roles: a wholesaler's reliability, a shop's credit score
    WHY_NOT = "why_not"  # why did this order (`orders`), or the last one, go to another?
    SETTLEMENT = "settlement"
    WHO_OWES = "who_owes"
    LINK = "link"  # the link or the QR by which new shops join
    ASK_ADDRESS = "ask_address"  # of the shop of a promised parcel (`orders`)

    # Everybody.
    YES = "yes"  # nothing but yes forms; with `orders`, `lines` or `is_all` the yes names what it is about
    NO = "no"
    CHOICE = "choice"  # nothing but the numbers of a list: `lines`
    THANKS = "thanks"
    GREETING = "greeting"
    CHAT = "chat"  # "kasto cha", "dashain ko subhakamana"
    HELP = "help"
    PERSON = "person"  # wants to talk to somebody
    COMPLAINT = "complaint"  # anger, or a complaint about us or about a bill
    STOP = "stop"
    START = "start"
    LANGUAGE = "language"  # `language` is None when it is asked which
    SWITCH_PARTY = "switch_party"
    CODE = "code"  # a shop types a delivery code, or an order's number stands alone: see `codes`, `orders`
    UNREAD = "unread"  # what no act explains, by its `text`


class Mood(StrEnum):
    """How it is said. Only the first two move anything."""

    DONE = "done"  # has happened: "pathaye", "delivered", "tireko ho"
    NOW = "now"  # commanded, or done by saying it: "accept 1025", "pathaidinus", "ok"
    DENIED = "denied"  # "bhayena", "not dispatched", "nagarnus"
    ASKED = "asked"  # "did you mean dispatch 1001?", "cash ho?"
    WISHED = "wished"  # "I want to pay"
    DUE = "due"  # still to be done: "tirna baki cha", "dinu parcha"
    FUTURE = "future"  # "bholi garchu", "will pay"
    CONDITIONAL = "conditional"  # "aayo bhane", "if it comes"
    REPORTED = "reported"  # "pathayo re", "he said he paid"


class CashShare(StrEnum):
    FULL = "full"
    PART = "part"
    LESS = "less"  # the amount is what is missing of it: "500 kam diyo", "500 baki"
    NONE = "none"


class OnTerms(StrEnum):
    CREDIT = "credit"
    CASH = "cash"


class Why(StrEnum):
    """A reason as far as the usual ones go; the words themselves are in `Act.text`."""

    NO_STOCK = "no_stock"
    PRICE = "price"
    TOO_FAR = "too_far"
    CLOSED = "closed"
    BROKEN = "broken"
    SPOILT = "spoilt"
    EXPIRED = "expired"
    WRONG = "wrong"


class Topic(StrEnum):
    """What a shop asks about beside its goods and orders."""

    FEE = "fee"  # what delivery costs
    MINIMUM = "minimum"  # the least that may be ordered
    DISCOUNT = "discount"
    MORE_CREDIT = "more_credit"
    WHY_BLOCKED = "why_blocked"
    PAYMENT = "payment"  # has my money arrived?
    CONTACT = "contact"  # the number of a driver or a wholesaler
    OPENING = "opening"
    RETURNS = "returns"


class DayPart(StrEnum):
    MORNING = "morning"
    NOON = "noon"
    EVENING = "evening"
    NIGHT = "night"


@dataclass(frozen=True, kw_only=True, slots=True)
class When:
    """A day and a time as said; `bot.dialogue.reading.days.promised_at` makes an instant of it.

    `days` counts from today (0 today, 1 tomorrow), `weekday` is 0 for Monday, `date` is a date that was written out
    (Bikram Sambat dates are converted), `within` is a span from now ("in 2 hours").
    """

    said: str
    days: int | None = None
    weekday: int | None = None
    date: dt.date | None = None
    time: dt.time | None = None
    part: DayPart | None = None
    within: dt.timedelta | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LineAmount:
    """How much of one line: by its `line` number as printed, by `name`, or (neither) of the only line there is.

    `count` counts `unit`. A `count` of None is the whole line ("3 cha"), 0 is none of it ("2 chaina").
    `is_less` counts what is missing, not what is there ("2 pkt kam").
    """

    line: int | None = None
    name: str = ""
    count: Decimal | None = None
    unit: Unit | None = None
    is_less: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """One thing that a message does. Facts that were not said are None or empty; none is ever guessed."""

    kind: ActKind
    mood: Mood
    # False when a word, a number's tail or a second meaning is left over inside the act.
    is_certain: bool
    # The words of this act: `text` is the message from `start` up to `end`.
    text: str
    start: int
    end: int
    orders: tuple[str, ...] = ()  # order numbers in plain digits without "KH-" and zeros in front: "1042"
    codes: tuple[str, ...] = ()  # delivery codes: five digits that begin with 0
    invoices: tuple[str, ...] = ()  # "2083/84-00006"
    is_all: bool = False  # "sabai", "all"
    lines: tuple[int, ...] = ()  # numbers of a printed list
    amounts: tuple[LineAmount, ...] = ()
    goods: str = ""  # words that may name goods, for the order reader to settle
    number: Decimal | None = None  # of a price (before VAT unless `with_vat`) or of a stock
    unit: Unit | None = None
    with_vat: bool = False
    amount: Money | None = None
    corrected: Money | None = None  # the amount that a correction denies
    names_method: bool = (
        False  # of a correction: the method says which payment is meant ("tyo khalti wala 3500 ho")
    )
    method: str | None = None  # as in core.credit.kinds.PaymentMethod, or "connectips", "imepay"
    reference: str | None = None
    paid_on: dt.date | None = None
    terms: OnTerms | None = None
    share: CashShare | None = None
    when: When | None = None
    is_button: bool = False  # the words of the button "लिन्छु": a future that takes the offer as it stands
    is_only: bool = False  # of a closed day: no other is
    hours: tuple[dt.time, dt.time] | None = None
    reason: Why | None = None
    language: str | None = None  # "en" or "ne"
    topic: Topic | None = None
    as_file: bool = False  # of a statement: as a PDF, to keep or to print
    is_credit_note: bool = False  # of a bill: what was taken off it
    left: tuple[str, ...] = ()  # words inside the act that nothing explained
    is_guess: bool = False  # no rule read it: the second opinion on the whole message

    @property
    def moves(self) -> bool:
        """Say whether money, goods or a promise may move on this act: done or commanded now, and certain."""
        return self.is_certain and self.mood in (Mood.DONE, Mood.NOW)

    @property
    def is_denied(self) -> bool:
        return self.mood is Mood.DENIED


# Acts that move money, goods or a promise when they are carried out.
MOVING = frozenset({
    ActKind.PLACE, ActKind.CLEAR, ActKind.CANCEL, ActKind.CHANGE, ActKind.RECEIVED, ActKind.SHORT, ActKind.DAMAGED, ActKind.PAY,
    ActKind.CORRECT_PAYMENT, ActKind.TAKE_BACK_PAYMENT, ActKind.ACCEPT, ActKind.PART, ActKind.DECLINE, ActKind.ETA, ActKind.DISPATCH, ActKind.DELIVER, ActKind.CASH,
    ActKind.WITHDRAW, ActKind.RETURNED, ActKind.PRICE, ActKind.STOCK, ActKind.SOLD_OUT, ActKind.BACK, ActKind.CLOSED, ActKind.OPEN,
    ActKind.HOURS, ActKind.CONFIRM_PAYMENT, ActKind.REJECT_PAYMENT, ActKind.YES,
})  # fmt: skip
