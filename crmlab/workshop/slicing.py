"""A worked lesson cut into slides: a heading begins one, and what is too long for one goes on in the next.

Used for both kinds of slides: those in a running lesson (:mod:`crmlab.workshop.live`) and the deck that stands alone
(:mod:`crmlab.workshop.deck`), where the browser measures what fits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

LINES = 18.0
"""Lines of text that a slide takes below its heading."""
LETTERS = 88
"""Letters of a line; a Chinese character takes the room of two."""
CHART, TABLE, FORM = 13.0, 9.0, 14.0
"""Lines that a chart, a table and an exercise take; an exercise can be scrolled, so that it needs no more than this."""

Cell = dict[str, Any]


@dataclass(frozen=True)
class Piece:
    """Something on a slide: a block of text (Markdown), or a cell of code with what it shows; and the lines that it takes."""

    source: str
    lines: float
    cell: Cell | None = None


@dataclass
class Slide:
    """A slide: its heading, of which level, what is on it, and whether it goes on from the one before."""

    heading: str
    level: int
    pieces: list[Piece] = field(default_factory=list)
    goes_on: bool = False

    @property
    def lines(self) -> float:
        """Lines that it takes below its heading."""
        return sum(piece.lines for piece in self.pieces)


def is_note(cell: Cell) -> bool:
    """Whether a cell is for instructors."""
    return "instructor" in cell["metadata"].get("tags", ())


def blocks(text: str) -> Iterator[str]:
    """The parts of a text that are not to be cut: headings, paragraphs, lists, tables, code.

    >>> list(blocks("## A\\none\\ntwo\\n\\n- x\\n- y"))
    ['## A', 'one\\ntwo', '- x\\n- y']
    """
    held: list[str] = []
    fenced = False
    for line in text.splitlines():
        if line.startswith("```"):
            fenced = not fenced
        heading = not fenced and re.match(r"#{1,6} ", line)
        if held and not fenced and (heading or not line.strip()):
            yield "\n".join(held)
            held = []
        if heading:
            yield line
        elif line.strip() or fenced:
            held.append(line)
    if held:
        yield "\n".join(held)


def long(text: str) -> float:
    """Lines that a block of text takes."""
    plain = re.sub(r"\]\([^)]*\)|[*`]", "", text)
    taken = 0.0
    for line in plain.splitlines():
        width = sum(2 if ord(letter) > 0x2E7F else 1 for letter in line)
        taken += max(1, -(-width // LETTERS)) * (1.15 if line.startswith("|") else 1.0)
    return taken + 0.6


def slides(cells: list[Cell], weigh: Callable[[Cell], float], most: float = LINES) -> list[Slide]:
    """The slides of a worked lesson, notes for instructors left out. ``weigh`` tells the lines that what a cell of code shows will
    take; a cell that takes none stays with the slide before it. ``most`` lines stand on a slide, if they can be cut."""
    made: list[Slide] = []
    for cell in cells:
        if is_note(cell):
            continue
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            for block in blocks(source):
                if found := re.match(r"(#{1,6}) (.*)", block):
                    made.append(Slide(found[2].strip(), len(found[1])))
                elif not _leads_away(block):
                    _put(made, Piece(block, long(block)), most)
        elif cell["cell_type"] == "code":
            _put(made, Piece(source, weigh(cell), cell), most)
    return made


def _leads_away(block: str) -> bool:
    """Whether a block is nothing but links to other notebooks: a deck has none to go to."""
    rest = re.sub(r"\[[^\]]*\]\([^)\s]*\.ipynb[^)]*\)", "", block)
    return rest != block and not re.search(r"\w", rest)


_ASKS = re.compile(r"^(check|quiz|exam)\(", re.MULTILINE)


def _put(made: list[Slide], piece: Piece, most: float) -> None:
    if not made:
        made.append(Slide("", 1))
    last = made[-1]
    # The text behind an exercise often says what is right: it is shown when everybody has answered.
    if piece.cell is None and any(one.cell is not None and _ASKS.search(one.source) for one in last.pieces):
        last = Slide(last.heading, last.level, goes_on=True)
        made.append(last)
    if last.pieces and last.lines and piece.lines and last.lines + piece.lines > most:
        last = Slide(last.heading, last.level, goes_on=True)
        # What introduces a table or a chart stays with it.
        before = made[-1].pieces
        if piece.cell is not None and len(before) > 1 and before[-1].cell is None and before[-1].lines <= 3 < most - piece.lines:
            last.pieces.append(before.pop())
        made.append(last)
    last.pieces.append(piece)
