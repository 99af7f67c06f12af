"""Texts of questions as HTML, and HTML of anybody as plain text.

What a question of the course has and other systems have no place for (a story, the unit of a number, a reason for each item) stands
in the HTML under a class of its own, ``crmlab-why``: a reader sees a text, and reading it back finds it again.
"""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser

from crmlab.course.yamlhints import NO_TEXT

_CLASS = "crmlab-"
_BLOCKS = {
    "address", "article", "blockquote", "br", "caption", "dd", "div", "dl", "dt", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol",
    "p", "pre", "section", "table", "tr", "ul",
}  # fmt: skip
_CELLS = {"td", "th"}
_EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_UNSEEN = {"script", "style", "title", "head", "template"}
_MEDIA = {"img", "audio", "video", "object", "embed", "iframe", "svg", "canvas"}


def inline(text: str) -> str:
    """A text as HTML, its lines kept.

    >>> inline("a < b")
    'a &lt; b'
    """
    return escape(text.strip(), quote=False).replace("\n", "<br>")


def part(name: str, text: str, tag: str = "p") -> str:
    """A text as HTML that :func:`parts` finds again under a name.

    >>> part("why", "It pays.")
    '<p class="crmlab-why">It pays.</p>'
    """
    return f'<{tag} class="{_CLASS}{name}">{inline(text)}</{tag}>'


def parts(html: str) -> dict[str, list[str]]:
    """The named parts of HTML; what has no name is under "".

    >>> parts('<p class="crmlab-ask">What?</p><p class="crmlab-why">So.</p><p class="crmlab-why">And so.</p>')
    {'ask': ['What?'], 'why': ['So.', 'And so.']}
    """
    if "<" not in html and "&" not in html:  # most texts by far
        text = tidy(" ".join(html.split()))
        return {"": [text]} if text else {}
    if html.count("<") > 2 * html.count(">") + 20:  # no HTML, and the reader of HTML would take its time
        html = html.replace("<", "&lt;")
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.result()


def plain(html: str) -> str:
    """HTML as plain text: lines where blocks are, no tags, no invisible characters.

    >>> plain("<p>One&nbsp;&amp; <b>two</b></p><script>x()</script><ul><li>three</li></ul>")
    'One & two\\nthree'
    """
    return "\n".join(line for lines in parts(html).values() for line in lines)


def pictures(html: str) -> int:
    """How many pictures, sounds or films HTML shows.

    >>> pictures('<p>See <img src="a.png"></p>')
    1
    """
    if not 0 < html.count("<") <= 2 * html.count(">") + 20:
        return 0
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.media


def tidy(text: str) -> str:
    """Plain text without blanks that mean nothing and without characters that no text has."""
    text = NO_TEXT.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n"))
    lines = (re.sub("[ \t\xa0\u200b\ufeff]+", " ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.media = 0
        self._open: list[tuple[str, str, int]] = []  # tag, name of the part or "", its number
        self._texts: list[tuple[str, list[str]]] = [("", [])]
        self._unseen = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.media += tag in _MEDIA
        if tag in _BLOCKS:
            self._put("\n")
        elif tag in _CELLS:
            self._put(" ")
        if tag in _EMPTY:
            return
        classes = (dict(attributes).get("class") or "").split()
        name = next((one.removeprefix(_CLASS) for one in classes if one.startswith(_CLASS)), "")
        if name:
            self._texts.append((name, []))
        self._open.append((tag, name, len(self._texts) - 1))
        self._unseen += tag in _UNSEEN

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        if tag not in _EMPTY:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._put("\n")
        if not any(tag == one for one, _name, _number in self._open):
            return
        while self._open:
            closed = self._open.pop()[0]
            self._unseen -= closed in _UNSEEN
            if closed == tag:
                return

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._put(re.sub(r"\s+", " ", data) if not any(tag == "pre" for tag, _name, _number in self._open) else data)

    def _put(self, text: str) -> None:
        number = next((number for _tag, name, number in reversed(self._open) if name), 0)
        self._texts[number][1].append(text)

    def result(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, pieces in self._texts:
            if text := tidy("".join(pieces)):
                found.setdefault(name, []).append(text)
        return found
