"""How the time of something grows with the size of what it is given, on a machine that does other things too."""

import gc
import time
from collections.abc import Callable
from itertools import pairwise
from math import inf

# Of processor time, from one size to twice that size.
MOST_PER_DOUBLING = 2.2
# Sizes of one message in WhatsApp, up to the longest that a person can send.
SIZES = (1_000, 2_000, 4_000)
FEWEST_ROUNDS = 3
# The best of several rounds is what it costs; a busy machine may spoil the first ones.
MOST_ROUNDS = 8


def per_doubling(act: Callable[[int], object], sizes: tuple[int, ...] = SIZES) -> float:
    """Give by how much the time of *act* grows at most when its size doubles: the best times of a few rounds."""
    best = [inf] * len(sizes)
    growth = inf
    for tries in range(1, MOST_ROUNDS + 1):
        for place, size in enumerate(sizes):
            gc.collect()
            started = time.process_time()
            act(size)
            best[place] = min(best[place], time.process_time() - started)
        growth = max(more / less for less, more in pairwise(best))
        if tries >= FEWEST_ROUNDS and growth <= MOST_PER_DOUBLING:
            break
    return growth
