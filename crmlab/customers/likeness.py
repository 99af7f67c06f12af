"""How alike two short texts are, from 0 to 1: Jaro and Jaro-Winkler.

A well-kept library does the same faster (rapidfuzz); the browser edition cannot have it, since there is neither a wheel for
Pyodide nor one in pure Python. So the few lines stand here, and a test holds them against rapidfuzz.

Sources: Jaro, M. A. (1989), Advances in record-linkage methodology as applied to matching the 1985 census of Tampa, Florida,
Journal of the American Statistical Association 84, 414-420; Winkler, W. E. (1990), String comparator metrics and enhanced
decision rules in the Fellegi-Sunter model of record linkage, Proceedings of the Section on Survey Research Methods, ASA, 354-359.
"""

from __future__ import annotations

PREFIX, BOOST, FROM = 4, 0.1, 0.7


def jaro(one: str, other: str) -> float:
    """Jaro's similarity: shared characters that stand near each other, and how many of them change places.

    Two empty texts are alike (1.0), an empty one is like no other.

    >>> round(jaro("MARTHA", "MARHTA"), 4), round(jaro("DIXON", "DICKSONX"), 4), jaro("", "A")
    (0.9444, 0.7667, 0.0)
    """
    if one == other:
        return 1.0
    reach = max(max(len(one), len(other)) // 2 - 1, 0)
    taken = [False] * len(other)
    shared: list[str] = []
    for place, letter in enumerate(one):
        for near in range(max(place - reach, 0), min(place + reach + 1, len(other))):
            if not taken[near] and other[near] == letter:
                taken[near] = True
                shared.append(letter)
                break
    if not shared:
        return 0.0
    theirs = [letter for letter, found in zip(other, taken, strict=True) if found]
    swaps = sum(a != b for a, b in zip(shared, theirs, strict=True)) // 2
    count = len(shared)
    return (count / len(one) + count / len(other) + (count - swaps) / count) / 3


def jaro_winkler(one: str, other: str) -> float:
    """Jaro's similarity, raised where the first characters (four at most) agree and it lies above 0.7 already.

    >>> round(jaro_winkler("MARTHA", "MARHTA"), 4), round(jaro_winkler("DWAYNE", "DUANE"), 2), jaro_winkler("泰翎", "泰翎")
    (0.9611, 0.84, 1.0)
    """
    found = jaro(one, other)
    if found <= FROM:
        return found
    prefix = 0
    for a, b in zip(one[:PREFIX], other[:PREFIX], strict=False):
        if a != b:
            break
        prefix += 1
    return found + prefix * BOOST * (1 - found)
