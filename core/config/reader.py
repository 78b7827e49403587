"""Reads one environment into settings, and names everything that is wrong with it at once."""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from core.config.values import PROJECT_ROOT, ConfigError, Environment, Settings, TwilioAccount, is_loopback

MIN_SECRET_LENGTH = 32
MAX_SESSION = timedelta(days=366)
DEFAULT_PORT = 3000
# What the Procfile binds to when nobody says BIND; `make run` says 127.0.0.1.
ANYWHERE = "0.0.0.0"  # noqa: S104 - compared, not bound
MOST_PROXIES = 5
# The pool of connections has 24.
MOST_WEB_THREADS = 20
TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"0", "false", "no", "off"})
# What people leave in place when they copy an example. The comparison ignores case and everything but letters.
EXAMPLE_SECRET_WORDS = (
    "changeme",
    "secret",
    "default",
    "example",
    "placeholder",
    "password",
    "development",
    "jwtkey",
)

_DURATION = re.compile(r"(?P<count>\d{1,9})(?P<unit>[smhd]?)", re.ASCII)
_UNIT_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_TWILIO_NAMES = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_WHATSAPP_FROM")
_ACCOUNT_SID = re.compile(r"AC[0-9a-fA-F]{32}")
_AUTH_TOKEN = re.compile(r"[0-9a-fA-F]{32}")
_WHATSAPP_NUMBER = re.compile(r"(?:whatsapp:)?(\+[1-9]\d{7,14})", re.ASCII)


def parse_duration(text: str) -> timedelta:
    """`7d`, `12h`, `30m`, `45s`, or plain seconds. Raises ValueError for anything else, zero included."""
    match = _DURATION.fullmatch(text.strip().lower())
    if match is None or int(match["count"]) == 0:
        raise ValueError(text)
    return timedelta(seconds=int(match["count"]) * _UNIT_SECONDS[match["unit"]])


class EnvironmentReader:
    """Reads one environment and collects what is wrong with it on the way."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.values = {name: value.strip() for name, value in environ.items() if value.strip()}
        self.problems: list[str] = []
        self.environment = self._environment()
        self.in_production = self.environment is Environment.PRODUCTION

    def settings(self) -> Settings:
        port = self._port()
        read = Settings(
            environment=self.environment,
            database_url=self._database_url(),
            redis_url=self._redis_url(),
            port=port,
            public_url=self._public_url(port),
            twilio=self._twilio(),
            jwt_secret=self._jwt_secret(),
            jwt_expires_in=self._jwt_expires_in(),
            enable_background_jobs=self._flag("ENABLE_BACKGROUND_JOBS", default=True),
            var=var_directory(self.values),
            cors_origins=self._cors_origins(),
            bind=self.values.get(
                "BIND", ANYWHERE if self.environment is Environment.DEVELOPMENT else "127.0.0.1"
            ),
            web_threads=self._web_threads(),
            trusted_proxies=self._trusted_proxies(),
            metrics_token=self._metrics_token(),
            traces_endpoint=self._traces_endpoint(),
            sentry_dsn=self._sentry_dsn(),
        )
        if self.problems:
            raise ConfigError(tuple(self.problems))
        return read

    def _environment(self) -> Environment:
        name = self.values.get("ENVIRONMENT", Environment.DEVELOPMENT)
        try:
            return Environment(name)
        except ValueError:
            self.problems.append(f"ENVIRONMENT is {name!r}; it is one of {', '.join(Environment)}")
            return Environment.DEVELOPMENT

    def _database_url(self) -> str | None:
        url = self._address("DATABASE_URL", schemes=("postgresql", "postgres", "postgresql+psycopg"))
        if url is None:
            return None
        return "postgresql+psycopg" + url[url.index("://") :]

    def _redis_url(self) -> str | None:
        return self._address("REDIS_URL", schemes=("redis", "rediss", "unix"))

    def _address(self, name: str, *, schemes: tuple[str, ...]) -> str | None:
        url = self.values.get(name)
        if url is None:
            if self.in_production:
                self.problems.append(f"{name} is missing; production does not start servers of its own")
            return None
        if urlsplit(url).scheme not in schemes or "://" not in url:
            # The value may carry a password, so it is not repeated.
            self.problems.append(
                f"{name} does not start with {' or '.join(f'{scheme}://' for scheme in schemes)}"
            )
            return None
        return url

    def _port(self) -> int:
        text = self.values.get("PORT", str(DEFAULT_PORT))
        if text.isascii() and text.isdigit() and 1 <= int(text) <= 65535:
            return int(text)
        self.problems.append(f"PORT is {text!r}; it is a number from 1 to 65535")
        return DEFAULT_PORT

    def _public_url(self, port: int) -> str:
        url = self.values.get("PUBLIC_URL")
        if url is None:
            if self.in_production:
                self.problems.append("PUBLIC_URL is missing; Twilio signs it, so it cannot be guessed")
            return f"http://localhost:{port}"
        if not _is_web_address(url):
            self.problems.append(
                f"PUBLIC_URL is {url!r}; it is the address people reach us by, without ? or #"
            )
        elif self.in_production and urlsplit(url).scheme != "https":
            self.problems.append(f"PUBLIC_URL is {url!r}; production is reached by https only")
        return url.rstrip("/")

    def _twilio(self) -> TwilioAccount | None:
        api_url = self._twilio_api_url()
        missing = [name for name in _TWILIO_NAMES if name not in self.values]
        if missing:
            self._judge_missing_twilio(missing)
            return None
        sid, token, sender = (self.values[name] for name in _TWILIO_NAMES)
        if not _ACCOUNT_SID.fullmatch(sid):
            self.problems.append("TWILIO_ACCOUNT_SID is not AC followed by 32 hexadecimal digits")
        if self.in_production and not _AUTH_TOKEN.fullmatch(token):
            self.problems.append("TWILIO_AUTH_TOKEN is not 32 hexadecimal digits")
        number = _WHATSAPP_NUMBER.fullmatch(sender)
        if number is None:
            self.problems.append(f"TWILIO_WHATSAPP_FROM is {sender!r}; it looks like whatsapp:+14155238886")
            return None
        return TwilioAccount(
            account_sid=sid, auth_token=token, whatsapp_from=f"whatsapp:{number[1]}", api_url=api_url
        )

    def _judge_missing_twilio(self, missing: list[str]) -> None:
        """All three or none; production has all three."""
        names = ", ".join(_TWILIO_NAMES)
        if len(missing) < len(_TWILIO_NAMES):
            self.problems.append(f"{', '.join(missing)} missing; set all of {names} or none")
        elif self.in_production:
            self.problems.append(f"{names} are missing; the simulator's channel is for development")

    def _twilio_api_url(self) -> str | None:
        url = self.values.get("TWILIO_API_URL")
        if url is None:
            return None
        if not _is_web_address(url):
            self.problems.append(f"TWILIO_API_URL is {url!r}; it is a web address without ? or #")
        elif not is_loopback(url) and not self.in_production:
            self.problems.append(
                "TWILIO_API_URL is not on this machine; outside production nothing else is sent to"
            )
        elif not is_loopback(url) and urlsplit(url).scheme != "https":
            self.problems.append(
                "TWILIO_API_URL would carry our credentials in the clear; it is https or loopback"
            )
        return url.rstrip("/")

    def _jwt_secret(self) -> str:
        secret = self.values.get("JWT_SECRET")
        if secret is None:
            self.problems.append("JWT_SECRET is missing")
            return ""
        if self.in_production and (weakness := _weakness(secret)):
            self.problems.append(f"JWT_SECRET {weakness}; make one with: openssl rand -hex 32")
        return secret

    def _jwt_expires_in(self) -> timedelta:
        text = self.values.get("JWT_EXPIRES_IN", "7d")
        try:
            duration = parse_duration(text)
        except ValueError:
            self.problems.append(f"JWT_EXPIRES_IN is {text!r}; write 7d, 12h, 30m or a number of seconds")
            return timedelta(days=7)
        if duration > MAX_SESSION:
            self.problems.append(f"JWT_EXPIRES_IN is {text!r}; at most {MAX_SESSION.days}d")
        return duration

    def _trusted_proxies(self) -> int:
        text = self.values.get("TRUSTED_PROXIES", "0")
        if text.isdecimal() and text.isascii() and int(text) <= MOST_PROXIES:
            return int(text)
        self.problems.append(f"TRUSTED_PROXIES is {text!r}; it is a number up to {MOST_PROXIES}")
        return 0

    def _metrics_token(self) -> str | None:
        token = self.values.get("METRICS_TOKEN")
        if token is not None and self.in_production and (weakness := _weakness(token)):
            self.problems.append(f"METRICS_TOKEN {weakness}; make one with: openssl rand -hex 32")
        return token

    def _traces_endpoint(self) -> str | None:
        url = self.values.get("OTEL_EXPORTER_OTLP_ENDPOINT")
        if url is None:
            return None
        if not _is_web_address(url):
            self.problems.append(
                f"OTEL_EXPORTER_OTLP_ENDPOINT is {url!r}; it is a web address such as http://localhost:4318"
            )
        return url.rstrip("/")

    def _sentry_dsn(self) -> str | None:
        dsn = self.values.get("SENTRY_DSN")
        if dsn is not None and not (_is_web_address(dsn) and urlsplit(dsn).username):
            # It carries a key, so it is not repeated.
            self.problems.append("SENTRY_DSN is not an address as Sentry gives it: https://key@host/number")
        return dsn

    def _web_threads(self) -> int:
        text = self.values.get("WEB_THREADS", "8")
        if text.isdecimal() and text.isascii() and 1 <= int(text) <= MOST_WEB_THREADS:
            return int(text)
        self.problems.append(f"WEB_THREADS is {text!r}; it is a number from 1 to {MOST_WEB_THREADS}")
        return 4

    def _cors_origins(self) -> frozenset[str]:
        origins = frozenset(self.values.get("CORS_ORIGINS", "").replace(",", " ").split())
        for origin in sorted(origins):
            parts = urlsplit(origin)
            if (
                parts.scheme not in ("http", "https")
                or not parts.netloc
                or origin != f"{parts.scheme}://{parts.netloc}"
            ):
                self.problems.append(
                    f"CORS_ORIGINS: {origin!r} is not an origin such as https://panel.example.com"
                )
        return origins

    def _flag(self, name: str, *, default: bool) -> bool:
        word = self.values.get(name, str(default)).lower()
        if word not in TRUE_WORDS | FALSE_WORDS:
            self.problems.append(f"{name} is {word!r}; write true or false")
        return word in TRUE_WORDS


def _is_web_address(url: str) -> bool:
    # A port such as :99999 shows only when it is asked for.
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return (
        parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.query and not parts.fragment
    )


def _weakness(secret: str) -> str | None:
    if len(secret) < MIN_SECRET_LENGTH:
        return f"is shorter than {MIN_SECRET_LENGTH} characters"
    letters = re.sub("[^a-z]", "", secret.lower())
    if any(word in letters for word in EXAMPLE_SECRET_WORDS):
        return "reads like an example"
    if len(set(secret)) < 8:
        return "repeats a few characters"
    return None


def var_directory(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("VAR_DIR", "").strip() or PROJECT_ROOT / "var").absolute()
