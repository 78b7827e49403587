"""`python -m wsgi seed …` and `create-admin`: what an operator types."""

from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from core import cli
from core.catalog.models import Product
from core.config import Environment
from core.parties.models import Role, User
from core.parties.service import authenticate


@pytest.fixture
def run(monkeypatch, fresh_database):
    def invoke(command, environment):
        return run_command(cli.seed, [command], environment)

    def run_command(group, words, environment=Environment.PRODUCTION):
        monkeypatch.setattr(cli, "database_url", lambda: fresh_database.url)
        monkeypatch.setattr(cli, "settings", lambda: SimpleNamespace(environment=environment))
        return CliRunner().invoke(group, words)

    invoke.command = run_command

    return invoke


def rows(fresh_database, model):
    with fresh_database.database.transaction() as session:
        return session.scalar(select(func.count()).select_from(model))


def test_the_catalogue_is_for_every_installation(run, fresh_database):
    first = run("reference", Environment.PRODUCTION)
    second = run("reference", Environment.PRODUCTION)

    assert (first.exit_code, first.output) == (0, "186 products added\n")
    assert (second.exit_code, second.output) == (0, "0 products added\n")
    assert rows(fresh_database, Product) == 186


def test_the_demo_is_refused_in_production(run, fresh_database):
    refused = run("demo", Environment.PRODUCTION)

    assert refused.exit_code == 1
    assert refused.output.startswith("Error: demo_not_for_production")
    assert rows(fresh_database, Product) == 0
    assert rows(fresh_database, User) == 0


def test_the_first_admin_comes_from_a_command(run, fresh_database):
    words = ["--email", "office@khaacho.test", "--name", "Office", "--password", "a long enough one"]

    made = run.command(cli.create_admin, words)
    again = run.command(cli.create_admin, words)

    assert (made.exit_code, made.output) == (0, "office@khaacho.test can sign in\n")
    assert again.exit_code == 1
    assert "user_name_taken" in again.output
    with fresh_database.database.transaction() as session:
        user = authenticate(session, name="office@khaacho.test", password="a long enough one")
        assert user.role is Role.ADMIN
