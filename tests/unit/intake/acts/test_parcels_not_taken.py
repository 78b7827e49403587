"""A code with words that may deny the handover delivers nothing, and a closed shop is the customer's until it is one's own."""

import pytest

from core.intake.acts.reader import read_acts
from core.intake.acts.types import Act, ActKind
from core.intake.reading import Role


def acts(message: str) -> tuple[Act, ...]:
    return read_acts(message, role=Role.VENDOR)


@pytest.mark.parametrize(
    "message",
    [
        "07249 दिनुभयो तर सामान लिनुभएन", "07249 dinubhayo tara saman linubhaena", "07249 diyo tara saman liena", "07249 दिए तर सामान लिएनन्",
        "07249 code diye par maal nahi liya", "code 07249 but he did not take the goods", "07249 gave the code, refused the goods",
        "07249 code aayo, saman bujhnu bhayena", "07249 lekin lene se mana kar diya", "07249 तर लिन मना गर्नुभयो", "07249 code diyo, saman lina manena",
        "07249 but shop closed, could not deliver", "07249 pasal banda, saman dina paiena", "07249 diyo, xyzzy foobar",
    ],
)  # fmt: skip
def test_a_code_beside_a_denial_or_an_unread_rest_delivers_nothing(message: str) -> None:
    assert [act.kind for act in acts(message) if act.moves and act.codes] == []


@pytest.mark.parametrize(
    "message",
    ["07249", "07249 दिनुभयो", "07249 dinubhayo saman linubhayo", "07249 maal de diya", "07249, 1030 hudaina", "07249 bujhaye, dhanyabad"],
)  # fmt: skip
def test_a_code_whose_rest_is_of_something_else_delivers(message: str) -> None:
    assert [act.kind for act in acts(message) if act.moves and act.codes] == [ActKind.DELIVER]


@pytest.mark.parametrize(
    "message",
    ["saman linubhaena", "सामान लिनुभएन", "1042 maal nahi liya", "1042 did not take the goods", "he didn't take the goods"],
)  # fmt: skip
def test_goods_that_were_not_taken_came_back(message: str) -> None:
    (act,) = acts(message)

    assert (act.kind, act.moves) == (ActKind.RETURNED, True)


@pytest.mark.parametrize(
    "message",
    [
        "code 04246 but shop closed, could not deliver", "shop closed, could not deliver", "pasal banda thiyo", "दोकान बन्द रहेछ", "dukan band thi, maal wapas le aaya",
        "the shop was closed", "customer ko pasal banda cha", "1022 pathaye tara pasal banda thiyo",
    ],
)  # fmt: skip
def test_a_shop_that_is_closed_closes_no_wholesaler(message: str) -> None:
    assert [act.moves for act in acts(message) if act.kind is ActKind.CLOSED] == [False]


@pytest.mark.parametrize(
    "message",
    ["aja pasal banda", "hamro pasal banda thiyo", "pasal banda", "closed", "banda", "shop closed today", "आज बन्द", "we are closed on saturday"],
)  # fmt: skip
def test_ones_own_shop_and_a_day_that_is_named_close(message: str) -> None:
    assert [(act.kind, act.moves) for act in acts(message)] == [(ActKind.CLOSED, True)]


@pytest.mark.parametrize(
    ("message", "days"),
    [
        ("hoina aja matra banda ho", 0),
        ("aja matra banda", 0),
        ("आज मात्र बन्द हो", 0),
        ("bholi matra banda ho", 1),
    ],
)
def test_closed_on_one_day_only_puts_right_what_was_said_of_others(message: str, days: int) -> None:
    (act,) = acts(message)

    assert act.when is not None
    assert (act.kind, act.moves, act.is_only, act.when.days) == (ActKind.CLOSED, True, True, days)


@pytest.mark.parametrize(
    ("message", "rupees"),
    [("galti vayo, thapa ko 8000 aayeko raina chha", 8000), ("8000 aayeko rahenachha", 8000), ("८००० आएको रहेनछ", 8000), ("sorry 8000 not received", 8000)],
)  # fmt: skip
def test_a_sum_that_did_not_come_is_a_no_to_a_payment(message: str, rupees: int) -> None:
    act = acts(message)[-1]

    assert act.amount is not None
    assert (act.kind, act.amount.minor) == (ActKind.REJECT_PAYMENT, rupees * 100)
