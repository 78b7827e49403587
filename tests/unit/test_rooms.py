"""What one process has in hand at once."""

import threading
from contextlib import ExitStack

import pytest

from admin_api.problems import Problem
from admin_api.rooms import Room, Rooms


def refusal(room, who):
    with pytest.raises(Problem) as refused, room.hold(who):
        pass
    return refused.value.status, refused.value.code, refused.value.headers


def test_one_caller_has_only_so_much_in_hand_and_others_still_come_in():
    room = Room(at_once=3, of_one=2)

    with room.hold("asha"), room.hold("asha"):
        assert refusal(room, "asha") == (429, "too_many_at_once", {"Retry-After": "5"})
        with room.hold("maya"):
            pass
    with room.hold("asha"):
        pass


def test_a_full_room_is_busy_and_a_place_at_the_door_is_let_in_when_one_leaves():
    room = Room(at_once=1, of_one=1, waiting=1, patience=10)
    came_in = threading.Event()

    def wait_and_enter():
        with room.hold("maya"):
            came_in.set()

    with room.hold("asha"):
        waiter = threading.Thread(target=wait_and_enter)
        waiter.start()
        while room._callers.total() < 2:
            threading.Event().wait(0.001)
        assert refusal(room, "bibek")[:2] == (503, "busy")
        assert not came_in.is_set()

    waiter.join(10)
    assert came_in.is_set()
    with room.hold("bibek"):
        pass


def test_who_waits_too_long_is_told_to_come_again_and_leaves_nothing_behind():
    room = Room(at_once=1, of_one=1, waiting=1, patience=0.01)

    with room.hold("asha"):
        assert refusal(room, "maya")[:2] == (503, "busy")
        assert refusal(room, "maya")[:2] == (503, "busy")

    with room.hold("maya"):
        pass


def test_an_error_inside_gives_the_place_back():
    room = Room(at_once=1, of_one=1)

    with pytest.raises(ZeroDivisionError), room.hold("asha"):
        _ = 1 / 0

    with room.hold("asha"):
        pass


@pytest.mark.parametrize("threads", [4, 8, 12, 20])
def test_the_rooms_together_leave_a_thread_for_what_is_light(threads):
    rooms = Rooms.of_threads(threads)

    with ExitStack() as stack:
        taken = 0
        for room in (rooms.documents, rooms.passwords):
            taken += room.at_once + room.waiting
            for number in range(room.at_once):
                stack.enter_context(room.hold(str(number)))

    assert taken < threads


@pytest.mark.parametrize("threads", [8, 12, 20])
def test_no_caller_holds_all_places_of_a_room(threads):
    rooms = Rooms.of_threads(threads)

    for room in (rooms.documents, rooms.passwords):
        assert room.of_one < room.at_once + room.waiting
