"""A rule that asks for a sense which no word has can never hold, and nobody would notice."""

import ast
import re
from collections.abc import Iterator
from importlib.resources import files

import pytest

from core.intake.acts.senses import act_senses, exact_words

SENSE = re.compile(r"(?:is|talk|mood|day|small|way)\.\w+|v\.\w+\.")
MODULES = sorted(
    module.name
    for module in files("core.intake.acts").iterdir()
    if module.name.endswith(".py") and module.name != "__init__.py"
)


def constants(module: str) -> Iterator[str]:
    source = (files("core.intake.acts") / module).read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def verbs_asked_for(module: str) -> Iterator[str]:
    source = (files("core.intake.acts") / module).read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "verb":
            yield from (one.value for one in node.args if isinstance(one, ast.Constant))


@pytest.fixture(scope="module")
def known() -> frozenset[str]:
    senses = act_senses()
    of_words = {sense for phrases in senses.phrases.values() for _, found in phrases for sense in found}
    return frozenset((*of_words, *senses.pictures.values(), "small.picture"))


@pytest.mark.parametrize("module", MODULES)
def test_every_sense_that_a_rule_names_is_the_sense_of_some_word(module: str, known: frozenset[str]) -> None:
    named = {one for one in constants(module) if SENSE.fullmatch(one)}

    beginnings = tuple(sorted(named - known))

    assert [one for one in beginnings if not one.endswith(".")] == []
    assert [one for one in beginnings if not any(sense.startswith(one) for sense in known)] == []


@pytest.mark.parametrize("module", MODULES)
def test_every_verb_that_a_rule_asks_for_has_forms(module: str, known: frozenset[str]) -> None:
    verbs = {sense.split(".")[1] for sense in known if sense.startswith("v.")}

    assert set(verbs_asked_for(module)) - verbs == set()


@pytest.mark.parametrize("module", MODULES)
def test_every_list_of_exact_words_that_a_rule_reads_exists(module: str) -> None:
    source = (files("core.intake.acts") / module).read_text(encoding="utf-8")
    read = set(re.findall(r'(?:exact_words\(\)|\bwords)\["(\w+)"\]|\.says\("(\w+)"\)', source))

    assert {name for pair in read for name in pair if name} <= exact_words().keys()
