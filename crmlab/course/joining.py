"""How a trainee's course joins a live room: the line that is pasted, and what both sides must agree on."""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import dataclass
from urllib.parse import urlsplit

from crmlab.language import _, tr

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Letters and digits that nobody takes for one another."""
LONGEST = 24
"""Characters of a pseudonym."""
FORMAT = 1
MOST = 64_000
"""Bytes of a report; that of a whole course has about ten thousand."""
EVERY = 20.0
"""Seconds after which a course reports again where nothing has changed, so that the room knows that it is there."""
SCHEME = "crmlab"
"""What stands before the code in the header ``Authorization``."""

_NAMES = (
    _("Swallow"), _("Crane"), _("Magpie"), _("Lark"), _("Heron"), _("Robin"), _("Otter"), _("Hare"), _("Lynx"), _("Badger"), _("Maple"), _("Bamboo"),
    _("Lotus"), _("Willow"), _("Clover"), _("Cedar"), _("Comet"), _("Lantern"), _("Harbour"), _("Pebble"),
)  # fmt: skip


@dataclass(frozen=True)
class Room:
    """Where a room is and the code that lets in."""

    address: str
    """Such as ``http://192.168.1.20:8950``."""
    code: str

    def __str__(self) -> str:
        return f"{self.address.removeprefix('http://')}#{shown(self.code)}"


def parse(line: str) -> Room:
    """The room that a pasted line means. Raises ``ValueError`` with a sentence for anything else.

    >>> parse(" 192.168.1.20:8950#k7qm-4x2p ")
    Room(address='http://192.168.1.20:8950', code='K7QM4X2P')
    >>> parse("加入：192。168．1．20：8950＃k7qm—4x2p").address  # as a Chinese keyboard types it, and with words before it
    'http://192.168.1.20:8950'
    """
    address, mark, code = unicodedata.normalize("NFKC", line.replace("。", ".")).strip().partition("#")
    code = re.sub(r"[\s\u2010-\u2015-]", "", code).upper()
    address = re.split(r"\s|[\u3400-\u9fff]:?", address.strip())[-1].rstrip("/")
    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    sound = parts.scheme in ("http", "https") and parts.hostname and port and not parts.path and not parts.query and "@" not in parts.netloc
    if not mark or not sound or not re.fullmatch(f"[{ALPHABET}]{{8}}", code):
        text = _("“{line}” is not the line of a room. It looks like 192.168.1.20:8950#K7QM-4X2P; ask whoever leads the class.")
        raise ValueError(tr(text, line=line.strip()[:80]))
    return Room(f"{parts.scheme}://{parts.netloc}", code)


def new_code() -> str:
    """A code for a room, at random: eight characters, some 10^12 of them.

    >>> len(new_code()), set(new_code()) <= set(ALPHABET)
    (8, True)
    """
    return "".join(secrets.choice(ALPHABET) for _place in range(8))


def shown(code: str) -> str:
    """The code as it is read aloud.

    >>> shown("K7QM4X2P")
    'K7QM-4X2P'
    """
    return f"{code[:4]}-{code[4:]}"


def pseudonym(wish: object = "") -> str:
    """The name to be called by: the wish, made short and plain, or one at random.

    >>> pseudonym("  Blue\\n fox " + "x" * 40)
    'Blue fox xxxxxxxxxxxxxxx'
    >>> bool(pseudonym())
    True
    """
    text = "".join(char if char.isprintable() else " " for char in wish) if isinstance(wish, str) else ""
    text = " ".join(text.split())[:LONGEST].strip()
    return text or f"{tr(secrets.choice(_NAMES))} {secrets.randbelow(90) + 10}"


SENT = _(
    "What is sent, to the computer of whoever leads the class and nowhere else: this pseudonym, which lesson you are in, and of each exercise its state, its points and "
    "which options were wrong; never your name, nothing that you type, nothing from unit 9 or about your own files."
)
"""The sentence that says what is sent."""
