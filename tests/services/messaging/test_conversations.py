import datetime as dt
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select, text

from core.actor import Actor, ActorKind, Via
from core.db.locks import LockRank, lock
from core.messaging import queries
from core.messaging import service as messaging
from core.messaging.errors import AlreadyTakenOver
from core.messaging.models import Conversation, InboundMessage, Prompt, Turn
from core.outbox.models import Job
from core.parties import service as parties
from core.refs import UserId

from .conftest import ASHA, NOW

ADMIN = Actor(kind=ActorKind.ADMIN, via=Via.PANEL, user_id=UserId(1))
COLLEAGUE = Actor(kind=ActorKind.ADMIN, via=Via.PANEL, user_id=UserId(2))
SOON = NOW + dt.timedelta(minutes=1)


def test_first_message_begins_the_conversation(session, asha, write):
    recorded = write("chini 5 kg", label="home")

    conversation = session.get(Conversation, recorded.conversation_id)
    (message,) = messaging.unread(session, recorded.conversation_id)
    assert recorded.is_new
    assert (conversation.contact_id, conversation.address, conversation.state) == (asha, ASHA, "new")
    assert (message.text, message.received_at, message.attempts) == ("chini 5 kg", NOW, 0)
    assert message.content["label"] == "home"


def test_second_delivery_of_a_message_changes_nothing(session, write):
    first = write("yes", sid="SM1")
    second = write("something else", sid="SM1")

    assert (second.is_new, second.inbound_id) == (False, first.inbound_id)
    assert [message.text for message in messaging.unread(session, first.conversation_id)] == ["yes"]


def test_twenty_deliveries_at_once_are_one_message_in_one_conversation(fresh_database):
    database, barrier, recorded = fresh_database.database, Barrier(20), []

    def deliver():
        barrier.wait()
        with database.transaction() as session:
            contact = parties.contact_for(
                session, channel="whatsapp", addresses=[ASHA], profile_name=None, now=NOW
            )
            recorded.append(
                messaging.record_inbound(
                    session,
                    contact_id=contact.id,
                    channel="whatsapp",
                    address=ASHA,
                    provider_message_id="SM1",
                    kind="text",
                    text="yes",
                    choice_id=None,
                    replied_to=None,
                    content={},
                    raw={},
                    now=NOW,
                )
            )

    threads = [Thread(target=deliver) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [message.is_new for message in recorded].count(True) == 1
    assert len({(message.conversation_id, message.inbound_id) for message in recorded}) == 1
    with database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Conversation)) == 1
        assert session.scalar(select(func.count()).select_from(InboundMessage)) == 1


def test_storing_does_not_wait_for_the_turn_that_is_being_taken(fresh_database, write):
    database = fresh_database.database
    with database.transaction() as session:
        contact = parties.contact_for(
            session, channel="whatsapp", addresses=[ASHA], profile_name=None, now=NOW
        )
        first = write("one", contact_id=contact.id, session=session)

    with database.transaction() as turn:
        lock(turn, Conversation, first.conversation_id, LockRank.CONVERSATION)
        with database.transaction() as session:
            session.execute(text("SET LOCAL lock_timeout = '1s'"))
            second = write("two", contact_id=contact.id, session=session)

    assert second.is_new


def test_turn_reads_its_messages_and_keeps_where_the_conversation_stands(session, write):
    write("one")
    recorded = write("two", now=SOON)
    conversation = messaging.lock_conversation(session, recorded.conversation_id)
    messages = messaging.unread(session, recorded.conversation_id)

    turn_id = messaging.close_turn(
        session, conversation, messages, state_after="shop", slots={"a": 1}, steps=["hello"], now=SOON
    )

    session.expire_all()
    turn = session.get_one(Turn, turn_id)
    assert messaging.unread(session, recorded.conversation_id) == []
    assert (turn.state_before, turn.state_after, turn.steps) == ("new", "shop", ["hello"])
    assert (conversation.state, conversation.slots, conversation.last_inbound_at) == ("shop", {"a": 1}, SOON)
    assert {(message.turn_id, message.handled_at) for message in messages} == {(turn_id, SOON)}


def test_answers_go_to_the_address_that_was_written_from_last(session, conversation, write):
    recorded = write(address="whatsapp:NP.1349")

    messaging.close_turn(
        session,
        conversation,
        messaging.unread(session, recorded.conversation_id),
        state_after="shop",
        slots={},
        steps=[],
        now=SOON,
    )

    assert recorded.conversation_id == conversation.id
    assert conversation.address == "whatsapp:NP.1349"


def test_service_window_counts_from_messages_that_wait_too(session, conversation, write):
    write(now=SOON)

    assert queries.last_inbound_at(session, conversation.id) == SOON


def ask(session, conversation, *, kind="order", subject_id=7, now=NOW, **facts):
    return messaging.open_prompt(
        session, conversation_id=conversation.id, kind=kind, subject_id=subject_id, facts=facts, now=now
    )


def test_question_asked_again_replaces_the_first(session, conversation):
    first, second = ask(session, conversation), ask(session, conversation, total=5, now=SOON)

    assert messaging.open_prompts(session, conversation.id, now=SOON) == [second]
    assert (first.outcome, first.closed_at) == ("replaced", SOON)
    assert second.facts == {"total": 5}
    assert messaging.find_prompt(session, conversation.id, first.token) is first


def test_tokens_are_short_safe_in_buttons_and_different(session, conversation):
    tokens = {ask(session, conversation, subject_id=number).token for number in range(50)}

    assert len(tokens) == 50
    assert all(len(token) == 12 and token.replace("-", "").replace("_", "").isalnum() for token in tokens)


def test_question_is_open_for_a_day(session, conversation):
    ask(session, conversation)

    almost, after = NOW + dt.timedelta(hours=23, minutes=59), NOW + dt.timedelta(hours=24)
    assert len(messaging.open_prompts(session, conversation.id, now=almost)) == 1
    assert messaging.open_prompts(session, conversation.id, now=after) == []


def test_first_ending_of_a_question_stands(session, conversation):
    prompt = ask(session, conversation)

    messaging.close_prompt(session, prompt, "answered", now=NOW)
    messaging.close_prompt(session, prompt, "expired", now=SOON)

    assert (prompt.outcome, prompt.closed_at) == ("answered", NOW)


def test_questions_about_a_subject_end_in_all_conversations(session, conversation, write):
    other_contact = parties.contact_for(
        session, channel="whatsapp", addresses=["whatsapp:+9779841000002"], profile_name=None, now=NOW
    )
    other = session.get(Conversation, write(contact_id=other_contact.id).conversation_id)
    ask(session, conversation)
    ask(session, other)
    kept = ask(session, other, subject_id=8)

    messaging.void_prompts(session, kind="order", subject_id=7, now=SOON)

    assert messaging.open_prompts(session, conversation.id, now=SOON) == []
    assert messaging.open_prompts(session, other.id, now=SOON) == [kept]
    assert set(session.scalars(select(Prompt.outcome))) == {"void", None}


def test_tokens_of_other_conversations_find_nothing(session, conversation, write):
    other_contact = parties.contact_for(
        session, channel="whatsapp", addresses=["whatsapp:+9779841000002"], profile_name=None, now=NOW
    )
    stranger = write(contact_id=other_contact.id).conversation_id
    prompt = ask(session, conversation)

    assert messaging.find_prompt(session, stranger, prompt.token) is None


def test_what_came_while_a_person_answered_is_not_acted_on_afterwards(session, conversation, write):
    messaging.take_over(session, conversation.id, actor=ADMIN, now=NOW)
    write("yes", now=SOON)

    messaging.hand_back(session, conversation.id, actor=ADMIN, now=SOON)

    assert conversation.taken_over_at is None
    assert messaging.unread(session, conversation.id) == []
    assert session.scalars(select(Turn.steps).order_by(Turn.id.desc())).first() == ["taken_over"]
    assert conversation.state == "shop"


def test_colleague_cannot_take_over_what_is_taken(session, conversation):
    messaging.take_over(session, conversation.id, actor=ADMIN, now=NOW)
    messaging.take_over(session, conversation.id, actor=ADMIN, now=SOON)

    with pytest.raises(AlreadyTakenOver):
        messaging.take_over(session, conversation.id, actor=COLLEAGUE, now=SOON)

    assert (conversation.taken_over_by, conversation.taken_over_at) == ("admin:1", NOW)


def test_oldest_unanswered_message_is_the_bot_s(session, conversation, write):
    write(now=SOON)
    assert queries.oldest_unanswered(session) == SOON

    messaging.take_over(session, conversation.id, actor=ADMIN, now=SOON)
    assert queries.oldest_unanswered(session) is None


def test_conversation_is_rung_once_while_it_waits(session, conversation):
    for _ in range(3):
        messaging.schedule_answer(session, conversation.id, now=NOW)

    jobs = session.scalars(select(Job).where(Job.kind == "answer_conversation")).all()
    assert [job.arguments for job in jobs] == [{"conversation_id": conversation.id}]
