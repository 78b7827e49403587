"""A wholesaler says of each line of the one open offer what he gives: whole, less, or none."""

import pytest

from tests.bot.dialogue.test_vendor_says import offered, promised

ALL = {"WW-CHK-75": 60, "SUG-LS": 5}


@pytest.mark.parametrize(
    ("words", "given"),
    [
        ("chini ta sakyo, wai wai 1 carton matra pathauna sakchu", {"WW-CHK-75": 30}),
        ("चिनी सकियो, वाइवाइ १ कार्टुन मात्र छ", {"WW-CHK-75": 30}),
        ("wai wai 1 carton pathauchu, chini chaina", {"WW-CHK-75": 30}),
        ("wai wai 1 carton matra pathauchu, chini sakiyo", {"WW-CHK-75": 30}),
        ("chini chaina baki sabai pathauchu", {"WW-CHK-75": 60}),
        ("chini sakyo aru sabai dinchu", {"WW-CHK-75": 60}),
        ("sugar is out, rest i will send", {"WW-CHK-75": 60}),
        ("chini 3 kg matra pathauchu, wai wai pura", {"WW-CHK-75": 60, "SUG-LS": 3}),
        ("1001 chini 3 kg matra cha, wai wai pura dinchu", {"WW-CHK-75": 60, "SUG-LS": 3}),
    ],
)
def test_each_line_is_promised_as_it_was_said(stage, words, given):
    offered(stage)

    stage.write("gita", words)

    assert promised(stage) == given


@pytest.mark.parametrize(
    "words",
    [
        "chini sakyo bhane wai wai 1 carton matra pathauchu",
        "wai wai 1 carton bholi pathauchu, chini chaina",
        "chini sakyo hola, wai wai 1 carton matra",
        "wai wai 1 carton dine ki chini chaina?",
    ],
)
def test_what_is_not_certain_promises_nothing(stage, words):
    offered(stage)

    stage.write("gita", words)

    assert promised(stage) == {}
