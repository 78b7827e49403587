"""Reads the environment once, judges it as a whole, and keeps it frozen for the life of the process.

The environment says where things are and with which keys. Business numbers are not here: they are versioned rows.
"""

import os
from collections.abc import Mapping
from functools import cache

from dotenv import dotenv_values

from core.config.reader import EnvironmentReader, parse_duration, var_directory
from core.config.secret_files import jwt_secret_of_checkout, keep_secret
from core.config.values import (
    PROJECT_ROOT,
    ConfigError,
    Environment,
    Settings,
    TwilioAccount,
    is_from_this_machine,
    is_loopback,
)

__all__ = [
    "PROJECT_ROOT",
    "ConfigError",
    "Environment",
    "Settings",
    "TwilioAccount",
    "environment",
    "is_from_this_machine",
    "is_loopback",
    "keep_secret",
    "load_settings",
    "parse_duration",
    "settings",
]


@cache
def settings() -> Settings:
    """Read the settings of this process: its environment, over `.env`, over a secret made for this checkout."""
    environ = environment()
    if environ.get("ENVIRONMENT") != Environment.PRODUCTION and not environ.get("JWT_SECRET"):
        environ["JWT_SECRET"] = jwt_secret_of_checkout(var_directory(environ))
    return load_settings(environ)


def environment() -> dict[str, str]:
    """Copy the environment over `.env`: what a program started by us should see.

    Tests and production do not read `.env`, so that a forgotten file decides neither.
    """
    environ = dict(os.environ)  # noqa: TID251 – the one place that reads it
    if environ.get("ENVIRONMENT", Environment.DEVELOPMENT) != Environment.DEVELOPMENT:
        return environ
    from_file = {
        name: value for name, value in dotenv_values(PROJECT_ROOT / ".env").items() if value is not None
    }
    return from_file | environ


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Read and judge *environ*; every problem is reported at once in a `ConfigError`. An empty value counts as absent."""
    return EnvironmentReader(environ).settings()
