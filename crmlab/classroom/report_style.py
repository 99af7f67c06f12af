"""How pages on a class look: the frame of a page, charts as SVG that a grey printer shows as well, long texts cut. Everything is escaped here."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from html import escape

from crmlab.course import exercise
from crmlab.language import _, own, tr

LONGEST = 600
"""Characters of a text that a page shows."""
LOOKS = {
    exercise.RIGHT: "#1b2330",
    exercise.PARTLY: "url(#stripes)",
    exercise.OPEN_STATE: "url(#dots)",
    exercise.UNREADABLE: "url(#cross)",
    exercise.BLANK: "#fff",
}
"""How a state is filled in a bar: dark, patterns, white, so that no colour has to be told apart."""
WORDS = {
    exercise.RIGHT: _("Right"),
    exercise.PARTLY: _("Partly right"),
    exercise.OPEN_STATE: _("Not yet right"),
    exercise.UNREADABLE: _("Cannot be read"),
    exercise.BLANK: _("Not attempted yet"),
}

_PATTERNS = (
    '<svg width="0" height="0" aria-hidden="true" style="position:absolute"><defs>'
    '<pattern id="stripes" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="5" height="5" fill="#fff"/>'
    '<rect width="2.5" height="5" fill="#1f5fa8"/></pattern>'
    '<pattern id="dots" width="5" height="5" patternUnits="userSpaceOnUse"><rect width="5" height="5" fill="#fff"/><circle cx="2.5" cy="2.5" r="1.1" fill="#1b2330"/></pattern>'
    '<pattern id="cross" width="4" height="4" patternUnits="userSpaceOnUse"><rect width="4" height="4" fill="#fff"/><path d="M0 0L4 4M4 0L0 4" stroke="#767676" stroke-width=".8"/></pattern>'
    "</defs></svg>"
)


def moment(text: str) -> str:
    """A moment with its zone as day and time on this computer: hand-in files tell theirs in that of Greenwich.

    >>> moment("2026-11-30T18:00"), moment("soon")
    ('2026-11-30 18:00', 'soon')
    """
    try:
        return datetime.datetime.fromisoformat(text).astimezone().strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError, OSError):
        return text[:16]


def page(title: str, body: str) -> str:
    """A whole page that needs nothing from elsewhere and may load nothing. ``title`` is plain text, ``body`` is HTML."""
    return (
        f'<!DOCTYPE html>\n<html lang="{own().tag}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>{_PATTERNS}<main>{body}</main></body></html>\n"
    )


def text(value: object, most: int = LONGEST) -> str:
    """A text, escaped; a longer one is cut, and says so.

    >>> text("<b>"), text("x" * 700).startswith("x" * 600 + "…")
    ('&lt;b&gt;', True)
    """
    found = " ".join(str(value).split())
    if len(found) <= most:
        return escape(found)
    note = tr(_("cut here, {n} more characters"), n=len(found) - most)
    return f'{escape(found[:most].rstrip())}… <span class="note">({escape(note)})</span>'


def led(said: str) -> str:
    """A text after which another follows: with a blank, where the language has one there.

    >>> led("Right:"), led("正确：")
    ('Right: ', '正确：')
    """
    return said if said.endswith(("：", "。", "；", "！", "？")) else f"{said} "


def table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int] = ()) -> str:
    """A table. ``caption`` and ``head`` are plain text; the cells are HTML, the first of each row its heading; ``numbers`` are the places
    of columns that stand to the right. On a narrow page it can be scrolled, also with the keys."""
    def side(at: int) -> str:
        return ' class="n"' if at in numbers else ""

    headings = "".join(f'<th scope="col"{side(at)}>{escape(one)}</th>' for at, one in enumerate(head))
    lines = "".join(
        "<tr>" + "".join(
            f'<th scope="row"{side(at)}>{cell}</th>' if at == 0 else f"<td{side(at)}>{cell}</td>" for at, cell in enumerate(row)
        ) + "</tr>"
        for row in rows
    )  # fmt: skip
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(caption)}"><table><caption>{escape(caption)}</caption>'
        f"<thead><tr>{headings}</tr></thead><tbody>{lines}</tbody></table></div>"
    )


def bar(share: float, said: str, width: int = 120) -> str:
    """A share of 0 to 1 as a bar; ``said`` is what it shows, in words."""
    filled = max(0.0, min(1.0, share)) * (width - 2)
    return (
        f'<svg class="bar" role="img" aria-label="{escape(said)}" width="{width}" height="14" viewBox="0 0 {width} 14">'
        f'<rect x=".5" y=".5" width="{width - 1}" height="13" fill="#fff" stroke="#767676"/><rect x="1" y="1" width="{filled:.1f}" height="12" fill="#1f5fa8"/></svg>'
    )


def states(counts: dict[str, int], width: int = 150) -> str:
    """How many are in which state, as one bar in parts."""
    whole = sum(counts.values()) or 1
    said = ", ".join(f"{tr(WORDS[state])}: {count}" for state, count in counts.items() if count)
    parts, at = "", 0.0
    for state, count in counts.items():
        wide = count / whole * (width - 1)
        if count:
            parts += f'<rect x="{at + 0.5:.1f}" y=".5" width="{wide:.1f}" height="15" fill="{LOOKS[state]}" stroke="#1b2330" stroke-width=".7"/>'
        at += wide
    return f'<svg class="bar" role="img" aria-label="{escape(said)}" width="{width}" height="16" viewBox="0 0 {width} 16">{parts}</svg>'


def legend() -> str:
    """What the parts of :func:`states` mean."""
    return '<p class="legend">' + "".join(
        f'<span><svg width="18" height="13" aria-hidden="true"><rect x=".5" y=".5" width="17" height="12" fill="{LOOKS[state]}" stroke="#1b2330" stroke-width=".7"/></svg> '
        f"{escape(tr(name))}</span>" for state, name in WORDS.items()
    ) + "</p>"  # fmt: skip


def histogram(counts: Sequence[int], labels: Sequence[str], said: str) -> str:
    """Bars side by side, with their counts above and their labels below."""
    high, wide, tall = max([1, *counts]), 52, 110
    parts = ""
    for place, (count, label) in enumerate(zip(counts, labels, strict=True)):
        size = count / high * tall
        x = place * wide + 4
        parts += (
            f'<rect x="{x}" y="{tall + 18 - size:.1f}" width="{wide - 8}" height="{size:.1f}" fill="#1f5fa8"/>'
            f'<text x="{x + wide / 2 - 4}" y="{tall + 13 - size:.1f}">{count or ""}</text><text x="{x + wide / 2 - 4}" y="{tall + 34}">{escape(label)}</text>'
        )
    width = wide * len(counts)
    return (
        f'<svg class="histogram" role="img" aria-label="{escape(said)}" viewBox="0 0 {width} {tall + 40}" font-size="13" text-anchor="middle">{parts}'
        f'<line x1="0" x2="{width}" y1="{tall + 18}" y2="{tall + 18}" stroke="#1b2330"/></svg>'
    )


_STYLE = """
@page { size: A4 portrait; margin: 14mm 13mm }
* { box-sizing: border-box }
body { margin: 0; background: #fff; color: #1b2330; font: 16px/1.5 "Segoe UI", "Helvetica Neue", Arial, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif; overflow-wrap: anywhere }
main { max-width: 62rem; margin: 0 auto; padding: 1rem 1rem 3rem }
h1 { font-size: 1.7rem; line-height: 1.25; margin: .5rem 0 }
h2 { font-size: 1.25rem; margin: 2.2rem 0 .6rem; padding-bottom: .2rem; border-bottom: 2px solid #1f5fa8; break-after: avoid }
h3 { font-size: 1.05rem; margin: 1.4rem 0 .3rem; break-after: avoid }
p { margin: .4rem 0 }
a { color: #174a85 }
:focus-visible { outline: 3px solid #1f5fa8; outline-offset: 2px }
.note, caption { color: #4a5361; font-size: .875rem }
nav ul { columns: 2; margin: .5rem 0; padding-left: 1.2rem }
.scroll { overflow-x: auto; margin: .5rem 0 1rem }
table { border-collapse: collapse; font-size: .9rem; min-width: 60% }
caption { text-align: left; padding: .2rem 0 }
th, td { text-align: left; vertical-align: top; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid #c9d0da; font-weight: normal; overflow-wrap: break-word }
thead th { font-weight: 600; vertical-align: bottom; border-bottom-color: #1b2330 }
tbody th { font-weight: 600 }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.bar { display: inline-block; vertical-align: middle }
.histogram { width: 100%; max-width: 34rem; height: auto }
.legend span { display: inline-block; margin-right: 1.2rem; font-size: .875rem }
.legend svg { vertical-align: middle }
.wrong, .line { break-inside: avoid; border-left: 5px solid #1f5fa8; padding: .3rem 0 .3rem .9rem; margin: .8rem 0 }
.wrong p, .line p { margin: .15rem 0 }
.line { border-left: 5px double #1b2330 }
blockquote { margin: .4rem 0; padding: .2rem 0 .2rem .9rem; border-left: 3px solid #c9d0da; font-size: 1.05rem }
.head { display: flex; flex-wrap: wrap; gap: .3rem 1.5rem }
.caution { background: #fff4e0; padding: .5rem .8rem; border-left: 5px solid #a35c00 }
ul { margin: .3rem 0; padding-left: 1.3rem }
@media (max-width: 40rem) { nav ul { columns: 1 } }
@media print { body { font-size: 10pt } main { max-width: none; padding: 0 } nav { display: none } .scroll { overflow: visible } table { font-size: 8.6pt } tr { break-inside: avoid } a { color: inherit; text-decoration: none } }
"""
