"""The environment is judged as a whole: what it may say, and what production refuses."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from core.config import (
    PROJECT_ROOT,
    ConfigError,
    Environment,
    TwilioAccount,
    is_loopback,
    keep_secret,
    load_settings,
    parse_duration,
)

GOOD_SECRET = "f3b1c1d0a4e94c5f8a7b6c5d4e3f2a1b0c9d8e7f"
ACCOUNT_SID = "AC" + "0123456789abcdef" * 2
AUTH_TOKEN = "fedcba9876543210" * 2
DEVELOPMENT = {"JWT_SECRET": "short"}
PRODUCTION = {
    "ENVIRONMENT": "production",
    "DATABASE_URL": "postgresql://khaacho:password@db.internal/khaacho",
    "REDIS_URL": "rediss://cache.internal:6379/0",
    "PUBLIC_URL": "https://khaacho.example/",
    "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
    "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
    "TWILIO_WHATSAPP_FROM": "+14155238886",
    "JWT_SECRET": GOOD_SECRET,
}


def problems(environ: dict[str, str]) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as refused:
        load_settings(environ)
    return refused.value.problems


def test_development_needs_nothing_but_a_secret():
    settings = load_settings(DEVELOPMENT)

    assert settings.environment is Environment.DEVELOPMENT
    assert settings.database_url is None
    assert settings.redis_url is None
    assert settings.port == 3000
    assert settings.public_url == "http://localhost:3000"
    assert settings.twilio is None
    assert settings.jwt_expires_in == timedelta(days=7)
    assert settings.enable_background_jobs is True
    assert not settings.is_production


def test_production_with_everything_in_place_is_accepted():
    settings = load_settings(PRODUCTION)

    assert settings.is_production
    assert settings.database_url == "postgresql+psycopg://khaacho:password@db.internal/khaacho"
    assert settings.public_url == "https://khaacho.example"
    assert settings.twilio == TwilioAccount(
        account_sid=ACCOUNT_SID, auth_token=AUTH_TOKEN, whatsapp_from="whatsapp:+14155238886"
    )
    assert settings.webhook_account == settings.twilio


def test_every_problem_is_reported_at_once():
    found = problems(
        {
            "ENVIRONMENT": "staging",
            "DATABASE_URL": "mysql://db/khaacho",
            "REDIS_URL": "localhost:6379",
            "PORT": "http",
            "PUBLIC_URL": "khaacho.example",
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_API_URL": "https://twilio.example",
            "JWT_EXPIRES_IN": "a week",
            "ENABLE_BACKGROUND_JOBS": "maybe",
        }
    )

    assert [problem.split(" ")[0] for problem in found] == [
        "ENVIRONMENT",
        "PORT",
        "DATABASE_URL",
        "REDIS_URL",
        "PUBLIC_URL",
        "TWILIO_API_URL",
        "TWILIO_AUTH_TOKEN,",
        "JWT_SECRET",
        "JWT_EXPIRES_IN",
        "ENABLE_BACKGROUND_JOBS",
    ]


def test_empty_production_is_refused_for_everything_it_lacks():
    found = problems({"ENVIRONMENT": "production"})

    assert [problem.split(" ")[0] for problem in found] == [
        "DATABASE_URL",
        "REDIS_URL",
        "PUBLIC_URL",
        "TWILIO_ACCOUNT_SID,",
        "JWT_SECRET",
    ]


@pytest.mark.parametrize(
    ("_case", "change", "problem"),
    [
        ("short", {"JWT_SECRET": "f3b1c1d0a4e94c5f"}, "JWT_SECRET is shorter than 32 characters"),
        (
            "example",
            {"JWT_SECRET": "please-change-me-please-change-me-1"},
            "JWT_SECRET reads like an example",
        ),
        ("repeated", {"JWT_SECRET": "ab" * 20}, "JWT_SECRET repeats a few characters"),
        ("plain http", {"PUBLIC_URL": "http://khaacho.example"}, "PUBLIC_URL is 'http://khaacho.example'"),
        (
            "clear text",
            {"TWILIO_API_URL": "http://twilio.example"},
            "TWILIO_API_URL would carry our credentials",
        ),
        ("half a Twilio", {"TWILIO_AUTH_TOKEN": ""}, "TWILIO_AUTH_TOKEN missing"),
        ("wrong account", {"TWILIO_ACCOUNT_SID": "AC123"}, "TWILIO_ACCOUNT_SID is not AC"),
        ("no number", {"TWILIO_WHATSAPP_FROM": "khaacho"}, "TWILIO_WHATSAPP_FROM is 'khaacho'"),
    ],
)
def test_production_refuses(_case, change, problem):
    (found,) = problems(PRODUCTION | change)

    assert found.startswith(problem)


def test_problems_do_not_repeat_passwords():
    (found,) = problems(DEVELOPMENT | {"DATABASE_URL": "mysql://root:hunter2@db/khaacho"})

    assert "hunter2" not in found


def test_settings_do_not_show_their_secrets():
    shown = repr(load_settings(PRODUCTION))

    assert "password" not in shown
    assert GOOD_SECRET not in shown
    assert "'token'" not in shown


@pytest.mark.parametrize("url", ["http://127.0.0.1:4020", "http://localhost:4020/", "http://[::1]:4020"])
def test_outside_production_another_twilio_may_be_on_this_machine(url):
    twilio = {name: value for name, value in PRODUCTION.items() if name.startswith("TWILIO")}

    settings = load_settings(DEVELOPMENT | twilio | {"TWILIO_API_URL": url})

    assert settings.twilio.api_url == url.rstrip("/")


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1.example", "http://localhost@twilio.example", "https://10.0.0.1"]
)
def test_what_only_looks_like_this_machine_is_not(url):
    assert not is_loopback(url)


def test_without_twilio_the_webhook_trusts_an_account_of_its_own():
    one = load_settings({"JWT_SECRET": "one"}).webhook_account
    other = load_settings({"JWT_SECRET": "other"}).webhook_account

    assert one == load_settings({"JWT_SECRET": "one"}).webhook_account
    assert one.auth_token != other.auth_token
    assert one.account_sid.startswith("AC")
    assert len(one.account_sid) == 34


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("7d", timedelta(days=7)),
        ("12h", timedelta(hours=12)),
        ("30M", timedelta(minutes=30)),
        ("45s", timedelta(seconds=45)),
        ("3600", timedelta(hours=1)),
    ],
)
def test_durations(text, duration):
    assert parse_duration(text) == duration


@pytest.mark.parametrize("text", ["", "0", "-1", "1.5h", "7 days", "d", "٣h"])
def test_what_is_no_duration(text):
    with pytest.raises(ValueError):
        parse_duration(text)


def test_a_kept_secret_is_private_and_stays(tmp_path: Path):
    path = tmp_path / "var" / "secret"

    first = keep_secret(path, make=lambda: "first")
    again = keep_secret(path, make=lambda: "second")

    assert (first, again) == ("first", "first")
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_the_example_names_exactly_the_settings_that_are_read():
    sources = (PROJECT_ROOT / "core" / "config").glob("*.py")
    read = {name for path in sources for name in re.findall(r'"([A-Z][A-Z_]{3,})"', path.read_text())}
    example = (PROJECT_ROOT / ".env.example").read_text()
    named = {
        line.partition("=")[0] for line in example.splitlines() if "=" in line and not line.startswith("#")
    }

    assert "JWT_SECRET" in read
    assert named == read - {"PROJECT_ROOT"}
