"""A list that may leave the house: names as keyed pseudonyms, telephones and mail addresses partly hidden, the rest left out.

A pseudonym is not anonymous: whoever has the key can make it again from the name, and what is left in the row may still say who it is.
Sources: Krawczyk, H., Bellare, M. and Canetti, R. (1997), HMAC: keyed-hashing for message authentication, RFC 2104; the word
pseudonymisation as in the GDPR, article 4(5), and de-identification (去标识化) as in the PIPL, article 73(3).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from typing import Any

import pandas as pd

from crmlab import checks
from crmlab.customers import reading
from crmlab.language import _

LENGTH = 12
"""Characters of a pseudonym, five bits each: among a million names two meet by chance about once in two million lists."""
SHORTEST = 16


def new_key() -> str:
    """A key made at random by the system, 32 hexadecimal digits. Keep it apart from the list, and never send both.

    >>> len(new_key()), new_key() == new_key()
    (32, False)
    """
    return secrets.token_hex(16)


def pseudonym(value: Any, key: str) -> str:
    """The same name gives the same pseudonym under the same key, and tells nothing without it; "" for an empty cell.

    HMAC-SHA-256 of the text as :func:`crmlab.customers.reading.plain` writes it, the first 60 bits in base 32. A plain hash
    would not do: whoever has a list of all firms could hash it and look the name up.

    Raises :class:`~crmlab.checks.InputError` for a key that is no text or shorter than 16 characters.

    >>> pseudonym("Huaqiang Ltd.", "k" * 16) == pseudonym(" Huaqiang  Ltd. ", "k" * 16)
    True
    >>> pseudonym("Huaqiang Ltd.", "k" * 16) == pseudonym("Huaqiang Ltd.", "l" * 16)
    False
    """
    if not isinstance(key, str) or len(key) < SHORTEST:
        checks.fail(_("key must be a text of at least {n} characters, as customers.new_key() makes one."), n=SHORTEST)
    text = reading.plain(value)
    if not text:
        return ""
    digest = hmac.new(key.encode("utf-8"), text.encode("utf-8"), hashlib.sha256).digest()
    return "K-" + base64.b32encode(digest).decode("ascii")[:LENGTH]


def hidden_phone(value: Any) -> str:
    """A telephone number with all but its beginning and its last two digits hidden; what is no number is hidden whole.

    >>> hidden_phone("154 1234 5678"), hidden_phone("0755-12345678"), hidden_phone("Mr Chen"), hidden_phone("")
    ('154******78', '+86755******78', '***', '')
    """
    if not reading.plain(value):
        return ""
    number = reading.phone(value)
    if not number:
        return "***"
    mobile = re.fullmatch(r"\+86(1\d{2})\d{6}(\d\d)", number)
    if mobile:
        return f"{mobile[1]}******{mobile[2]}"
    front = number[:4] if number.startswith("+85") else number[:5] if number[3] in "12" else number[:6]
    return f"{front}******{number[-2:]}"


def hidden_email(value: Any) -> str:
    """A mail address of which the first letter and the ending are left; the firm's domain would give the firm away.

    >>> hidden_email("info@huaqiang.example"), hidden_email("info at huaqiang"), hidden_email("")
    ('i***@***.example', '***', '')
    """
    if not reading.plain(value):
        return ""
    text = reading.email(value)
    return f"{text[0]}***@***.{text.rsplit('.', 1)[1]}" if text else "***"


def mask(
    table: pd.DataFrame,
    key: str,
    names: Iterable[str] = (),
    phones: Iterable[str] = (),
    emails: Iterable[str] = (),
    keep: Iterable[str] = (),
) -> pd.DataFrame:
    """A copy for others: ``names`` as pseudonyms under ``key``, ``phones`` and ``emails`` partly hidden, ``keep`` as they
    are. **Any other column is left out**, and the rows are numbered anew: what is to be sent must be named.

    Rows keep their order. Raises :class:`~crmlab.checks.InputError` for a column that is not there or named twice, nothing
    named at all, a key that is too short, and two names that get one pseudonym.

    >>> table = pd.DataFrame({"name": ["Huaqiang", "Huaqiang"], "phone": ["154 1234 5678", ""], "town": ["深圳", "深圳"]})
    >>> sent = mask(table, "k" * 16, names=["name"], phones=["phone"], keep=["town"])
    >>> sent["name"].nunique(), sent["phone"].tolist(), list(sent.columns)
    (1, ['154******78', ''], ['name', 'phone', 'town'])
    """
    checks.frame(table, "table")
    named = {
        "names": checks.names(names, "names"),
        "phones": checks.names(phones, "phones"),
        "emails": checks.names(emails, "emails"),
        "keep": checks.names(keep, "keep"),
    }
    every = [column for columns in named.values() for column in columns]
    for column in every:
        checks.need(table, {"": column})
        if every.count(column) > 1:
            checks.fail(_("Column {column!r} is named twice. Say once what is to become of it."), column=column)
    if not every:
        checks.fail(_("Nothing would be sent: name the columns in names, phones, emails or keep."))
    pseudonym("", key)
    how: dict[str, Any] = dict.fromkeys(named["phones"], hidden_phone)
    how |= dict.fromkeys(named["emails"], hidden_email)
    made: dict[str, list[Any]] = {}
    meant: dict[str, str] = {}
    for column in (column for column in table.columns if column in every):
        cells = [cell for _label, cell in reading.cells(table, column)]
        if column in named["names"]:
            made[column] = [pseudonym(cell, key) for cell in cells]
            for cell, mark in zip(cells, made[column], strict=True):
                if mark and meant.setdefault(mark, reading.plain(cell)) != reading.plain(cell):
                    checks.fail(_("Two names get the pseudonym {mark}. Take another key."), mark=mark)
        else:
            made[column] = [how[column](cell) for cell in cells] if column in how else list(cells)
    return pd.DataFrame(made, index=pd.RangeIndex(1, len(table) + 1, name="number"))
