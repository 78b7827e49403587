"""The words that come with the catalogue must not pull common words of the trade to one product."""

import csv
import tomllib

from core.config import PROJECT_ROOT


def test_no_alias_claims_a_common_word():
    with (PROJECT_ROOT / "core/intake/language/words/goods.toml").open("rb") as file:
        common = {word for group in tomllib.load(file)["groups"] for word in group}
    with (PROJECT_ROOT / "core/seeds/data/nepali.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    claimed = {
        (row["sku"], word)
        for row in rows
        for words in row["aliases"].split(";")
        for word in words.split()
        if word in common
    }
    assert len(rows) == 186
    assert claimed == set()
