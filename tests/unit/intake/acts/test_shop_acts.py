"""What a shop writes, read into acts."""

import datetime as dt

import pytest

from core.intake.acts.reader import read_acts
from core.intake.acts.types import Act, ActKind, Mood, OnTerms, Why
from core.intake.reading import Role
from core.money import Money, rupees


def acts(message: str) -> tuple[Act, ...]:
    return read_acts(message, role=Role.RETAILER)


def kinds(message: str) -> list[str]:
    return [act.kind.value for act in acts(message)]


@pytest.mark.parametrize(
    ("message", "terms"),
    [
        ("hunxa udharo ma pathaidinu", OnTerms.CREDIT), ("udharo ma pathaidinu", OnTerms.CREDIT), ("udharo ma", OnTerms.CREDIT), ("हुन्छ उधारो", OnTerms.CREDIT),
        ("udhaaro ma", OnTerms.CREDIT), ("order it on credit", OnTerms.CREDIT), ("ok go ahead, place it on credit", OnTerms.CREDIT), ("hunxa pathau", None),
        ("ok pathaideu", None), ("पठाइदिनुस्", None), ("yes please send", None), ("nagad ma pathaunus", OnTerms.CASH), ("cash", OnTerms.CASH), ("cash on delivery please", OnTerms.CASH),
        ("la huncha udharo", OnTerms.CREDIT), ("yes, on credit", OnTerms.CREDIT), ("credit ma pathaidinus hai dai", OnTerms.CREDIT), ("नगदमा पठाउनुस्", OnTerms.CASH),
    ],
)  # fmt: skip
def test_a_yes_with_its_terms_places_the_list_in_any_order_of_words(
    message: str, terms: OnTerms | None
) -> None:
    (act,) = acts(message)

    assert (act.kind, act.terms, act.moves) == (ActKind.PLACE, terms, True)


@pytest.mark.parametrize(
    "message",
    [
        "yes 👍",
        "la la huncha",
        "ok done",
        "YES!!!",
        "*yes*",
        "ho",
        "हुन्छ",
        "hunxa",
        "thik cha",
        "👍",
        "ठिक छ",
        "haan ji",
        "ok sir",
    ],
)
def test_several_yes_forms_are_a_yes(message: str) -> None:
    assert [(act.kind, act.moves) for act in acts(message)] == [(ActKind.YES, True)]


@pytest.mark.parametrize(
    ("message", "kind", "mood"),
    [
        ("1001 not received", ActKind.RECEIVED, Mood.DENIED), ("I will pay 5000 cash tomorrow", ActKind.PROMISE, Mood.FUTURE),
        ("5000 cash tirna baki cha", ActKind.PROMISE, Mood.DUE), ("1000 esewa ref AB12 tireko chaina", ActKind.PAY, Mood.DENIED),
        ("cash ma kati parcha", ActKind.PLACE, Mood.ASKED),
    ],
)  # fmt: skip
def test_what_is_denied_planned_or_asked_is_understood_and_moves_nothing(
    message: str, kind: ActKind, mood: Mood
) -> None:
    (act,) = acts(message)

    assert (act.kind, act.mood, act.moves) == (kind, mood, False)


@pytest.mark.parametrize(
    ("message", "amount", "method", "reference"),
    [
        ("450.00 sent by khalti on 21-Nov-2026, code KT77Z1", "450", "khalti", "KT77Z1"), ("5k esewa", "5000", "esewa", None),
        ("5k esewa gare ref 8A7F3K", "5000", "esewa", "8A7F3K"), ("paid 1000 esewa", "1000", "esewa", None), ("paid 1500 esewa ref frx 991", "1500", "esewa", "FRX991"),
        ("tireko ho bank transfer 20000 TXN8891", "20000", "bank_transfer", "TXN8891"), ("paid 500 esewa ref:TXN8891", "500", "esewa", "TXN8891"),
        ("paid 500 esewa txn 8891", "500", "esewa", "8891"), ("paid 500 bank REF8891", "500", "bank_transfer", "8891"), ("esewa 500 diye utr8891", "500", "esewa", "UTR8891"),
        ("paid 5000 esewa 24-Nov-2026 ref AB12", "5000", "esewa", "AB12"), ("200 rupaye cash diya", "200", "cash", None), ("5 hajar esewa gare", "5000", "esewa", None),
        ("cheque no 123456 of Rs 5000 given", "5000", "cheque", "123456"), ("5000 ko cheque diye number 123456", "5000", "cheque", "123456"),
        ("i gave a cheque of 12,000, number 445566, nabil bank", "12000", "cheque", "445566"), ("paid 1.5 lakh bank transfer ref 77AB", "150000", "bank_transfer", "77AB"),
        ("khalti transaction of 1500.00 on 12-Oct-2026 was successful. Txn ID KHT9911AA", "1500", "khalti", "KHT9911AA"),
        ("Dear customer, your A/C ###1234 has been debited by NPR 5,000.00 on 2026-11-21. Ref: FT26325ABC. Avl Bal NPR 23,400.55", "5000", "bank_transfer", "FT26325ABC"),
        ("NPR 5000.00 has been transferred to 9800000011. Ref code: 0ABC123 - eSewa", "5000", "esewa", "0ABC123"),
        ("Payment of NPR 1,200.00 to ABC Traders via Fonepay QR successful. PRN: 123456", "1200", "fonepay", "123456"),
        ("You've successfully transferred NPR 5000 to Ram. Txn Id 1234567890. IME Pay", "5000", "imepay", "1234567890"),
        ("Your transaction of NPR 5,000.00 is successful. Txn ID: 88112233 connectIPS", "5000", "connectips", "88112233"),
    ],
)  # fmt: skip
def test_a_payment_has_its_amount_way_and_reference(
    message: str, amount: str, method: str, reference: str | None
) -> None:
    (act,) = acts(message)

    assert (act.kind, act.amount, act.method, act.reference, act.moves) == (
        ActKind.PAY,
        rupees(amount),
        method,
        reference,
        True,
    )


def test_the_day_of_a_pasted_payment_is_kept() -> None:
    assert acts("khalti transaction of 1500.00 on 12-Oct-2026 was successful. Txn ID KHT9911AA")[
        0
    ].paid_on == dt.date(2026, 10, 12)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("eSewa load of 450.00 to number 9800000011 done on 21-Nov-2026 10:05", ActKind.WALLET_LOAD), ("Dear customer your a/c 123 credited by NPR 500", ActKind.WALLET_LOAD),
        ("Transaction failed. Your khalti payment of Rs 500 could not be completed", ActKind.PAY), ("paid Rs 1.234,56 esewa ref FRW1", ActKind.PAY),
    ],
)  # fmt: skip
def test_a_load_a_failure_and_an_unclear_sum_are_no_payment(message: str, kind: ActKind) -> None:
    (act,) = acts(message)

    assert (act.kind, act.moves) == (kind, False)


@pytest.mark.parametrize(
    ("message", "amount", "reference"),
    [
        ("hoina 6000 ho", Money(600_000), None),
        ("ref is not A1 but A2", None, "A2"),
        ("ref hoina, A2 ho", None, "A2"),
        ("amount galti bhayo 6000 ho", Money(600_000), None),
    ],
)
def test_a_claim_is_put_right(message: str, amount: Money | None, reference: str | None) -> None:
    (act,) = acts(message)

    assert (act.kind, act.amount, act.reference, act.moves) == (
        ActKind.CORRECT_PAYMENT,
        amount,
        reference,
        True,
    )


def test_an_order_and_a_payment_in_one_message_are_both_there() -> None:
    order, paid = acts("5 kg chini, 200 rupaye cash diya")

    assert (order.kind, order.text) == (ActKind.ORDER, "5 kg chini")
    assert (paid.kind, paid.amount, paid.method, paid.moves) == (ActKind.PAY, Money(20_000), "cash", True)


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ("namste dai", ["greeting"]), ("kasto bekar app", ["complaint"]), ("4 ota futeko pani cha", ["damaged"]), ("sabai aayo", ["received"]), ("esewa kun number ma pathaune", ["pay_how"]),
        ("bill of 1023", ["invoice"]), ("1019 cancel", ["cancel"]), ("k vo mero order", ["status"]), ("kaha pugyo", ["status"]), ("timiharu chor ho", ["complaint"]), ("!!!!!!", ["complaint"]),
        ("😡", ["complaint"]), ("phone gara ahile", ["person"]), ("mero paisa firta deu", ["complaint"]), ("aba dekhi mero msg napathau", ["stop"]), ("malai manche sanga kura garna deu", ["person"]),
        ("talk to me", ["person"]), ("call me now please", ["person"]), ("send me pdf", ["statement"]), ("1023 pdf", ["invoice"]), ("credit note", ["invoice"]), ("statement from 1 Kartik", ["statement"]), ("what is 2083/84-00001", ["invoice"]),
        ("Invoice 2083/84-00006 is wrong, I only got 40 wai wai", ["complaint", "short"]), ("wai wai ko rate kati ho", ["ask_price"]), ("same as last time", ["reorder"]),
        ("show my basket", ["show_basket"]), ("switch to Nepali", ["language"]), ("mero baki kati", ["balance"]), ("chini 5", ["order"]), ("ok but only 2 sacks of rice", ["yes", "order"]),
        ("chaumin 1 carton, chini 10 kg, nun 12 ota, chamal 2 bora", ["order"]), ("cash", ["place"]), ("?", ["help"]), ("thank you", ["thanks"]), ("04821", ["code"]),
    ],
)  # fmt: skip
def test_everyday_messages_are_what_they_are(message: str, found: list[str]) -> None:
    assert kinds(message) == found


@pytest.mark.parametrize(
    ("message", "lines"),
    [
        ("2", (2,)),
        ("3 ra 6", (3, 6)),
        ("1 and 4", (1, 4)),
        ("1, 4", (1, 4)),
        ("१, ४", (1, 4)),
        ("1,4", (1, 4)),
    ],
)
def test_numbers_alone_choose_from_a_list(message: str, lines: tuple[int, ...]) -> None:
    (act,) = acts(message)

    assert (act.kind, act.lines) == (ActKind.CHOICE, lines)


def test_a_broken_good_is_reported_in_devanagari() -> None:
    (act,) = acts("कोक २ ओटा फुटेको")

    assert (act.kind, act.reason, act.goods, act.amounts[0].count, act.moves) == (
        ActKind.DAMAGED,
        Why.BROKEN,
        "कोक",
        2,
        True,
    )


@pytest.mark.parametrize(
    "message",
    [
        "wai wai chicken ra veg 2-2 carton", "order for Laxmi Store Butwal 9:\nrara veg 5 ctn\nwai wai quick 5 ctn", "Order: sugar 2 sacks, salt 1 case", "1. Sugar 50kg - 2 sacks\n2. Usna rice - 3 sacks",
        "5 kg chini ra 2 bora chamal pathaidinus", "haina haina, frooti 3 peti gara na", "stapler no 10 - 12 pcs\n24/6 pin - 10 box", "Box file 12",
    ],
)  # fmt: skip
def test_goods_stay_together_with_the_words_around_them(message: str) -> None:
    assert set(kinds(message)) <= {"order", "edit"}


@pytest.mark.parametrize(
    "message",
    [
        "483.72 tirisakeko ho driver lai nai",
        "500 esewa nai gareko ho",
        "500 nai tireko ho",
        "tirisakeko nai ho 500",
        "maile 1983 purai diye",
    ],
)
def test_a_stressed_payment_is_no_denied_one(message: str) -> None:
    (act,) = acts(message)

    assert (act.kind, act.mood) == (ActKind.PAY, Mood.DONE)


@pytest.mark.parametrize(
    "message",
    ["nai tireko chaina 500", "500 nai diya hai", "nai, 500 tireko chaina", "500 tireko nai chaina"],
)
def test_the_same_word_as_a_no_denies(message: str) -> None:
    assert not any(act.kind is ActKind.PAY and act.moves for act in acts(message))


def test_a_no_to_what_another_said_asks_whether_it_was_paid() -> None:
    act = acts("no i gave all 1983.72, call him")[0]

    assert (act.kind, act.mood, act.moves) == (ActKind.PAY, Mood.DONE, False)


@pytest.mark.parametrize(
    "message", ["483.72 driver lai diye", "driver lai 500 tireko ho", "gave 500 to the driver"]
)
def test_what_a_driver_got_was_cash(message: str) -> None:
    (act,) = acts(message)

    assert (act.kind, act.method) == (ActKind.PAY, "cash")


@pytest.mark.parametrize(
    "message",
    [
        "chini osieko cha 1 kg firta", "chamal ma kira lageko cha 1 bora", "dal kuhieko cha 2 kg", "atta ma dhusi cha 1 bora", "चामलमा किरा छ १ बोरा",
        "चिनी ओसिएको छ, १ किलो फिर्ता", "1 kilo chini firta garnu paryo",
    ],
)  # fmt: skip
def test_goods_that_are_bad_or_go_back_are_never_ordered(message: str) -> None:
    assert {act.kind for act in acts(message)} == {ActKind.DAMAGED}


@pytest.mark.parametrize("message", ["500 firta aayo", "paisa firta gara 500", "firta huncha?"])
def test_money_that_comes_back_and_a_question_are_no_goods_that_go_back(message: str) -> None:
    assert not any(act.kind is ActKind.DAMAGED for act in acts(message))


@pytest.mark.parametrize(
    "message",
    [
        "5000 cash diya ganesh ko, aur 3000 esewa kiya X99Y7", "5000 cash diye ganesh lai ra 3000 esewa gare ref X99Y7", "paid 5000 cash and 3000 esewa ref X99Y7",
        "5000 cash diya aur 3000 esewa kiya X99Y7",
    ],
)  # fmt: skip
def test_two_payments_in_one_message_are_two(message: str) -> None:
    assert [(act.amount, act.method, act.reference) for act in acts(message)] == [
        (rupees(5000), "cash", None),
        (rupees(3000), "esewa", "X99Y7"),
    ]
