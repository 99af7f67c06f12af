"""Which rows of a sheet are headings: the row that serves best, storeys above it, and what repeats it or names units under it."""

from __future__ import annotations

from crmlab.own.opening import cellkinds, words
from crmlab.own.opening.head import Head, bits
from crmlab.own.opening.sheet import Sheet

_CANDIDATES = 150
_BELOW = 40


def _following(head: Head, start: int) -> range:
    return range(start, min(start + _BELOW, len(head.rows)))


def main_row(head: Head) -> tuple[int, bool] | None:
    """The row of headings and ``True``; the first row of the table and ``False`` where it has none."""
    best, best_score = -1, 0.0
    scores: list[float] = []
    width = max((one.bit_count() for one in head.filled), default=0)
    for at in range(min(_CANDIDATES, max(8, 10_000 // max(1, width)), len(head.rows))):
        scores.append(_score(head, at))
        if scores[-1] > best_score:
            best, best_score = at, scores[-1]
    if best < 0:
        return _widest(head)
    early = next(at for at, score in enumerate(scores) if score >= 0.9 * best_score)
    return early, True


def _widest(head: Head) -> tuple[int, bool] | None:
    """Where no row can be headings: the first row of those that have the usual number of cells, if these hold values."""
    counts = sorted(one.bit_count() for one in head.filled)
    if not counts:
        return None
    usual = counts[len(counts) // 2]
    alike = [at for at, one in enumerate(head.filled) if one.bit_count() >= max(1, 0.7 * usual)]
    if len(alike) < 2 or all(head.texts[at] == head.filled[at] for at in alike):
        return None
    return alike[0], False


def _score(head: Head, at: int) -> float:
    """How well a row serves as the headings of what is below it: 0 where it cannot."""
    filled, texts = head.filled[at], head.texts[at]
    count = filled.bit_count()
    if texts.bit_count() < 0.6 * count:
        figures = [head.rows[at][column] for column in bits(filled & ~texts)]
        if not texts or not cellkinds.heading(figures) or any(head.filled[one] == filled for one in range(at)):
            return 0.0
        texts = filled
    below = [
        one
        for one in range(at + 1, len(head.rows))
        if (head.filled[one] & filled).bit_count() >= 0.4 * count
        and (head.filled[one] & ~filled).bit_count() <= 0.5 * count + 1
    ]
    if not below:
        return 0.0
    near = [one for one in below if one <= at + _BELOW] or below[:1]
    share, contrast, orphans = 0.0, 0.0, 0.0
    columns = 0
    for one in near:
        columns |= head.filled[one]
    for column in bits(columns | filled):
        bit = 1 << column
        there = [one for one in near if head.filled[one] & bit]
        full = len(there) / len(near)
        valued = sum(not head.texts[one] & bit for one in there) / len(near)
        if filled & bit:
            share += full
            if texts & bit:
                contrast += valued
            elif valued < 0.5 * full:
                contrast -= full
        else:
            orphans += full
    cells = [head.rows[at][column] for column in bits(texts)]
    plain = [words.plain(cell) if isinstance(cell, str) else str(cell) for cell in cells]
    doubled = len(plain) - len(set(plain))
    labels = sum(isinstance(cell, str) and cell.rstrip().endswith((":", "：")) for cell in cells)
    long = sum(isinstance(cell, str) and len(cell) > 200 for cell in cells)
    totals = sum(isinstance(cell, str) and words.total(cell) for cell in cells[:1])
    # A row of data whose value columns hold values is none of headings.
    valued_columns = [
        column
        for column in bits(filled)
        if sum(bool(head.filled[one] & ~head.texts[one] & (1 << column)) for one in near) >= 0.8 * len(near)
    ]
    if valued_columns and sum(bool(texts >> column & 1) for column in valued_columns) < 0.5 * len(valued_columns):
        return 0.0
    score = share + 1.5 * contrast - 1.2 * orphans - 0.3 * doubled - labels - long - 2 * totals
    return max(0.0, score) * min(1.0, 0.4 + 0.1 * len(below))


def spans(sheet: Sheet) -> dict[int, list[tuple[int, int]]]:
    """By number of the row, the columns from and to of cells that are merged across columns."""
    found: dict[int, list[tuple[int, int]]] = {}
    for first, left, last, right in sheet.merged:
        if right > left and last - first < 5:
            for number in range(first, last + 1):
                found.setdefault(number, []).append((left, right))
    return found


def storey_above(head: Head, above: int, below: int, spans: dict[int, list[tuple[int, int]]]) -> bool:
    """Whether a row is an upper storey of the headings in the row under it."""
    number = head.numbers[above]
    if head.numbers[below] in head.gaps:
        return False
    filled, texts, under = head.filled[above], head.texts[above], head.filled[below]
    if filled != texts or filled.bit_count() < 2 or (filled & -filled) < (under & -under) >> 1:
        return False
    cells = [str(head.rows[above][column]).strip() for column in bits(filled)]
    if any(cell.endswith((":", "：")) or ":" in cell[1:] or "：" in cell[1:] or len(cell) > 40 for cell in cells):
        return False
    whole = (under | filled).bit_length()
    inner = [one for one in spans.get(number, ()) if one[1] - one[0] + 1 < whole]
    if inner:
        return True
    repeated = [words.plain(str(head.rows[below][column])) for column in bits(under)]
    vertical = bool(filled & ~under)
    return (vertical or len(set(repeated)) < len(repeated)) and bool(filled & (1 << _first(under | filled)))


def _first(mask: int) -> int:
    return (mask & -mask).bit_length() - 1


def under(head: Head, at: int, storeys: list[int], spans: dict[int, list[tuple[int, int]]], again: bool) -> str:
    """What a row directly under headings is: ``"storey"``, ``"unit"``, ``"second"`` (the same in other words), or ``""``: data."""
    if head.numbers[at] in head.gaps:
        return ""
    filled, texts = head.filled[at], head.texts[at]
    cells = [head.rows[at][column] for column in bits(filled)]
    strings = [cell for cell in cells if isinstance(cell, str)]
    if len(strings) == len(cells) and cells and sum(map(words.unit, strings)) > 0.6 * len(cells):
        return "unit"
    for one in range(at, min(at + 2, len(head.rows))):  # Qualtrics: the questions, and numbers of its own
        if any(isinstance(cell, str) and cell.startswith('{"ImportId"') for cell in head.rows[one]):
            return "second"
    rows = [one for one in _following(head, at + 1) if head.filled[one].bit_count() >= 0.5 * filled.bit_count()]
    if not rows or filled.bit_count() < 2:
        return ""
    valued = [
        column
        for column in bits(head.any())
        if sum(bool(head.filled[one] & ~head.texts[one] & (1 << column)) for one in rows) >= 0.8 * len(rows)
    ]
    there = [column for column in valued if filled >> column & 1]
    worded = [column for column in there if texts >> column & 1]
    whole = head.filled[storeys[-1]]
    merged = bool(spans.get(head.numbers[storeys[-1]]))
    if merged and filled == texts and (not valued or worded) and not again:
        return "storey"
    if valued and len(there) >= 0.5 * len(valued) and len(worded) >= 0.7 * len(there) and filled == texts:
        gaps = sum(not whole >> column & 1 for column in bits(filled))
        return "storey" if gaps >= 1 and not again else "second" if len(valued) >= 2 or again else ""
    return ""
