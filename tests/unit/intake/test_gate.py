"""The scorer's own gate holds, run as a person runs it: predictions from the command line, judged by the scorer."""

import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import DATA

ROOT = Path(__file__).parents[3]
CATALOG = DATA / "catalog.csv"
SETS = {
    "given": DATA / "messages.jsonl",
    "blind": DATA.parent / "blind" / "messages.jsonl",
    "second blind": DATA.parent / "blind_second" / "messages.jsonl",
}


@pytest.mark.parametrize("name", SETS)
def test_the_predictions_of_a_set_pass_the_gate(name, tmp_path):
    predictions = tmp_path / "predictions.jsonl"
    with SETS[name].open() as messages, predictions.open("w") as out:
        subprocess.run(
            [sys.executable, "-m", "core.intake", "--catalog", CATALOG],
            cwd=ROOT,
            stdin=messages,
            stdout=out,
            check=True,
        )

    judged = subprocess.run(
        [sys.executable, "bench/score.py", predictions, "--gold", SETS[name], "--catalog", CATALOG, "--gate"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert judged.returncode == 0, judged.stdout + judged.stderr
    assert judged.stdout.count("PASS  ") == 8
