"""Tables that are none of rows: a cross table with a column a month, and one that lies on its side."""

from __future__ import annotations

from crmlab.checks.refusing import fail
from crmlab.language import _
from crmlab.own import cellkinds, words
from crmlab.own.head import Head, bits
from crmlab.own.headings import Headings
from crmlab.own.sheet import Sheet

_ROWS = 60


def refuse(head: Head, found: Headings, sheet: Sheet) -> None:
    """Raises :class:`~crmlab.checks.InputError` with what to do, where a table cannot be read by rows."""
    at = head.numbers.index(found.rows[-1]) if found.rows else -1
    if at < 0:
        return
    periods = [column for column in found.columns if cellkinds.period(head.cell(at, column)) and column in found.values]
    if not periods:  # quarters without a year could be questions of a survey
        quarters = [
            column for column in found.values if str(head.cell(at, column)).strip().upper() in ("Q1", "Q2", "Q3", "Q4")
        ]
        if len(quarters) == 4 and any(words.total_of(str(head.cell(at, column) or "")) for column in found.columns):
            periods = quarters
    others = [column for column in found.columns if column not in periods]
    totals = [column for column in others if words.total_of(str(head.cell(at, column) or ""))]
    if _customers_by_month(
        [str(head.cell(at, column) or "") for column in periods],
        [str(head.cell(at, column) or "") for column in others],
    ):
        return  # totals a customer and month: made long
    if len(periods) >= 3 and len(periods) >= len(others) - len(totals):
        fail(
            _(
                "{where}: a cross table, with a column for each period ({first} ... {last}). What is needed is the list behind it, a row an order. "
                "In a pivot table a double click on the grand total at its lower right opens that list in a sheet of its own."
            ),
            where=_where(sheet),
            first=str(head.cell(at, periods[0])),
            last=str(head.cell(at, periods[-1])),
        )


def _customers_by_month(periods: list[str], others: list[str]) -> bool:
    """Whether the columns are a customer and months."""
    from crmlab.own import recognising

    if len(recognising.months(periods)) < len(periods):
        return False
    return any(recognising.by_heading(one)[0] in ("customer", "customer_number") for one in others if one)


def refuse_lying(head: Head, sheet: Sheet) -> None:
    """Raises :class:`~crmlab.checks.InputError` where the headings stand in the first column and each row holds one kind of thing."""
    rows = [at for at in range(len(head.rows)) if head.filled[at].bit_count() >= 4]
    if head.more or not 3 <= len(rows) <= _ROWS or len(rows) < 0.7 * len(head.rows):
        return
    first = min((head.filled[at] & -head.filled[at]).bit_length() - 1 for at in rows)
    bit = 1 << first
    named = [at for at in rows if head.texts[at] & bit]
    if len(named) < len(rows) or len({words.plain(str(head.rows[at][first])) for at in rows}) < len(rows):
        return
    kinds = []
    for at in rows:
        filled = head.filled[at] & ~bit
        texts = (head.texts[at] & ~bit).bit_count() / filled.bit_count()
        kinds.append("text" if texts >= 0.9 else "value" if texts <= 0.1 else "")
    columns = bits(head.filled[rows[0]] & ~bit)
    mixed = [
        column
        for column in columns
        if 0.15 < sum(head.texts[at] >> column & 1 for at in rows[1:]) / max(1, len(rows) - 1) < 0.9
    ]
    if "" not in kinds and "text" in kinds[1:] and kinds[1:].count("value") >= 1 and len(mixed) >= 0.8 * len(columns):
        fail(
            _(
                "{where}: the table lies on its side, its headings stand in the first column ({first}, {second} ...). Turn it: copy it, "
                "and paste it into an empty sheet by Paste special, Transpose."
            ),
            where=_where(sheet),
            first=str(head.rows[rows[0]][first]),
            second=str(head.rows[rows[1]][first]),
        )


def _where(sheet: Sheet) -> str:
    from crmlab.language import tr

    return tr(_("Sheet {sheet!r}"), sheet=sheet.name) if sheet.name else tr(_("The file"))
