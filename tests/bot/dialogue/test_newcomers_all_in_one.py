"""A newcomer says the name, the place and the order in one message: none is lost, and none is asked again."""

import pytest

from tests.bot.dialogue.test_newcomers import NEW


def answered(stage, *messages):
    for words in messages[:-1]:
        stage.write(NEW, words)
    return "\n".join(one.message.text for one in stage.write(NEW, messages[-1]))


@pytest.mark.parametrize(
    ("words", "name", "place", "goods"),
    [
        (
            "Om Shanti General Store, chabahil chowk. 5 carton rara chahiyo",
            "Om Shanti General Store",
            "chabahil chowk",
            "rara",
        ),
        ("Namaskar, Hamro Pasal, Balaju-16, 2 bora chini pathaunu", "Hamro Pasal", "Balaju-16", "चिनी"),
        ("नमस्ते म हाम्रो पसल, बालाजु १६ बाट। २ बोरा चिनी चाहियो", "हाम्रो पसल", "बालाजु", "चिनी"),
        ("Hi, this is Gupta Store from Birgunj, need 3 carton wai wai", "Gupta Store", "Birgunj", "wai wai"),
    ],
)
def test_name_place_and_order_are_taken_together(stage, words, name, place, goods):
    answer = answered(stage, words)

    assert f"*{name}*" in answer
    assert place in answer
    assert goods in answer


@pytest.mark.parametrize(
    "words", ["thau ta bhaneko ho ni", "I did tell you", "maile bhaneko ho ni", "ठाउँ त भनेको हो नि"]
)
def test_that_it_was_told_is_no_place_and_no_name(stage, words):
    answer = answered(stage, "namaste", "english", "Ram Store", words)

    assert words.split()[-1] not in answer
    assert "Ram Store" in answer
