"""How near a typed line is to given lines, by the letters that they share: the same way for English and Chinese.

Lines are compared by character n-grams: threes of each padded word, and for Chinese single characters and pairs, so that
neither a dictionary nor a word splitter is needed. Nearness is the cosine of the weighted counts, 0 (nothing shared) to
1 (the same); what most of the lines share weighs little.

It sees letters, not meaning: "no" and "not at all" are strangers to it. Whoever uses it lets the trainee confirm.

Sources: Damashek, M. (1995), Gauging similarity with n-grams: language-independent categorization of text, Science
267(5199), 843-848. Weights: Sparck Jones, K. (1972), A statistical interpretation of term specificity and its
application in retrieval, Journal of Documentation 28(1), 11-21.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

LEAST = 0.1
"""Below this a line is not called near: a shared "the" or "的" is chance."""

TIE = 0.01
"""Two lines whose nearness differs by less are equally near."""

_CHINESE = "\u3400-\u9fff\uf900-\ufaff"
_RUNS = re.compile(rf"[{_CHINESE}]+|[^\W_{_CHINESE}]+(?:['’][^\W_{_CHINESE}]+)*")


def grams(text: str) -> Counter[str]:
    """The n-grams of a line with their counts.

    >>> sorted(grams("Oh no!"))
    [' no', ' oh', 'no ', 'oh ']
    >>> sorted(grams("冰的。"))
    ['冰', '冰的', '的']
    """
    found: Counter[str] = Counter()
    for run in _RUNS.findall(unicodedata.normalize("NFKC", text).casefold().replace("’", "'")):
        if re.match(f"[{_CHINESE}]", run):
            found.update(run)
            found.update(run[place : place + 2] for place in range(len(run) - 1))
        else:
            padded = f" {run} "
            found.update(padded[place : place + 3] for place in range(len(padded) - 2))
    return found


def nearness(words: str, lines: Sequence[str]) -> list[float]:
    """The nearness of a typed line to each of the lines, 0 to 1.

    >>> [round(one, 2) for one in nearness("It must be cold", ["It must be cold!", "How many crates?"])]
    [1.0, 0.0]
    """
    typed, given = grams(words), [grams(line) for line in lines]
    spread = Counter(gram for one in given for gram in one)

    def weigh(counts: Counter[str]) -> dict[str, float]:
        # The root keeps a word that is said three times from counting three times.
        return {
            gram: math.sqrt(count) * math.log((len(given) + 1) / max(spread[gram], 1)) for gram, count in counts.items()
        }

    def norm(weights: dict[str, float]) -> float:
        return math.sqrt(sum(weight * weight for weight in weights.values()))

    mine = weigh(typed)
    found = []
    for one in map(weigh, given):
        length = norm(mine) * norm(one)
        shared = sum(weight * one.get(gram, 0.0) for gram, weight in mine.items())
        found.append(min(1.0, shared / length) if length else 0.0)
    return found


def nearest(near: Sequence[float]) -> list[int]:
    """Which are nearest, as numbers from 0: one; several where they are equally near; none where nothing is near.

    >>> nearest([0.1, 0.4]), nearest([0.4, 0.4]), nearest([0.01, 0.0])
    ([1], [0, 1], [])
    """
    best = max(near, default=0.0)
    return [number for number, one in enumerate(near) if one > best - TIE] if best >= LEAST else []
