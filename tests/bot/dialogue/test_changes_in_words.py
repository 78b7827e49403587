"""A shop changes its basket in a few words, and hears of what would be left out."""

import itertools

import pytest
from sqlalchemy import func, select

from core.orders.kinds import OrderStatus
from core.orders.models import Order
from tests.bot.test_transcripts import _approve as approve


def said(stage, words, who="asha"):
    return stage.write(who, words)[0].message.text


@pytest.fixture
def basket(stage):
    said(stage, "2 carton wai wai chicken, 5 kg chini, 2 kg nun")


@pytest.mark.parametrize(
    "words",
    [
        "no sugar", "no chini", "without sugar", "sugar chahidaina", "chini chahidaina", "chini nachahine", "chini hoina", "chini chaina",
        "chini hataunu", "remove sugar", "no sugar please", "चिनी चाहिँदैन", "चिनी होइन", "skip sugar",
    ],
)  # fmt: skip
def test_goods_are_taken_out_by_a_no(stage, basket, words):
    answer = said(stage, words)

    assert "Took out Sugar" in answer
    assert "Salt" in answer


@pytest.mark.parametrize("words", ["no maggi", "maggi chahidaina", "without maggi"])
def test_goods_that_are_not_there_are_told(stage, basket, words):
    answer = said(stage, words)

    assert "isn't in your basket" in answer
    assert "Sugar" in answer


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("chini 2 kg matra", "Sugar Chini (loose) – 2 kg"),
        ("chini 2 kg only", "Sugar Chini (loose) – 2 kg"),
        ("only 2 kg chini", "Sugar Chini (loose) – 2 kg"),
        ("wai wai 1 carton matra", "75g – 1 carton (30 pkt)"),
        ("wai wai ta 1 carton matra", "75g – 1 carton (30 pkt)"),
        ("चिनी २ केजी मात्र", "Sugar Chini (loose) – 2 kg"),
        ("make that 3 wai wai", "75g – 3 carton (90 pkt)"),
        ("bas 10 packet wai wai chicken", "75g – 10 pkt"),
    ],
)
def test_only_sets_what_the_basket_has(stage, basket, words, line):
    assert line in said(stage, words)


def test_only_orders_what_the_basket_does_not_have(stage):
    assert "Sugar Chini (loose) – 2 kg" in said(stage, "chini 2 kg matra")


@pytest.mark.parametrize("unknown", ["xyzabc 3", "blorb 2 packet", "3 iphone"])
@pytest.mark.parametrize("yes", ["yes", "ho", "hunxa udharo ma pathaidinu"])
def test_what_is_unknown_is_named_again_at_the_yes(stage, unknown, yes):
    said(stage, f"2 carton wai wai chicken, {unknown}")

    answer = said(stage, yes)

    assert "is placed" in answer
    assert f"“{unknown}”" in answer


def test_what_a_later_message_leaves_behind_is_not_named(stage):
    said(stage, "2 carton wai wai chicken, xyzabc 3")
    said(stage, "5 kg chini")

    assert "xyzabc" not in said(stage, "yes")


@pytest.mark.parametrize(
    "words",
    ["asdf qwer", "namaste", "balance", "orders", "basket", "kasto cha", "jpt jpt", "mero score kati?"],
)
def test_no_answer_is_word_for_word_the_last_one(stage, words):
    answers = [said(stage, words) for _ in range(4)]

    assert all(before != after for before, after in itertools.pairwise(answers))


@pytest.mark.parametrize("count", [25, 30, 33, 40])
def test_a_long_list_fits_one_message(stage, count):
    goods = [
        "wai wai chicken 75g 60", "rara chicken 30", "chini 10 kg", "aayo nun 1kg 12", "dhara mustard oil 1 ltr 6", "horlicks 500g 2",
        "nescafe 50g 3", "parle g 55g 24", "oreo vanilla 12", "kurkure masala munch 24", "lays classic 24", "colgate strong teeth 100g 6",
        "lux rose 12", "coke 500ml 12", "sprite 1.5l 12", "red bull 6", "frooti 160ml 12", "maggi masala 70g 30", "current noodles 30", "mayos 30",
        "rumpum 30", "jeera masino 25kg 1", "sona mansuli 25kg 1", "musuro dal loose 5 kg", "jeera loose 1 kg", "besar 500g 2", "tata tea premium 250g 6",
        "dabur honey 250g 2", "good day butter 24", "2pm chicken 30", "rara veg 30", "wai wai veg 30", "wai wai quick masala 30", "coke 1.5l 12",
        "sprite 500ml 12", "oreo chocolate 12", "kurkure green chutney 24", "lays magic masala 24", "lux jasmine 12", "parle g 200g 12",
    ]  # fmt: skip
    arrived = stage.write("asha", "\n".join(goods[:count]))

    assert len(arrived) == 1
    text = arrived[0].message.text
    assert len(text) <= 1_500
    assert "Total Rs." in text
    assert not [line for line in text.split("\n") if line.startswith("I don't know")]
    assert f"\n{count} " in text, text


def test_a_newcomers_unclear_line_is_kept_and_asked_about_after_the_approval(stage):
    newcomer = "+9779851234567"
    said(stage, "2 carton wai wai chicken, 5 coke", newcomer)
    applied = said(stage, "Kiran Store, Gongabu", newcomer)
    assert "2 carton (60 pkt)" in applied
    assert "“5 coke”" in applied

    approved = approve(stage)[0].message.text
    assert "basket" in approved

    shown = said(stage, "basket", newcomer)
    assert "“5 coke” – which one?" in shown
    with stage.database.transaction() as session:
        drafts = select(func.count()).select_from(Order).where(Order.status == OrderStatus.DRAFT)
        assert session.scalar(drafts) == 1


def test_a_newcomer_with_only_an_unclear_line_is_asked_too(stage):
    newcomer = "+9779851234567"
    said(stage, "5 coke", newcomer)
    said(stage, "Kiran Store, Gongabu", newcomer)

    assert "write *basket*" in approve(stage)[0].message.text
    assert "“5 coke” – which one?" in said(stage, "basket", newcomer)


def test_the_orders_are_shown_and_then_the_open_question(stage):
    said(stage, "5 kg chini")
    said(stage, "ho")
    said(stage, "3 coke")

    answer = said(stage, "orders")

    assert answer.index("*1001*") < answer.index("“3 coke” – which one?")
    assert "Coca-Cola PET Bottle 2.25L – 3 btl" in said(stage, "2")


@pytest.mark.parametrize("words", ["chini kati ho?", "5 kg chini", "kati din lagcha?", "udharo paincha?"])
def test_an_approval_stands_in_place_of_no_answer(stage, words):
    newcomer = "+9779851234567"
    said(stage, "hello", newcomer)
    said(stage, "Kiran Store, Gongabu", newcomer)
    stage.deliver(newcomer, Body=words, MessageType="text")

    arrived = [one.message.text for one in approve(stage)]

    assert any("is approved" in text for text in arrived)
    assert len(arrived) == 2


@pytest.mark.parametrize(
    "words",
    [
        "screenshot ma cha ni",
        "ma tapai sanga cha",
        "photo herna milcha ki",
        "bujhena hola hajur le",
        "tyo ta thik thiyo",
    ],
)
def test_talk_is_not_taken_for_goods(stage, words):
    answer = said(stage, words)

    assert "how many" not in answer
    assert "which one" not in answer


@pytest.mark.parametrize(
    "words", ["wai wai chicken", "coke 500ml", "chini", "tel", "surf excel", "वाइ वाइ चिकेन"]
)
def test_the_bare_name_of_goods_is_asked_about(stage, words):
    answer = said(stage, words)

    assert "how many" in answer or "which one" in answer
