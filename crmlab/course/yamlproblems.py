"""What a YAML reader has to complain about, said so that somebody who has never heard of YAML can mend it."""

from __future__ import annotations

import re
from typing import Any

from crmlab.language import _, tr

NOT_A_TEXT = _("This is no text file: it holds characters that no text has.")

_ANCHOR = "anchors and aliases are refused"
_TAG = "tags are refused"

_TOO_DEEP = _("too many brackets or lists inside one another")

# Found in what ruamel.yaml says, in this order; {mark} is the character that it names.
_PROBLEMS = (
    ("maximum depth", _TOO_DEEP),
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


def in_words(error: Any) -> tuple[int, str]:
    """The line (from 1; 0 if it is not known) and the problem, from an error with a mark."""
    said = " ".join(filter(None, (error.context, error.problem)))
    # A quotation mark that is never closed is found out at the end of the file: it was opened where the text began.
    opened = error.context_mark if "quoted scalar" in said and error.context_mark else None
    mark = opened or error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 0
    if "duplicate key" in said:
        key = re.search(r'duplicate key "?(.+?)"? with', said)
        return line, tr(_("the key “{key}” stands twice"), key=(key[1] if key else "?")[:60])
    for part, words in _PROBLEMS:
        if part in said:
            named = re.search(r"found character '(.+?)' ?that", said)
            return line, tr(words).replace("{mark}", named[1] if named else "?")
    return line, said.splitlines()[0][:200] if said else type(error).__name__


def of_the_file(error: Exception) -> str:
    """The problem of an error that knows no line."""
    said = str(error)
    if "special characters are not allowed" in said or "control characters" in said:
        return tr(_("it holds characters that no text has"))
    if isinstance(error, RecursionError):
        return tr(_TOO_DEEP)
    if "integer string conversion" in said:
        return tr(_("a number in it has thousands of digits"))
    return (said.splitlines() or [type(error).__name__])[0][:200]
