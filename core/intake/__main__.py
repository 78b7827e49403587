"""Read a file of messages: `python -m core.intake --catalog catalog.csv < inputs.jsonl > predictions.jsonl`."""

import argparse
import json
import sys
from decimal import Decimal
from pathlib import Path

from core.intake.catalogue.csv_file import entries_from_csv
from core.intake.catalogue.indexing import build_index
from core.intake.reader import read_message
from core.intake.reading import EditKind, Intent, Reading, Role


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--catalog", type=Path, required=True)
    index = build_index(entries_from_csv(parser.parse_args().catalog))
    for row in sys.stdin:
        if row.strip():
            message = json.loads(row)
            reading = read_message(message["text"], role=Role(message["role"]), index=index)
            sys.stdout.write(
                json.dumps({"id": message["id"], **prediction(reading)}, ensure_ascii=False) + "\n"
            )


def prediction(reading: Reading) -> dict[str, object]:
    """Give a reading in the form that the scorer compares."""
    lines = [{"sku": line.sku, "qty": _number(line.quantity)} for line in reading.lines]
    for edit in reading.edits:
        if edit.sku:
            quantity = Decimal(0) if edit.kind is EditKind.REMOVE else edit.quantity or Decimal(0)
            lines.append({"sku": edit.sku, "qty": _number(quantity)})
    slots = reading.slots
    said: dict[str, object] = {}
    if slots.order_ref:
        said["order_ref"] = slots.order_ref
    if slots.amount_minor is not None:
        said["amount"] = _number(Decimal(slots.amount_minor) / 100)
    if slots.method:
        said["method"] = slots.method
    if slots.reference:
        said["ref"] = slots.reference
    if slots.qty is not None and reading.intent is Intent.CART_EDIT:
        said["qty"] = _number(slots.qty)
    candidates = list(dict.fromkeys(sku for question in reading.questions for sku in question.candidates))
    return {
        "intent": reading.intent,
        "lines": lines,
        "clarify": reading.clarify,
        "candidates": candidates,
        "slots": said,
    }


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


if __name__ == "__main__":
    main()
