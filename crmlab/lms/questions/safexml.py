"""XML of strangers: read without declarations of its own, which can stand for gigabytes or for files of this computer."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pyexpat import ErrorString
from xml.parsers import expat

from crmlab.language import _, tr

MOST_BYTES = 60_000_000
"""Of a file: question banks with pictures in them are large."""
_DEPTH = 100
# What expat does not read by itself, and Chinese systems write.
_WIDE = {"gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5"}


class Unreadable(ValueError):
    """It is no XML that can be read; the message is a sentence, with line and column where they are known."""


def parse(raw: bytes) -> ET.Element:
    """The root of an XML document. Raises :class:`Unreadable`, and nothing else.

    >>> parse(b"<a><b/></a>")[0].tag
    'b'
    """
    if len(raw) > MOST_BYTES:
        raise Unreadable(tr(_("The file is larger than {n} MB. Export fewer questions at a time."), n=MOST_BYTES // 1_000_000))
    builder = ET.TreeBuilder()
    encoding = None
    declared = re.match(rb"""\s*<\?xml[^>]*encoding=["']([A-Za-z0-9_-]+)["']""", raw[:200])
    if declared and (wide := _WIDE.get(declared[1].decode("ascii").lower())):
        try:
            raw, encoding = raw.decode(wide).encode("utf-8"), "utf-8"
        except UnicodeError:
            raise Unreadable(tr(_("The file says that it is written in {encoding}, and is not."), encoding=declared[1].decode("ascii"))) from None
    parser = expat.ParserCreate(encoding, None)
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEPTH:
            raise Unreadable(_at(parser.CurrentLineNumber, parser.CurrentColumnNumber, tr(_("elements stand too deep inside one another"))))
        builder.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag)

    def refuse(*_arguments: object) -> int:
        text = _("The file holds declarations of its own (DOCTYPE), which no such file needs; it is not read. Delete them in an editor if you trust the file.")
        raise Unreadable(tr(text))

    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, builder.data
    parser.StartDoctypeDeclHandler, parser.EntityDeclHandler, parser.ExternalEntityRefHandler = refuse, refuse, refuse
    try:
        parser.Parse(raw, True)
        return builder.close()
    except expat.ExpatError as error:
        raise Unreadable(_at(error.lineno, error.offset, _PROBLEMS.get(error.code, ErrorString(error.code)))) from None
    except (LookupError, ValueError, AssertionError) as error:  # an encoding that nobody knows
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(tr(_("The file says that it is written in an encoding that is not known here. Save it as UTF-8."))) from None


_PROBLEMS = {
    expat.errors.codes[expat.errors.XML_ERROR_SYNTAX]: _("something stands there that XML does not have"),
    expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS]: _("nothing is in it"),
    expat.errors.codes[expat.errors.XML_ERROR_INVALID_TOKEN]: _("a sign that XML does not have there; & and < in a text are written &amp; and &lt;"),
    expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN]: _("the file ends too early; export or copy it again"),
    expat.errors.codes[expat.errors.XML_ERROR_TAG_MISMATCH]: _("an element is closed that was not opened last"),
    expat.errors.codes[expat.errors.XML_ERROR_DUPLICATE_ATTRIBUTE]: _("an attribute stands twice"),
    expat.errors.codes[expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]: _("something stands behind the end of the document"),
    expat.errors.codes[expat.errors.XML_ERROR_UNDEFINED_ENTITY]: _("a name between & and ; that XML does not know"),
    expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION]: _("a CDATA section is not closed"),
    expat.errors.codes[expat.errors.XML_ERROR_UNBOUND_PREFIX]: _("a prefix is not declared"),
}


def _at(line: int, column: int, problem: str) -> str:
    return tr(_("line {line}, column {column}: this cannot be read as XML ({problem})"), line=line, column=column + 1, problem=tr(problem))
