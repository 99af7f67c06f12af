"""What a YAML reader has to complain about, said so that somebody who has never heard of YAML can mend it."""

from __future__ import annotations

import re
from typing import Any

from crmlab.language import _, tr

NOT_A_TEXT = _("This is no text file: it holds characters that no text has.")

_ANCHOR = "anchors and aliases are refused"
_TAG = "tags are refused"

TOO_DEEP = _("too many brackets or lists inside one another")

_UNKNOWN = _("something stands there that YAML does not have; look for a sign that is out of place")

# Found in what ruamel.yaml says, in this order; {mark} is the character that it names.
_PROBLEMS = (
    ("maximum depth", TOO_DEEP),
    (_ANCHOR, _("a text that begins with & or * needs quotation marks around it")),
    (_TAG, _("a text that begins with ! needs quotation marks around it")),
    ("expected alphabetic or numeric", _("a text that begins with & or * needs quotation marks around it")),
    (
        "mapping values are not allowed",
        _("a colon inside a text; put the whole text in quotation marks, or begin it with >-"),
    ),
    ("while scanning a quoted scalar", _("the text that begins here has no closing quotation mark")),
    ("unknown escape character", _("a backslash \\ in quotation marks; write it twice, or leave it out")),
    (
        "while parsing a flow",
        _("between { } or [ ] a comma or a closing bracket is missing; a text with a comma needs quotation marks"),
    ),
    (r"'\\t' that cannot start any token", _("a tab stands where spaces should; replace it by spaces")),
    (
        "cannot start any token",
        _("a text that begins with {mark} needs quotation marks around it"),
    ),
    ("expected a single document", _("“---” stands inside the file; take the line out")),
    ("expected <block end>", _("the line is indented wrongly, or a colon or a quotation mark is missing here or just above")),
    ("could not find expected ':'", _("the line is indented wrongly, or a colon or a quotation mark is missing here or just above")),
    ("sequence entries are not allowed", _("a dash stands where no list can begin; look at the indentation")),
    ("block scalar", _("after > or | the text begins on the next line, indented")),
)


def plain_reader() -> Any:
    """A reader of YAML that keeps line numbers and knows neither anchors, aliases nor tags."""
    from ruamel.yaml import YAML
    from ruamel.yaml.composer import Composer, ComposerError
    from ruamel.yaml.events import AliasEvent

    class Plain(Composer):
        def compose_node(self, parent: Any, index: Any) -> Any:
            event = self.parser.peek_event()
            if isinstance(event, AliasEvent) or getattr(event, "anchor", None) is not None:
                raise ComposerError(None, None, _ANCHOR, event.start_mark)
            if getattr(event, "ctag", None) is not None:
                raise ComposerError(None, None, _TAG, event.start_mark)
            return super().compose_node(parent, index)

    reader = YAML(typ="rt", pure=True)
    reader.Composer = Plain
    reader.max_depth = 40
    return reader


def in_words(error: Any) -> tuple[int, int, str]:
    """The lines (from 1; 0 if they are not known) where the trouble begins and where it shows, and the problem, from an error with
    a mark."""
    said = " ".join(filter(None, (error.context, error.problem)))
    # A quotation mark that is never closed is found out at the end of the file: it was opened where the text began.
    opened = error.context_mark if "quoted scalar" in said and error.context_mark else None
    mark = opened or error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 0
    first = error.context_mark.line + 1 if error.context_mark else line
    if "simple key" in said:  # a line without a colon is found out at the next one
        line = first
    if "duplicate key" in said:
        key = re.search(r'duplicate key "?(.+?)"? with', said)
        return first, line, tr(_("the key “{key}” stands twice"), key=(key[1] if key else "?")[:60])
    for part, words in _PROBLEMS:
        if part in said:
            named = re.search(r"found character '(.+?)' ?that", said)
            return first, line, tr(words).replace("{mark}", named[1] if named else "?")
    return first, line, tr(_UNKNOWN)


def of_the_file(error: Exception) -> str:
    """The problem of an error that knows no line."""
    said = str(error)
    if isinstance(error, RecursionError):
        return tr(TOO_DEEP)
    if "integer string conversion" in said:
        return tr(_("a number in it has thousands of digits"))
    return tr(_UNKNOWN)
