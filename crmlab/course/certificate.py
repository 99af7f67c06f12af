"""A certificate as a page to print: who, for what, with which results. It is written here and sent nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape

from crmlab.course import panel, tables
from crmlab.language import _, tr

PASS = 0.8
"""Share of the points from which a certificate is given."""

_HONEST = _(
    "Made on the participant's own computer from the answers kept there. Nobody watched over the exercises; "
    "whoever wants to rely on this page should ask for the file of answers."
)

_STYLE = """<style>
@page { size: A4 landscape; margin: 12mm; }
body { max-width: none !important; margin: 0 !important; }
.certificate { box-sizing: border-box; max-width: 60em; margin: 2em auto; padding: 2.5em 3em; border: 3px double #1f5fa8;
  color: #1b2330; background: #fff; text-align: center; line-height: 1.5; }
.certificate h1 { font-size: 1.9em; margin: 0 0 .6em; color: #1f5fa8; }
.certificate .name { font-size: 2em; margin: .3em 0; border-bottom: 1px solid #5b6472; display: inline-block; padding: 0 1em; overflow-wrap: anywhere; }
.certificate table { margin: 1.2em auto; border-collapse: collapse; text-align: left; }
.certificate th, .certificate td { border: 0; border-bottom: 1px solid #c9d0da; padding: .25em 1.2em; font-weight: normal; }
.certificate td { font-weight: 600; text-align: right; }
.certificate .small { font-size: .85em; color: #4a5361; }
</style>"""


def html(name: str, title: str, lines: Sequence[tuple[str, str]], on: date | None = None, below: Sequence[str] = ()) -> str:
    """The page of a certificate; ``lines`` are what was reached, as pairs of words. All of it is escaped here.

    ``on`` is the day that stands on it, today if left out. ``below`` are the sentences at its foot: who vouches for it. Without any it
    says that nobody does.

    >>> page = html("Li <Lei>", "crmlab", [("Complaints", "9 of 10")], on=date(2026, 3, 2))
    >>> "Li &lt;Lei&gt;" in page, "9 of 10" in page, "2026-03-02" in page
    (True, True, True)
    """
    rows = "".join(f'<tr><th scope="row">{escape(what)}</th><td>{escape(result)}</td></tr>' for what, result in lines)
    day = tr(_("Date: {day}"), day=(on or date.today()).isoformat())
    honest = below or [tr(_HONEST)]
    foot = "".join(f'<p class="small">{escape(sentence)}</p>' for sentence in honest)
    return (
        f'{_STYLE}<div class="certificate"><h1>{escape(title)}</h1>'
        f"<p>{escape(tr(_('This certifies that')))}</p>"
        f'<p class="name">{escape(name.strip())}</p><p>{escape(tr(_("has reached these results:")))}</p>'
        f'<table>{rows}</table><p>{escape(day)}</p>{foot}</div>'
    )


def save(name: str, title: str, lines: Sequence[tuple[str, str]], file: str = "certificate.html") -> panel.Html:
    """Write the page beside the notebook, to be opened and printed. A missing name gets a sentence instead."""
    if not name.strip():
        said = tr(_("Type your name first: it stands on the certificate, and stays on this computer."))
        return panel.Html(panel.box("unreadable", said, status=True), said)
    return tables.save(html(name, title, lines), file)
