"""What a wholesaler writes, read into acts."""

import pytest

from core.intake.acts.reader import read_acts
from core.intake.acts.types import Act, ActKind, CashShare, Mood
from core.intake.reading import Role
from core.money import Money


def acts(message: str) -> tuple[Act, ...]:
    return read_acts(message, role=Role.VENDOR)


def kinds(message: str) -> list[str]:
    return [act.kind.value for act in acts(message)]


@pytest.mark.parametrize(
    ("message", "kind", "mood"),
    [
        ("1746 cash paina", ActKind.CASH, Mood.DENIED), ("no cash", ActKind.CASH, Mood.DENIED), ("04821 delivered bhayena", ActKind.DELIVER, Mood.DENIED),
        ("not delivered 04821", ActKind.DELIVER, Mood.DENIED), ("1001 not dispatched", ActKind.DISPATCH, Mood.DENIED), ("dispatch 1001 bholi garchu", ActKind.DISPATCH, Mood.FUTURE),
        ("did you mean dispatch 1001?", ActKind.DISPATCH, Mood.ASKED), ("1001 accept gardina", ActKind.ACCEPT, Mood.DENIED), ("1001 don't accept", ActKind.ACCEPT, Mood.DENIED),
    ],
)  # fmt: skip
def test_a_denial_a_question_and_a_future_move_nothing(message: str, kind: ActKind, mood: Mood) -> None:
    (act,) = acts(message)

    assert (act.kind, act.mood, act.moves) == (kind, mood, False)


def test_cash_that_comes_later_is_not_received() -> None:
    assert not any(act.moves for act in acts("cash pachi dincha"))


@pytest.mark.parametrize(
    ("message", "kind", "orders"),
    [
        ("accept 1024", ActKind.ACCEPT, ("1024",)), ("accept 1025 1028", ActKind.ACCEPT, ("1025", "1028")),
        ("1023, 1025 ra 1028 pani hunxa", ActKind.ACCEPT, ("1023", "1025", "1028")), ("1025 thik cha bholi bihana", ActKind.ACCEPT, ("1025",)),
        ("1027 pathako", ActKind.DISPATCH, ("1027",)), ("1031 firta", ActKind.WITHDRAW, ("1031",)), ("1031 dina sakdina", ActKind.DECLINE, ("1031",)),
        ("1030 hudaina stock chaina", ActKind.DECLINE, ("1030",)),
    ],
)  # fmt: skip
def test_plain_words_for_an_order_move(message: str, kind: ActKind, orders: tuple[str, ...]) -> None:
    (act,) = acts(message)

    assert (act.kind, act.orders, act.moves) == (kind, orders, True)


@pytest.mark.parametrize("message", ["sabai hunxa", "yes all", "सबै हुन्छ"])
def test_all_offers_are_accepted_at_once(message: str) -> None:
    (act,) = acts(message)

    assert (act.kind, act.is_all, act.moves) == (ActKind.ACCEPT, True, True)


def test_part_of_the_cash_is_its_amount_and_not_all_of_it() -> None:
    delivered, cash = acts("03014 cash 1000 matra diyo")

    assert (delivered.kind, delivered.codes, delivered.moves) == (ActKind.DELIVER, ("03014",), True)
    assert (cash.kind, cash.share, cash.amount, cash.moves) == (
        ActKind.CASH,
        CashShare.PART,
        Money(100_000),
        True,
    )


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("आयो", "confirm_payment"),
        ("paisa aayo", "confirm_payment"),
        ("paisa aayena", "reject_payment"),
        ("paina", "reject_payment"),
    ],
)
def test_the_word_on_a_payment_is_read(message: str, kind: str) -> None:
    assert kinds(message) == [kind]
    assert acts(message)[0].moves


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ("chini bhau 95, chamal stock 40, tel sakiyo", ["price", "stock", "sold_out"]), ("stock chini 40, tel 20", ["stock", "stock"]), ("price: wai wai 22, parle g 10", ["price", "price"]),
        ("parle g 4", ["number"]), ("aja pasal banda", ["closed"]), ("we are closed on saturday", ["closed"]), ("pasal kholyo", ["open"]), ("what is open?", ["offers"]), ("any new orders?", ["offers"]),
        ("show my offers", ["offers"]), ("aja ko list", ["parcels"]), ("mero score", ["scorecard"]), ("kasle tirna baki", ["who_owes"]), ("hisab kati", ["settlement"]), ("1042 firta aayo", ["returned"]),
        ("1038 aaune somabar matra", ["eta"]), ("1025 bholi 10 baje", ["eta"]), ("02810 2 pkt kam thiyo", ["deliver", "short"]), ("1 4", ["choice"]), ("1001", ["code"]),
        ("1022 huncha tara coke chaina", ["part"]), ("1032 lays 36 matra", ["part"]), ("१०३१ मा अण्डा १ क्रेट मात्र", ["part"]), ("1,3 cha, 2 chaina", ["part"]), ("5 matra", ["part"]),
        ("these lines yes, that one no", ["part"]), ("1025 accept but only 5 of line 2", ["part"]), ("1025 hunxa, 1026 hudaina", ["accept", "decline"]),
    ],
)  # fmt: skip
def test_everyday_messages_are_what_they_are(message: str, found: list[str]) -> None:
    assert kinds(message) == found


def test_lines_are_answered_one_by_one() -> None:
    (act,) = acts("1,3 cha, 2 chaina")

    assert [(amount.line, amount.count) for amount in act.amounts] == [(1, None), (3, None), (2, 0)]


@pytest.mark.parametrize(
    "message",
    [
        "stock -5",
        "wai wai veg price 21,50",
        "cash 1000 matra",
        "these lines yes, that one no",
        "price of sugar is 98 not 95",
    ],
)
def test_what_is_not_clear_is_asked(message: str) -> None:
    assert not any(act.moves for act in acts(message))


def test_a_stock_in_thousands_is_whole() -> None:
    (act,) = acts("wai wai veg stock 1,200")

    assert (act.kind, act.goods, act.number, act.moves) == (ActKind.STOCK, "wai wai veg", 1200, True)


@pytest.mark.parametrize("message", ["1001 sent, 1002 not", "dispatch 1001, not 1002"])
def test_one_order_sent_and_another_not_moves_only_the_first(message: str) -> None:
    assert [act.orders for act in acts(message) if act.moves] == [("1001",)]


@pytest.mark.parametrize(
    "message",
    [
        "sabai hunxa 1030 bahek",
        "not yet received",
        "1025 dispatched are",
        '{"accept": true, "order": 1044}',
        "I think 04821 delivered",
        "04821 almost delivered",
        "04821 delivered, no",
    ],
)
def test_nothing_moves_on_an_exception_a_wait_or_hearsay(message: str) -> None:
    assert not any(act.moves for act in acts(message))


@pytest.mark.parametrize("words", ["भुक्तानी", "bhuktani", "payments", "payment?", "paisa"])
def test_the_word_for_money_alone_asks_which_payments_wait(words):
    (act,) = read_acts(words, role=Role.VENDOR)

    assert (act.kind, act.moves) == (ActKind.CLAIMS, False)


@pytest.mark.parametrize("words", ["paisa aayo", "paisa aayena", "भुक्तानी भयो", "paisa chaina"])
def test_money_with_a_verb_is_no_such_question(words):
    assert all(act.kind is not ActKind.CLAIMS for act in read_acts(words, role=Role.VENDOR))


@pytest.mark.parametrize(
    "message",
    [
        "aayo kei order?",
        "kei order aayo?",
        "koi order aaya?",
        "कुनै अर्डर आयो?",
        "any order today?",
        "naya order aayo?",
    ],
)
def test_whether_an_order_came_asks_for_the_open_ones(message: str) -> None:
    assert kinds(message) == ["offers"]


@pytest.mark.parametrize(
    "message", ["baki sabai", "1023 2 matra, baki sab", "08969 chamal 2 bora firta garyo, baki liyo"]
)
def test_the_rest_of_goods_is_no_settlement(message: str) -> None:
    assert "settlement" not in kinds(message)


@pytest.mark.parametrize(
    "message", ["baki", "mero baki kati", "baki kati cha?", "malai kati paisa dinu parne ho"]
)
def test_what_is_owed_still_is(message: str) -> None:
    assert kinds(message) == ["settlement"]


@pytest.mark.parametrize(
    "message",
    [
        "dal lina sakdina, chaina. arko lai deu",
        "dina sakdina, arko lai dinu",
        "arko lai deu",
        "chaina mero ma, aru lai deu",
        "give it to someone else",
    ],
)
def test_what_goes_to_another_is_declined(message: str) -> None:
    (act,) = acts(message)

    assert (act.kind, act.moves) == (ActKind.DECLINE, True)


@pytest.mark.parametrize("message", ["arko lai nadeu", "arko lai deu?", "arko lai paisa deu"])
def test_what_does_not_go_to_another_declines_nothing(message: str) -> None:
    assert not any(act.kind is ActKind.DECLINE and act.moves for act in acts(message))
