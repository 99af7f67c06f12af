"""A drawing of a script: a box for each node, an arrow for each choice. Self-contained SVG, or a page with the texts too."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from crmlab.course.authoring.layout import Layout, layout
from crmlab.course.authoring.terminal import width, wrapped
from crmlab.course.roleplay import routes, scripts
from crmlab.course.roleplay.scripts import Script
from crmlab.course.yamlfile import said
from crmlab.course.yamlhints import NO_TEXT
from crmlab.language import _, current, tr

MADE_BY = "<!-- drawn by: crmlab script show -->"
"""Stands in every drawing, so that only drawings are ever replaced."""

BOX_WIDTH, BOX_HEIGHT, GAP_ACROSS, GAP_DOWN, MARGIN = 206, 84, 34, 92, 28
_ACROSS, _DOWN = BOX_WIDTH + GAP_ACROSS, BOX_HEIGHT + GAP_DOWN

# Okabe and Ito's colours, told apart by the colour-blind; form, sign and word say the same.
_HELPS, _HURTS, _NEITHER = "#0072b2", "#d55e00", "#5b6470"
_ENDS = {"good": ("#d9f2e6", "#00734f", "✓"), "fair": ("#fff3c4", "#8a6d00", "~"), "bad": ("#fde0d2", "#b23a00", "✗")}
_FONT = "system-ui,'Noto Sans SC','PingFang SC','Microsoft YaHei','WenQuanYi Zen Hei',sans-serif"


def svg(script: Script) -> str:
    """The drawing as one SVG. Nodes that nothing leads to are drawn with a broken outline."""
    found = layout(str(script.source["start"]), _links(script))
    rows = max(y for _x, y in found.places.values()) + 1
    wide = max(560.0, found.width * _ACROSS + BOX_WIDTH + 2 * MARGIN)
    top = 66
    high = top + rows * _DOWN - GAP_DOWN + 2 * MARGIN + 78
    title = said(script.source["title"])
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:.0f} {high:.0f}" width="{wide:.0f}" '
        f'height="{high:.0f}" font-family="{_FONT}" font-size="13" role="img" aria-label="{escape(title)}" '
        f'lang="{current()}">',
        MADE_BY,
        f"<defs>{''.join(map(_arrow, (_HELPS, _HURTS, _NEITHER)))}</defs>",
        f'<rect width="100%" height="100%" fill="#fff"/><text x="{MARGIN}" y="34" font-size="20" font-weight="700" '
        f'fill="#1b2330">{escape(title)}</text><text x="{MARGIN}" y="54" fill="#4a5361">{escape(_size(script))}</text>',
        f'<g transform="translate({MARGIN + BOX_WIDTH / 2:.0f},{top + MARGIN + BOX_HEIGHT / 2:.0f})">',
        *_arrows(script, found),
        *(_box(script, name, place) for name, place in found.places.items()),
        "</g>",
        _legend(high - 64),
        "</svg>",
    ]
    # A script made in Python may hold what no file can: then the drawing does not.
    return NO_TEXT.sub("\ufffd", "\n".join(parts) + "\n")


def page(script: Script) -> str:
    """The drawing with all texts below it, as one HTML page without anything from elsewhere."""
    title = escape(said(script.source["title"]))
    return NO_TEXT.sub(
        "\ufffd",
        f'<!doctype html>\n<html lang="{current()}"><meta charset="utf-8">{MADE_BY}\n<title>{title}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        f"<style>body{{font:16px/1.5 {_FONT};color:#1b2330;margin:1.5em;max-width:76em}}"
        ".drawing{overflow:auto;border:1px solid #c6ccd5;max-height:90vh}h2{margin:1.4em 0 .2em;font-size:1.05em}"
        "p{margin:.3em 0}ol{margin:.2em 0}li{margin:.4em 0}.why{color:#4a5361}a{color:#0b57a4}"
        "@media print{.drawing{overflow:visible;max-height:none;border:0}svg{max-width:100%;height:auto}}</style>\n"
        f'<div class="drawing" tabindex="0">{svg(script)}</div>\n<p>{escape(said(script.source["setting"]))}</p>\n'
        + "\n".join(_texts(script))
        + "\n</html>\n",
    )


def _links(script: Script) -> dict[str, list[str]]:
    return {
        name: [target for choice in script.choices(name) for target in scripts.targets(choice)]
        for name in script.source["nodes"]
    }


def _size(script: Script) -> str:
    nodes = script.source["nodes"]
    choices = sum(len(script.choices(name)) for name in nodes)
    text = _("{nodes} nodes, {choices} choices, {endings} endings")
    return tr(text, nodes=len(nodes), choices=choices, endings=len(script.endings()))


# --- boxes ----------------------------------------------------------------------------------------------------


def _box(script: Script, name: str, place: tuple[float, int]) -> str:
    node = script.node(name)
    x, y = place[0] * _ACROSS, place[1] * _DOWN
    ending = node.get("ending")
    fill, ink, sign = _ENDS.get(ending or "", ("#eef1f5", "#4a5361", ""))
    start = name == script.source["start"]
    head = f"{sign} {name}" if sign else f"▶ {name}" if start else name
    lines = _fitted(said(node["says"]), 3 - bool(ending), 25 if ending else 29)
    texts = [f'<text y="-24" font-weight="700" fill="{ink if ending else "#1b2330"}">{escape(_cut(head, 26))}</text>']
    if ending:
        texts.append(f'<text y="-7" font-size="12" fill="{ink}">{escape(tr(scripts.ENDINGS[ending]))}</text>')
    for number, line in enumerate(lines):
        y_text = (10 if ending else -5) + 16 * number
        texts.append(f'<text y="{y_text}" font-size="11.5" fill="#333c48">{escape(line)}</text>')
    unlinked = not start and all(name not in targets for targets in _links(script).values())
    style = f'fill="{fill}" stroke="{ink}" stroke-width="{3 if start else 1.6}"'
    style += ' stroke-dasharray="6 4"' if unlinked else ""
    full = f"{name}: {said(node['says'])}"
    return (
        f'<g transform="translate({x:.1f},{y:.1f})" text-anchor="middle" id="box-{escape(name)}"><title>{escape(full)}</title>'
        f"{_shape(ending, style)}{''.join(texts)}</g>"
    )


def _shape(ending: str | None, style: str) -> str:
    """A form for each kind: rounded ends for a good ending, a hexagon for a fair one, cut corners for a bad one."""
    w, h = BOX_WIDTH / 2, BOX_HEIGHT / 2
    if ending == "good":
        return f'<rect x="{-w}" y="{-h}" width="{2 * w}" height="{2 * h}" rx="{h}" {style}/>'
    if ending == "fair":
        return f'<path d="M{-w} 0L{-w + 22} {-h}H{w - 22}L{w} 0L{w - 22} {h}H{-w + 22}Z" {style}/>'
    if ending == "bad":
        return (
            f'<path d="M{-w + 14} {-h}H{w - 14}L{w} {-h + 14}V{h - 14}L{w - 14} {h}H{-w + 14}L{-w} {h - 14}V{-h + 14}Z" '
            f"{style}/>"
        )
    return f'<rect x="{-w}" y="{-h}" width="{2 * w}" height="{2 * h}" rx="7" {style}/>'


def _fitted(text: str, count: int, columns: int) -> list[str]:
    lines = wrapped(" ".join(text.split()), columns)
    return [*lines[: count - 1], _cut(" ".join(lines[count - 1 :]), columns)] if len(lines) > count else lines


def _cut(text: str, columns: int) -> str:
    if width(text) <= columns:
        return text
    while width(text) > columns - 1:
        text = text[:-1]
    return f"{text}…"


# --- arrows ---------------------------------------------------------------------------------------------------


def _arrow(colour: str) -> str:
    return (
        f'<marker id="a{colour[1:]}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" '
        f'markerUnits="userSpaceOnUse" orient="auto-start-reverse"><path d="M0 0L10 5L0 10z" fill="{colour}"/></marker>'
    )


def _arrows(script: Script, found: Layout) -> Iterator[str]:
    ways = [(name, target, taken) for name in found.places for target, taken in _ways(script, name).items()]
    leaving: dict[str, list[tuple[float, str]]] = {}
    coming: dict[str, list[tuple[float, str]]] = {}
    for name, target, _routes in ways:
        bends = found.bends.get((name, target)) or []
        first, last = (bends[0][0], bends[-1][0]) if bends else (found.places[target][0], found.places[name][0])
        leaving.setdefault(name, []).append((first, target))
        coming.setdefault(target, []).append((last, name))
    labels = []
    for name, target, taken in ways:
        up = (name, target) in found.back
        x1 = found.places[name][0] * _ACROSS + _port(sorted(leaving[name]), target)
        x2 = found.places[target][0] * _ACROSS + _port(sorted(coming[target]), name)
        y1 = found.places[name][1] * _DOWN + BOX_HEIGHT / 2
        y2 = found.places[target][1] * _DOWN - BOX_HEIGHT / 2
        points = [(x * _ACROSS, float(y * _DOWN)) for x, y in found.bends.get((name, target), ())]
        middles = found.places[name][0] * _ACROSS, found.places[target][0] * _ACROSS
        path = _curve_back((x1, y1), (x2, y2), middles, points) if up else _curve((x1, y1), points, (x2, y2 - 2))
        colour, dashed = _look(taken)
        dash = ' stroke-dasharray="7 4"' if dashed else ""
        tooltip = "\n".join(_route_words(choice, number, route) for number, choice, route in taken)
        yield (
            f'<g><title>{escape(name)} → {escape(target)}\n{escape(tooltip)}</title><path d="{path}" fill="none" '
            f'stroke="{colour}" stroke-width="1.7"{dash} marker-end="url(#a{colour[1:]})"/></g>'
        )
        labels.append(_label(x1, y1 + 15, _numbers(taken), colour))
    yield from labels


Route = tuple[int, Mapping[str, Any], str]


def _ways(script: Script, name: str) -> dict[str, list[Route]]:
    """The nodes to which a node leads: by which choices (number from 1), and on which conditions (in words)."""
    found: dict[str, list[Route]] = {}
    for number, choice in enumerate(script.choices(name), 1):
        if isinstance(choice["to"], str):
            found.setdefault(choice["to"], []).append((number, choice, ""))
            continue
        for route in choice["to"]:
            words = routes.conditions(route) or tr(_("otherwise"))
            found.setdefault(str(route["to"]), []).append((number, choice, words))
    return found


def _numbers(routes: list[Route]) -> str:
    """The numbers of the choices, with a question mark where it depends on the talk."""
    return ",".join(dict.fromkeys(f"{number}?" if words else str(number) for number, _choice, words in routes))


def _look(routes: list[Route]) -> tuple[str, bool]:
    gains = {_sign(choice) for _number, choice, _words in routes}
    colour = {1: _HELPS, -1: _HURTS}.get(gains.pop(), _NEITHER) if len(gains) == 1 else _NEITHER
    return colour, all(words for _number, _choice, words in routes)


def _sign(choice: Mapping[str, Any]) -> int:
    gain = int(choice.get("mood", 0)) + int(choice.get("trust", 0))
    return (gain > 0) - (gain < 0)


def _port(sorted_ends: list[tuple[float, str]], name: str) -> float:
    """How far from the middle of the box a line leaves or comes, so that lines do not share a point."""
    place = next(number for number, (_x, one) in enumerate(sorted_ends) if one == name)
    count = len(sorted_ends)
    step = min(46.0, (BOX_WIDTH - 50) / max(1, count - 1))
    return (place - (count - 1) / 2) * step


def _curve(start: tuple[float, float], points: list[tuple[float, float]], end: tuple[float, float]) -> str:
    way = [start, *points, end]
    path = f"M{start[0]:.1f} {start[1]:.1f}"
    for number, ((x1, y1), (x2, y2)) in enumerate(itertools.pairwise(way)):
        if number:  # straight past the boxes of this layer
            path += f"V{y1 + BOX_HEIGHT / 2:.1f}"
            y1 += BOX_HEIGHT / 2
        if number < len(points):
            y2 -= BOX_HEIGHT / 2
        bend = (y2 - y1) * 0.5
        path += f"C{x1:.1f} {y1 + bend:.1f} {x2:.1f} {y2 - bend:.1f} {x2:.1f} {y2:.1f}"
    return path


def _curve_back(
    start: tuple[float, float], end: tuple[float, float], middles: tuple[float, float], points: list[tuple[float, float]]
) -> str:
    """From the foot of a box up to the head of one above, round the sides of both (``middles``: of the two boxes)."""
    (x1, y1), (x2, y2) = start, end
    clear = BOX_WIDTH / 2 + 20
    if points:
        out, back = (
            x if abs(x - middle) >= clear else middle + (clear if x >= middle else -clear)
            for x, middle in ((points[0][0], middles[0]), (points[-1][0], middles[1]))
        )
    else:
        out = back = max(middles) + clear
    low = y1 + 34
    at = (out, y1 - BOX_HEIGHT)
    path = f"M{x1:.1f} {y1:.1f}C{x1:.1f} {low:.1f} {out:.1f} {low:.1f} {out:.1f} {y1 - 8:.1f}V{at[1]:.1f}"
    for x, y in [*points, (back, y2 + BOX_HEIGHT)]:
        bend = max(12.0, (at[1] - y) / 2)
        path += f"C{at[0]:.1f} {at[1] - bend:.1f} {x:.1f} {y + bend:.1f} {x:.1f} {y:.1f}"
        at = (x, y)
    return path + f"V{y2 + 8:.1f}C{back:.1f} {y2 - 40:.1f} {x2:.1f} {y2 - 40:.1f} {x2:.1f} {y2 - 2:.1f}"


def _label(x: float, y: float, text: str, colour: str) -> str:
    wide = 8 + 7.6 * len(text)
    return (
        f'<g transform="translate({x:.1f},{y:.1f})"><rect x="{-wide / 2:.1f}" y="-9" width="{wide:.1f}" height="18" rx="9" '
        f'fill="#fff" stroke="{colour}"/><text y="4.5" text-anchor="middle" font-size="12" font-weight="700" '
        f'fill="{colour}">{escape(text)}</text></g>'
    )


def _legend(y: float) -> str:
    """What forms, colours and lines mean."""
    items, x = [], 0.0
    for kind, (fill, ink, sign) in _ENDS.items():
        word = tr(scripts.ENDINGS[kind])
        style = f'fill="{fill}" stroke="{ink}" stroke-width="10"'
        shape = f'<g transform="translate({x + 17:.0f},0) scale(.16)">{_shape(kind, style)}</g>'
        items.append(f'{shape}<text x="{x + 40:.0f}" y="4" fill="{ink}">{sign} {escape(word)}</text>')
        x += 66 + 7 * width(word)
    second, x = [], 0.0
    for colour, dash, word in (
        (_HELPS, "", tr(_("helps"))),
        (_HURTS, "", tr(_("hurts"))),
        (_NEITHER, "", tr(_("neither helps nor hurts"))),
        (_NEITHER, ' stroke-dasharray="7 4"', tr(_("depends on the talk so far (number with ?)"))),
    ):
        second.append(
            f'<path d="M{x:.0f} 0h30" stroke="{colour}" stroke-width="2"{dash} marker-end="url(#a{colour[1:]})"/>'
            f'<text x="{x + 38:.0f}" y="4" fill="#333c48">{escape(word)}</text>'
        )
        x += 62 + 6.6 * width(word)
    return (
        f'<g transform="translate({MARGIN},{y:.0f})" font-size="12.5">{"".join(items)}</g>'
        f'<g transform="translate({MARGIN},{y + 30:.0f})" font-size="12.5">{"".join(second)}</g>'
    )


# --- texts ----------------------------------------------------------------------------------------------------


def _route_words(choice: Mapping[str, Any], number: int, words: str) -> str:
    return f"{number}. {said(choice['text'])}" + (f" ({words})" if words else "")


def _texts(script: Script) -> Iterator[str]:
    for name, node in script.source["nodes"].items():
        ending = node.get("ending")
        kind = f" {_ENDS[ending][2]} {escape(tr(scripts.ENDINGS[ending]))}" if ending else ""
        yield f'<h2 id="{escape(name)}">{escape(name)}{kind}</h2><p>{escape(said(node["says"]))}</p>'
        if ending:
            yield f'<p class="why">{escape(said(node["debrief"]))}</p>'
            continue
        items = ""
        for choice in script.choices(name):
            does = [script.step_label(choice)] if choice.get("step") else []
            does += [f"{tr(word)} {int(choice[key]):+d}" for key, word in (("mood", _("mood")), ("trust", _("trust"))) if choice.get(key)]
            targets = [{"to": choice["to"]}] if isinstance(choice["to"], str) else choice["to"]
            ways = [
                f'<a href="#{escape(str(route["to"]))}">{escape(str(route["to"]))}</a>'
                + (f" ({escape(words)})" if (words := routes.conditions(route)) else "")
                for route in targets
            ]
            arrow = f" · {escape(' · '.join(does))}" if does else ""
            items += (
                f'<li>{escape(said(choice["text"]))}{arrow} → {", ".join(ways)}<br><span class="why">'
                f"{escape(said(choice['why']))}</span></li>"
            )
        yield f"<ol>{items}</ol>"
