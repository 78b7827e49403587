"""Whoever fills a spreadsheet finds its columns and each error in the how-to, and a message with the error."""

import ast
import re

import pytest

from admin_api.resources.exchange import _MESSAGES
from core.config import PROJECT_ROOT
from core.exchange import listings, products, retailers, stock

TEXT = (PROJECT_ROOT / "docs/how-to/import-a-catalogue.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`([a-z_0-9]+)`", TEXT))


def codes():
    """Every code of a row that the code can say."""
    for path in (PROJECT_ROOT / "core/exchange").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                match ast.unparse(node.func):
                    case "CellRefused" | "_unreadable" if isinstance(node.args[0], ast.Constant):
                        yield node.args[0].value
                    case "errors.add" | "context.errors.add" if isinstance(node.args[2], ast.Constant):
                        yield node.args[2].value
                    case _:
                        pass


@pytest.mark.parametrize("kind", [products, listings, stock, retailers], ids=lambda kind: kind.NAME)
def test_every_column_is_documented(kind):
    assert set(kind.SHEET.names) - NAMED == set()


def test_every_code_is_documented_and_has_a_message():
    said = set(codes())

    assert len(said) > 15
    assert said == set(_MESSAGES)
    assert said - NAMED == set()
