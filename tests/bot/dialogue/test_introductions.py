"""Coming by a wholesaler's link or QR, and the wholesaler who asks for it."""

from urllib.parse import unquote

import pytest
from sqlalchemy import select

from core.parties import joining
from core.parties.models import Approval, Retailer, Vendor
from tests.bot.dialogue.test_vendor_says import said_to

NEWCOMER = "+9779841999901"


def vendor(stage, name="Shree Ganesh"):
    with stage.database.transaction() as session:
        return session.scalars(select(Vendor).where(Vendor.business_name.startswith(name))).one()


def newest_shop(stage):
    with stage.database.transaction() as session:
        return session.scalars(select(Retailer).order_by(Retailer.id.desc())).first()


@pytest.mark.parametrize(
    "words",
    [
        "mero link",
        "QR pathau",
        "mero QR code pathaunus",
        "my link please",
        "send me the qr code",
        "मेरो लिंक",
        "क्युआर पठाउनुस्",
    ],
)
def test_a_wholesaler_gets_its_link_and_its_qr(stage, words):
    asker = vendor(stage)

    told = said_to(stage.write("gita", words), "gita")

    assert len(told) == 1
    assert joining.links().link(asker.code) in told[0]
    assert joining.links().picture(asker.code) in told[0]


@pytest.mark.parametrize("words", ["esewa qr ma paisa aayo", "link aayena", "qr ma 1500 aayo"])
def test_words_about_money_that_came_by_a_qr_ask_for_no_link(stage, words):
    told = said_to(stage.write("gita", words), "gita")

    assert "wa.me" not in told[0]


@pytest.mark.parametrize(
    "said", ["{text}", "{text}.", "join {code}", "नमस्ते JOIN: {code}", "{text}\nchini chaiyo thiyo"]
)
def test_a_shop_that_comes_by_the_link_keeps_whose_introduction_it_is(stage, said):
    introducer = vendor(stage)
    text = joining.text_of(introducer.code)

    (welcome,) = said_to(stage.write(NEWCOMER, said.format(text=text, code=introducer.code)), NEWCOMER)
    stage.write(NEWCOMER, "Nabin Store, Kalanki-14")

    assert introducer.business_name in welcome
    shop = newest_shop(stage)
    assert (shop.shop_name, shop.approval) == ("Nabin Store", Approval.APPLIED)
    assert shop.introduced_by_id == introducer.id


def test_the_link_writes_just_the_text_that_is_read(stage):
    code = vendor(stage).code

    text = unquote(joining.links().link(code).partition("?text=")[2])

    assert joining.code_in(text) == code


def test_an_order_beside_the_link_is_kept(stage):
    introducer = vendor(stage)

    stage.write(NEWCOMER, f"{joining.text_of(introducer.code)}\n5 kg chini")
    told = said_to(stage.write(NEWCOMER, "Nabin Store, Kalanki-14"), NEWCOMER)

    assert "चिनी" in told[0]


def test_a_second_scan_on_the_way_is_no_name_and_no_place(stage):
    introducer = vendor(stage)
    text = joining.text_of(introducer.code)

    stage.write(NEWCOMER, "namaste")
    stage.write(NEWCOMER, text)
    stage.write(NEWCOMER, "Nabin Store")
    stage.write(NEWCOMER, text)
    stage.write(NEWCOMER, "Kalanki")

    shop = newest_shop(stage)
    assert (shop.shop_name, shop.area, shop.introduced_by_id) == ("Nabin Store", "Kalanki", introducer.id)


def test_the_first_introduction_stands_and_one_while_waiting_is_kept(stage):
    first, second = vendor(stage), vendor(stage, "Himal")
    stage.write(NEWCOMER, "namaste")
    stage.write(NEWCOMER, "Nabin Store, Kalanki-14")
    assert newest_shop(stage).introduced_by_id is None

    stage.write(NEWCOMER, joining.text_of(first.code))
    stage.write(NEWCOMER, joining.text_of(second.code))

    assert newest_shop(stage).introduced_by_id == first.id


def test_a_code_of_nobody_is_a_newcomer_like_any_other(stage):
    (welcome,) = said_to(stage.write(NEWCOMER, "Namaste! JOIN V-99999"), NEWCOMER)
    stage.write(NEWCOMER, "Nabin Store, Kalanki-14")

    assert welcome
    assert newest_shop(stage).introduced_by_id is None


@pytest.mark.parametrize("who", ["asha", "gita"])
def test_somebody_who_is_here_already_is_told_what_works(stage, who):
    code = vendor(stage, "Himal").code

    told = said_to(stage.write(who, joining.text_of(code)), who)

    assert len(told) == 1
    with stage.database.transaction() as session:
        assert session.scalars(select(Retailer).where(Retailer.introduced_by_id.is_not(None))).all() == []
