"""The smallest list that still fails: what a person wants to look at."""

from collections.abc import Callable
from dataclasses import fields, replace

from tests.generation.lists import ShopList
from tests.generation.noise import Dress


def shrunk(written: ShopList, fails: Callable[[ShopList], bool]) -> ShopList:
    """Take away rows, then noise, as long as *fails* still says so. What is given must fail."""
    return _undressed(_fewer_rows(written, fails), fails)


def _fewer_rows(written: ShopList, fails: Callable[[ShopList], bool]) -> ShopList:
    at = 0
    while at < len(written.rows) and len(written.rows) > 1:
        smaller = replace(written, rows=written.rows[:at] + written.rows[at + 1 :])
        if fails(smaller):
            written = smaller
        else:
            at += 1
    return written


def _undressed(written: ShopList, fails: Callable[[ShopList], bool]) -> ShopList:
    plain = Dress()
    for field in fields(Dress):
        barer = replace(written, dress=replace(written.dress, **{field.name: getattr(plain, field.name)}))
        if barer != written and fails(barer):
            written = barer
    return written
