"""A wholesaler asks why an order went past it, and learns the criterion that decided and nothing of anybody else."""

import pytest
from sqlalchemy import select

from core.parties.models import Vendor
from core.routing.models import Offer, RoutingCandidate
from core.seeds.people import DEMO_PEOPLE, Side
from tests.bot.dialogue.test_vendor_says import ORDER, said_to

NAMES = ("Himal Traders", "Shree Ganesh Khadya Bhandar", "Patan Kirana Suppliers", "Nyatapola Trading House")


@pytest.fixture
def placed(stage):
    """Order 1001, offered to Gita."""
    stage.write("asha", ORDER)
    stage.write("asha", "ho")
    return stage


@pytest.fixture
def passed_by(placed):
    """A wholesaler that was weighed for 1001 and not asked."""
    with placed.database.transaction() as session:
        asked = select(Offer.vendor_id)
        names = set(
            session.scalars(
                select(Vendor.business_name)
                .join(RoutingCandidate, RoutingCandidate.vendor_id == Vendor.id)
                .where(Vendor.id.not_in(asked))
            )
        )
    return next(
        who
        for who, person in DEMO_PEOPLE.items()
        if person.side is Side.VENDOR and NAMES[(person.number or 0) - 1] in names
    )


@pytest.mark.parametrize(
    "words",
    [
        "1001 malai kina aayena?",
        "malai kina aayena",
        "why didn't I get it?",
        "why did i not get the order",
        "kina malai order dinu bhayena",
        "1001 kina arko lai diyeko?",
        "why was 1001 given to someone else",
        "मलाई किन आएन?",
        "अर्डर १००१ मलाई किन आएन",
        "mujhe order kyun nahi mila",
        "why not me?",
        "aru lai kina diyeko",
    ],
)
def test_criterion_is_told_without_names_and_prices(placed, passed_by, words):
    (told,) = said_to(placed.write(passed_by, words), passed_by)

    assert "1001" in told or "१००१" in told
    assert "went past you" in told or "तपाईंलाई नआएको कारण" in told
    assert not [secret for secret in (*NAMES, "Asha", "Rs.", "रु.") if secret in told]


def test_vendor_that_was_asked_hears_so(placed):
    (told,) = said_to(placed.write("gita", "1001 malai kina aayena"), "gita")

    assert told == "अर्डर *१००१* तपाईंलाई सोधेका थियौं: खुला छ।"


@pytest.mark.parametrize("number", ["1002", "9999"])
def test_order_that_does_not_concern_the_vendor_is_answered_like_none(placed, number):
    (told,) = said_to(placed.write("gita", f"{number} malai kina aayena"), "gita")

    assert "सोध्नुपर्ने होलसेलमा पर्नुभएन" in told


def test_without_orders_none_went_past(stage):
    (told,) = said_to(stage.write("gita", "malai kina aayena"), "gita")

    assert told.startswith("गएको ७ दिनमा तपाईंलाई छोडेर गएको अर्डर छैन।")


@pytest.mark.parametrize(
    "words",
    ["malai paisa kina aayena", "why is my score low", "paisa kina aayena esewa ma", "stock kina kam cha"],
)
def test_questions_about_something_else_are_not_taken_for_it(placed, words):
    told = said_to(placed.write("gita", words), "gita")

    assert not [text for text in told if "तपाईंलाई नआएको कारण" in text or "सोधेका थियौं" in text]
