"""The certificate that is printed, with the signed credential in it.

The credential holds a digest of the page without itself (a ``ni`` URI, RFC 6920): whoever verifies the page finds every sign of it that
was changed, the name too, which the credential has only as a hash.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from html import escape, unescape

from crmlab.badges.credential import Line, digits
from crmlab.badges.keys import Issuer
from crmlab.course import certificate
from crmlab.language import _, own, tr

_BEGIN, _END = '<script type="application/vc+jwt" id="credential">', "</script>"
_HELD = re.compile(f"{re.escape(_BEGIN)}([^<]*){re.escape(_END)}")
_STYLE = """<style>
html { background: #f2f5f9; }
body { font-family: "Segoe UI", "Noto Sans", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; padding: .5em; }
.certificate .key { overflow-wrap: anywhere; }
@media (max-width: 30em) { .certificate { padding: 1.2em .9em; margin: .5em auto; } .certificate .name { font-size: 1.5em; padding: 0 .3em; }
  .certificate h1 { font-size: 1.4em; } .certificate th, .certificate td { padding: .25em .5em; } }
@media print { html { background: none; } body { padding: 0; } .certificate { margin: 0 auto; } }
</style>"""


def page(name: str, title: str, lines: Sequence[Line], issuer: Issuer, on: datetime, until: datetime | None = None) -> str:
    """The page in the language in force, without its credential; :func:`filled` puts it in."""
    rows = [(line.name, of(line)) for line in lines]
    below = [
        tr(_("Issued by {name}, who judged the answers again."), name=issuer.name),
        *([tr(_("Valid until {day}."), day=until.date().isoformat())] if until else []),
        tr(_("This page holds a signed credential (Open Badges 3.0). To verify it, keep the file and run: crmlab certificate verify FILE --issuer issuer.json")),
        tr(_("Fingerprint of the key: {fingerprint}"), fingerprint=issuer.fingerprint),
    ]
    inner = certificate.html(name, title, rows, on.date(), below)
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    return (
        f'<!DOCTYPE html>\n<html lang="{own().tag}"><head>{head}<title>{escape(f"{title}: {name}")}</title></head>'
        f"<body><main>{inner}</main>{_STYLE}\n{_BEGIN}{_END}\n</body></html>\n"
    )


def of(line: Line) -> str:
    """Points of a line in words."""
    return tr(_("{points} of {maximum}"), points=digits(line.points), maximum=digits(line.maximum))


def filled(page: str, credential: str) -> str:
    """The page with its credential.

    >>> held(filled(f"<p>x</p>{_BEGIN}{_END}", "a.b.c"))
    'a.b.c'
    """
    return page.replace(f"{_BEGIN}{_END}", f"{_BEGIN}{credential}{_END}", 1)


def held(page: str) -> str:
    """The credential in a page; empty if there is none, or more than one."""
    found = _HELD.findall(page)
    return found[0].strip() if len(found) == 1 else ""


def named(page: str) -> str:
    """The name that stands on a page; empty if none does."""
    found = re.search('<p class="name">([^<]*)</p>', page)
    return unescape(found[1]) if found else ""


def digest(page: str) -> str:
    """The digest of a page without its credential, as a ``ni`` URI. Ends of lines as mail programs change them do not count.

    >>> digest(f"a\\r\\n{_BEGIN}x.y.z{_END}") == digest(f"a\\n{_BEGIN}{_END}")
    True
    """
    bare = _HELD.sub(_BEGIN + _END, page.replace("\r\n", "\n"))
    raw = hashlib.sha256(bare.encode("utf-8", "surrogatepass")).digest()
    return "ni:///sha-256;" + base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
