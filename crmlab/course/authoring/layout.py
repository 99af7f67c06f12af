"""Where to draw the nodes of a script's graph: layers from the start downwards, few crossings, lines that keep clear.

The usual four steps for layered drawings (Sugiyama, Tagawa and Toda 1981): turn round the links that close a circle, put
every node below those that lead to it, order each layer by the places of its neighbours, then move nodes towards them.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Link = tuple[str, str]

SWEEPS = 24


@dataclass
class Layout:
    """``places``: the middle of each node, x in units of a node's width, y its layer from 0. ``bends``: the points that
    a link passes on its way through other layers. ``back``: links that lead back up."""

    places: dict[str, tuple[float, int]]
    bends: dict[Link, list[tuple[float, int]]]
    back: set[Link] = field(default_factory=set)

    @property
    def width(self) -> float:
        """How far right the drawing goes."""
        return max((x for x, _y in [*self.places.values(), *(p for way in self.bends.values() for p in way)]), default=0)


def layout(start: str, links: Mapping[str, Sequence[str]]) -> Layout:
    """Lay out a graph: ``links`` names for each node where it leads. Nodes that nothing leads to come last in layer 0.

    >>> found = layout("a", {"a": ["b", "c"], "b": ["c"], "c": ["a"]})
    >>> [found.places[name][1] for name in "abc"], found.back
    ([0, 1, 2], {('c', 'a')})
    """
    order = [start, *(name for name in links if name != start)]
    back = _back(order, links)
    edges = [(a, b) for a in order for b in dict.fromkeys(links[a]) if a != b]
    down = [(b, a) if (a, b) in back else (a, b) for a, b in edges]
    layer = _layers(order, down)
    ways = {}
    points: dict[str, int] = dict(layer)
    neighbours: dict[str, dict[str, int]] = {}
    for (a, b), (upper, lower) in zip(edges, down, strict=True):
        passed = [f"{a}\0{b}\0{row}" for row in range(layer[upper] + 1, layer[lower])]
        points |= {name: layer[upper] + 1 + row for row, name in enumerate(passed)}
        chain = [upper, *passed, lower]
        for one, other in itertools.pairwise(chain):
            neighbours.setdefault(one, {})[other] = neighbours.setdefault(other, {})[one] = 1
        ways[a, b] = passed if (a, b) == (upper, lower) else passed[::-1]
    rows = _ordered(points, neighbours)
    x = _moved(rows, neighbours, set(layer))
    return Layout(
        {name: (x[name], layer[name]) for name in order},
        {link: [(x[point], points[point]) for point in way] for link, way in ways.items()},
        back | {(name, name) for name in order if name in links[name]},
    )


def _back(order: Sequence[str], links: Mapping[str, Sequence[str]]) -> set[Link]:
    """The links that close a circle, found by following the first choices first."""
    back: set[Link] = set()
    state: dict[str, int] = {}
    for root in order:
        if root in state:
            continue
        state[root] = 1
        under_way = [(root, iter(links[root]))]
        while under_way:
            name, rest = under_way[-1]
            for target in rest:
                if state.get(target) == 1 and target != name:
                    back.add((name, target))
                elif target not in state:
                    state[target] = 1
                    under_way.append((target, iter(links[target])))
                    break
            else:
                state[name] = 2
                under_way.pop()
    return back


def _layers(order: Sequence[str], down: Sequence[Link]) -> dict[str, int]:
    """Each node one below the lowest that leads to it."""
    above: dict[str, list[str]] = {name: [] for name in order}
    below: dict[str, list[str]] = {name: [] for name in order}
    for upper, lower in down:
        above[lower].append(upper)
        below[upper].append(lower)
    layer = dict.fromkeys(order, 0)
    open_links = {name: len(above[name]) for name in order}
    free = [name for name in order if not open_links[name]]
    while free:
        name = free.pop(0)
        for lower in below[name]:
            layer[lower] = max(layer[lower], layer[name] + 1)
            open_links[lower] -= 1
            if not open_links[lower]:
                free.append(lower)
    return layer


def _ordered(points: Mapping[str, int], neighbours: Mapping[str, Mapping[str, int]]) -> list[list[str]]:
    """The layers, each from left to right: sweeps down and up by the middle of the neighbours; the best one is kept."""
    rows: list[list[str]] = [[] for _row in range(max(points.values()) + 1)]
    for name, row in points.items():
        rows[row].append(name)
    best, fewest = [list(row) for row in rows], _crossings(rows, points, neighbours)
    for sweep in range(SWEEPS):
        downwards = sweep % 2 == 0
        sequence = range(1, len(rows)) if downwards else range(len(rows) - 2, -1, -1)
        for number in sequence:
            beside = {name: place for place, name in enumerate(rows[number - 1 if downwards else number + 1])}
            own = {name: place for place, name in enumerate(rows[number])}

            def middle(name: str, beside: dict[str, int] = beside, own: dict[str, int] = own) -> tuple[float, int]:
                near = sorted(beside[other] for other in neighbours.get(name, ()) if other in beside)
                return (sum(near) / len(near) if near else float(own[name]), own[name])

            rows[number].sort(key=middle)
        count = _crossings(rows, points, neighbours)
        if count < fewest:
            best, fewest = [list(row) for row in rows], count
    _swap(best, points, neighbours)
    return best


def _crossings(rows: list[list[str]], points: Mapping[str, int], neighbours: Mapping[str, Mapping[str, int]]) -> int:
    return sum(_between(upper, lower, neighbours) for upper, lower in itertools.pairwise(rows))


def _between(upper: list[str], lower: list[str], neighbours: Mapping[str, Mapping[str, int]]) -> int:
    place = {name: number for number, name in enumerate(lower)}
    seen: list[int] = []
    count = 0
    for name in upper:
        ends = sorted(place[one] for one in neighbours.get(name, ()) if one in place)
        count += sum(len(seen) - bisect.bisect_right(seen, end) for end in ends)
        for end in ends:
            bisect.insort(seen, end)
    return count


def _swap(rows: list[list[str]], points: Mapping[str, int], neighbours: Mapping[str, Mapping[str, int]]) -> None:
    """Exchange two that stand side by side wherever that saves a crossing."""
    place = {name: number for row in rows for number, name in enumerate(row)}
    for _round in range(4):
        better = False
        for number, row in enumerate(rows):
            for at in range(len(row) - 1):
                left, right = row[at], row[at + 1]
                now = then = 0
                for beside in (number - 1, number + 1):
                    ends = [place[one] for one in neighbours.get(left, ()) if points[one] == beside]
                    others = [place[one] for one in neighbours.get(right, ()) if points[one] == beside]
                    now += sum(end > other for end in ends for other in others)
                    then += sum(end < other for end in ends for other in others)
                if then < now:
                    row[at], row[at + 1] = right, left
                    place[left], place[right] = at + 1, at
                    better = True
        if not better:
            return


def _moved(rows: list[list[str]], neighbours: Mapping[str, Mapping[str, int]], nodes: set[str]) -> dict[str, float]:
    """Across: each point moves towards its neighbours as far as those beside it allow."""

    def gap(left: str, right: str) -> float:
        return 1.0 if left in nodes and right in nodes else 0.72 if left in nodes or right in nodes else 0.3

    x: dict[str, float] = {}
    for row in rows:
        at = 0.0
        for place, name in enumerate(row):
            at += gap(row[place - 1], name) if place else 0.0
            x[name] = at
        for name in row:
            x[name] -= at / 2
    for sweep in range(40):
        for row in rows if sweep % 2 == 0 else rows[::-1]:
            wish = {}
            for name in row:
                # A long line is to run straight rather than each box to stand in the middle of its neighbours.
                near = [
                    x[other]
                    for other in neighbours.get(name, ())
                    for _weight in range(1 if name in nodes or other in nodes else 6)
                ]
                wish[name] = sum(near) / len(near) if near else x[name]
            # As near to the wishes as the gaps allow: from the left and from the right, and the mean of both.
            left, right = dict(wish), dict(wish)
            for one, other in itertools.pairwise(row):
                left[other] = max(left[other], left[one] + gap(one, other))
            for one, other in zip(row[::-1], row[-2::-1], strict=False):
                right[other] = min(right[other], right[one] - gap(other, one))
            for name in row:
                x[name] = (left[name] + right[name]) / 2
    least = min(x.values(), default=0.0)
    return {name: value - least for name, value in x.items()}
