"""What the composition root refuses to put together."""

from dataclasses import replace

import pytest

import wsgi
from core.config import ConfigError, Environment


def test_production_does_not_open_with_a_demo_sign_in(stage):
    production = replace(stage.settings, environment=Environment.PRODUCTION)

    with pytest.raises(ConfigError, match="demo"):
        wsgi.create_app(production, stage.database)
