"""What the engine promises, whoever writes: one answer a turn, a yes that counts once, silence when a person took over."""

import datetime as dt

from sqlalchemy import func, select

from core.actor import Actor, ActorKind, Via
from core.credit.models import CreditHold
from core.messaging import service as messaging
from core.messaging.models import Conversation, InboundMessage, OutboundMessage, Prompt, Turn
from core.orders.models import Order, OrderStatus
from core.outbox.models import Event
from core.parties import service as parties
from core.parties.models import Contact, Membership, Position
from core.refs import ConversationId, UserId, VendorId
from tests.bot.stage import address_of

ADMIN = Actor(kind=ActorKind.ADMIN, via=Via.PANEL, user_id=UserId(1))


def texts(arrived, who):
    return [one.message.text for one in arrived if one.to == address_of(who)]


def count(stage, model, *where):
    with stage.database.transaction() as session:
        return session.scalar(select(func.count()).select_from(model).where(*where))


def conversation_of(session, who):
    return session.scalars(select(Conversation).where(Conversation.address == address_of(who))).one()


def test_three_messages_in_a_row_get_one_answer(stage):
    stage.deliver("asha", Body="2 case wai wai chicken", MessageType="text")
    stage.deliver("asha", Body="5 kg chini", MessageType="text")
    stage.deliver("asha", Body="10 rara chicken", MessageType="text")

    arrived = stage.follow()

    assert len(arrived) == 1
    assert all(name in arrived[0].message.text for name in ("Wai Wai Chicken", "Sugar Chini", "Rara Chicken"))


def test_the_same_order_sent_twice_at_once_is_in_the_basket_once_and_said(stage):
    stage.deliver("asha", Body="2 case wai wai chicken", MessageType="text")
    stage.deliver("asha", Body="2 case wai wai chicken", MessageType="text")

    arrived = stage.follow()

    assert len(arrived) == 1
    assert arrived[0].message.text.startswith("You've just sent that")
    assert "60 pkt" in arrived[0].message.text


def test_the_same_message_twenty_times_is_one_order_one_hold_one_reply(stage):
    stage.write("asha", "2 case wai wai chicken")
    form = stage.deliver("asha", Body="ho", MessageType="text")
    for _ in range(19):
        stage.repeat(form)

    arrived = stage.follow()

    assert len(texts(arrived, "asha")) == 1
    assert count(stage, Order, Order.status == OrderStatus.OFFERED) == 1
    assert count(stage, CreditHold) == 1


def test_two_taps_waiting_together_are_one_order_and_one_reply(stage):
    basket = stage.write("asha", "2 case wai wai chicken")[0]
    choice = basket.message.choices[0]
    for _ in range(2):
        stage.deliver("asha", Body=choice.title, ButtonPayload=choice.id, ButtonText=choice.title)

    arrived = stage.follow()

    assert len(texts(arrived, "asha")) == 1
    assert count(stage, CreditHold) == 1


def test_owner_and_helper_say_yes_to_one_basket_and_it_is_ordered_once(stage):
    stage.write("asha", "2 case wai wai chicken")
    stage.write("bibek", "basket")

    stage.write("asha", "ho")
    late = stage.write("bibek", "ho")

    assert texts(late, "bibek")[0].startswith("Already ordered: *1001*")
    assert count(stage, CreditHold) == 1


def test_a_tap_whose_id_the_provider_left_out_is_found_by_its_title(stage):
    basket = stage.write("asha", "2 case wai wai chicken")[0]

    arrived = stage.post("asha", Body=basket.message.choices[1].title, MessageType="interactive")

    assert "Order *1001* is placed" in texts(arrived, "asha")[0]
    assert "cash on delivery" in texts(arrived, "asha")[0]


def test_a_yes_after_a_day_shows_the_present_basket_and_asks_again(stage):
    stage.write("asha", "2 case wai wai chicken")
    stage.wait(dt.timedelta(hours=25))

    arrived = stage.write("asha", "ho")

    assert texts(arrived, "asha")[0].startswith("*Your basket*")
    assert count(stage, Order, Order.status != OrderStatus.DRAFT) == 0


def test_a_button_of_another_persons_question_does_nothing(stage):
    basket = stage.write("asha", "2 case wai wai chicken")[0]

    arrived = stage.tap_on("maya", basket, 1)

    assert "१००१" not in texts(arrived, "maya")[0]
    assert count(stage, CreditHold) == 0


def test_a_person_who_took_over_silences_the_bot_and_nothing_is_acted_on(stage):
    stage.write("asha", "2 case wai wai chicken")
    with stage.database.transaction() as session:
        conversation_id = ConversationId(conversation_of(session, "asha").id)
        messaging.take_over(session, conversation_id, actor=ADMIN, now=stage.now)

    silent = stage.write("asha", "ho")
    with stage.database.transaction() as session:
        messaging.hand_back(session, conversation_id, actor=ADMIN, now=stage.now)
    arrived = stage.write("asha", "basket")

    assert silent == []
    assert count(stage, CreditHold) == 0
    assert texts(arrived, "asha")[0].startswith("Still the same:\n\n*Your basket*\n")


def test_no_answer_is_owed_to_a_reaction(stage):
    arrived = stage.post("asha", Body="", MessageType="reaction", ReactionEmoji="👍")

    assert len(arrived) <= 1  # a provider that names no reaction is answered politely
    assert count(stage, Turn) == 1


def test_a_photo_is_kept_for_a_person_and_its_caption_is_an_order(stage):
    arrived = stage.post(
        "asha",
        Body="5 kg chini",
        NumMedia="1",
        MediaUrl0="https://api.twilio.com/1",
        MediaContentType0="image/jpeg",
    )

    assert len(arrived) == 1
    assert "Sugar Chini" in arrived[0].message.text
    assert "a colleague will open it" in arrived[0].message.text
    assert count(stage, InboundMessage, InboundMessage.needs_person) == 1
    assert count(stage, Event, Event.name == "PersonAsked") == 1


def test_somebody_elses_order_is_answered_like_one_that_does_not_exist(stage):
    stage.write("asha", "2 case wai wai chicken")
    stage.write("asha", "ho")

    theirs = stage.write("rajan", "cancel 1001")
    nobodys = stage.write("rajan", "cancel 7777")

    assert texts(theirs, "rajan") == texts(nobodys, "rajan")


def test_a_late_accept_gets_a_polite_notice_even_before_the_expiry_job_ran(stage):
    stage.write("asha", "2 case wai wai chicken")
    stage.write("asha", "ho")
    offer = stage.last("gita")
    stage.now += dt.timedelta(hours=2, minutes=1)

    arrived = stage.tap_on("gita", offer, 1)

    assert "समय सकियो" in texts(arrived, "gita")[0]
    assert count(stage, Order, Order.status == OrderStatus.ACCEPTED) == 0


def test_somebody_who_acts_for_two_parties_is_asked_once_for_which(stage):
    with stage.database.transaction() as session:
        asha = session.scalars(select(Contact).where(Contact.name == "Asha Gurung")).one()
        hari = session.scalars(select(Membership).where(Membership.vendor_id.is_not(None))).first()
        parties.add_person(
            session,
            asha.id,
            vendor_id=VendorId(hari.vendor_id),
            position=Position.HELPER,
            actor=ADMIN,
            now=stage.now,
        )

    asked = stage.write("asha", "2 case wai wai chicken")
    chosen = stage.tap("asha", 1)
    ordered = stage.write("asha", "2 case wai wai chicken")
    switched = stage.write("asha", "switch")

    assert [choice.title for choice in asked[0].message.choices] == ["Asha Kirana Pasal", "Himal Traders"]
    assert "you're writing for *Asha Kirana Pasal* now" in texts(chosen, "asha")[0]
    assert texts(ordered, "asha")[0].startswith("*Your basket*")
    assert len(switched[0].message.choices) == 2


def test_a_sender_without_a_phone_is_asked_for_one(stage):
    hidden = "NP.13491208655302741918"
    stage.write(hidden, "hello")
    asked = stage.write(hidden, "Lumbini Store, Baneshwor-10")
    done = stage.write(hidden, "९८४१२३४५६७")

    assert "which phone can we call" in asked[0].message.text
    assert "*Lumbini Store*" in done[0].message.text
    with stage.database.transaction() as session:
        assert session.scalars(select(Contact.phone).where(Contact.phone == "+9779841234567")).one()


def test_an_unexpected_failure_is_told_once_tried_again_and_handed_to_a_person(stage, monkeypatch):
    def fail(*_args, **_facts):
        raise RuntimeError("broken")

    monkeypatch.setattr("core.orders.basket.add_list", fail)
    stage.deliver("asha", Body="2 case wai wai chicken", MessageType="text")
    stage.allow_failures = True

    first = stage.follow()
    later = stage.wait(dt.timedelta(minutes=5)) + stage.wait(dt.timedelta(minutes=5))

    assert [text[:40] for text in texts(first + later, "asha")] == [
        "Something went wrong on our side. I've k"
    ]
    assert count(stage, InboundMessage, InboundMessage.needs_person) == 1
    assert count(stage, InboundMessage, InboundMessage.handled_at.is_(None)) == 0


def test_a_long_basket_is_one_message_that_leaves_no_line_out(stage):
    goods = (
        "wai wai chicken, wai wai veg, rara chicken, rara veg, current hot, 2pm chicken, maggi masala, mayos chicken, "
        "rumpum chicken, shaka laka boom, wai wai quick, wai wai dynamite, vim bar"
    )
    order = "\n".join(f"10 {name}" for name in goods.split(", "))

    arrived = stage.write("asha", order)

    assert len(arrived) == 1
    lines = [line for line in arrived[0].message.text.splitlines() if "=" in line]
    assert len(lines) == 13
    assert len(arrived[0].message.text) <= 1500


def test_every_question_is_closed_when_its_order_is_placed(stage):
    stage.write("asha", "2 case wai wai chicken")
    stage.write("asha", "5 kg chini")

    stage.write("asha", "ho")

    with stage.database.transaction() as session:
        conversation = conversation_of(session, "asha")
        still_open = session.scalars(
            select(Prompt.kind).where(Prompt.conversation_id == conversation.id, Prompt.closed_at.is_(None))
        ).all()
    assert still_open == []


def test_outbound_messages_of_an_order_are_counted_for_its_cost(stage):
    stage.write("asha", "2 case wai wai chicken")
    stage.write("asha", "ho")
    stage.tap("gita", 1)

    with stage.database.transaction() as session:
        order_id = session.scalars(select(Order.id).where(Order.short_code == 1001)).one()
        told = session.scalars(
            select(OutboundMessage.say)
            .where(OutboundMessage.order_id == order_id)
            .order_by(OutboundMessage.id)
        ).all()
    assert told == ["ordering/placed", "vendor/offer", "vendor/accepted", "notify/accepted"]
