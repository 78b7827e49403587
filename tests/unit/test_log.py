"""What reaches a log, and what does not."""

import io
import json
import logging

import pytest

from core import log
from core.config import Environment


@pytest.fixture(autouse=True)
def restored_root_logger():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


def written(environment: Environment, message: str, **extra: object) -> str:
    stream = io.StringIO()
    log.configure(environment, stream=stream)
    logging.getLogger("khaacho.test").warning(message, extra=extra)
    return stream.getvalue()


def test_facts_stand_beside_the_message():
    with log.about(conversation=7):
        line = json.loads(written(Environment.PRODUCTION, "answered", order="KH-1"))

    assert {name: line[name] for name in ("level", "logger", "message", "conversation", "order")} == {
        "level": "warning",
        "logger": "khaacho.test",
        "message": "answered",
        "conversation": 7,
        "order": "KH-1",
    }


def test_facts_end_with_their_block():
    with log.about(conversation=7):
        pass

    assert "conversation" not in written(Environment.DEVELOPMENT, "answered")


@pytest.mark.parametrize("environment", [Environment.DEVELOPMENT, Environment.PRODUCTION])
def test_phone_numbers_lose_their_middle(environment):
    line = written(environment, "from whatsapp:+9779841000001", wa_id="9779841000001", amount=98_410_000_019)

    assert "9841000" not in line.replace("98410000019", "")
    assert "+977…001" in line
    assert "98410000019" in line
