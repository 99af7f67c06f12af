"""What a trainee's code showed, and what trainees wrote around it, made harmless for whoever looks at the graded notebook.

A graded notebook and its feedback are opened in a browser, the formgrader's on the instructor's own server: a script in them would
run there as the instructor. Texts and images in pixels are kept, everything that a browser could run is not.
"""

from __future__ import annotations

import base64
import re
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

MOST = 1_000_000
"""Characters of one output."""

_COLOURS = re.compile(r"\x1b\[[0-9;]{0,20}m")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def plain(text: str, most: int = 300) -> str:
    """A text on one line that a terminal shows and does not obey.

    >>> plain("a\\x1b[2Jb\\nc\\u202e")
    'a?[2Jb c?'
    """
    text = _CONTROLS.sub("?", " ".join(text.split()).encode("utf-8", "replace").decode("utf-8"))
    return text if len(text) <= most else f"{text[: most - 1]}…"


def outputs(found: Any) -> list[NotebookNode]:
    """The outputs of a cell as far as they are text or an image; anything may be given.

    >>> [one["data"] for one in outputs([{"output_type": "display_data", "data": {"text/html": "<script>", "text/plain": "a"}}, 5])]
    [{'text/plain': 'a'}]
    """
    made: list[NotebookNode] = []
    for one in found if isinstance(found, list) else ():
        if not isinstance(one, dict):
            continue
        kind = one.get("output_type")
        if kind == "stream":
            made.append(
                new_output(
                    "stream", name="stderr" if one.get("name") == "stderr" else "stdout", text=_text(one.get("text"))
                )
            )
        elif kind == "error":
            trace = one.get("traceback")
            lines = [_text(line) for line in trace[:200]] if isinstance(trace, list) else []
            made.append(
                new_output(
                    "error", ename=_text(one.get("ename"))[:200], evalue=_text(one.get("evalue")), traceback=lines
                )
            )
        elif kind in ("display_data", "execute_result") and (data := _data(one.get("data"))):
            more = {"execution_count": None} if kind == "execute_result" else {}
            made.append(new_output(kind, data=data, **more))
    return made


def _data(found: Any) -> dict[str, str]:
    if not isinstance(found, dict):
        return {}
    data = {}
    for kind in ("image/png", "image/jpeg"):
        if isinstance(image := found.get(kind), str) and len(image) <= 10 * MOST:
            try:
                data[kind] = base64.b64encode(base64.b64decode("".join(image.split()), validate=True)).decode()
            except ValueError:
                continue
    if "text/plain" in found:
        data["text/plain"] = _text(found["text/plain"])
    return data


def _text(found: Any) -> str:
    if isinstance(found, list):
        found = "".join(one for one in found if isinstance(one, str))
    if not isinstance(found, str):
        return ""
    parts = _COLOURS.split(found[:MOST])
    colours = _COLOURS.findall(found[:MOST])
    kept = [_CONTROLS.sub("?", part).encode("utf-8", "replace").decode("utf-8") for part in parts]
    return "".join(part + colour for part, colour in zip(kept, [*colours, ""], strict=True))


def tame(notebook: NotebookNode, given: NotebookNode | None) -> None:
    """Show text that was not in the notebook as it was given out as it was typed, without making a page of it, and forget notes about it."""
    own = {cell.source for cell in given.cells if cell.cell_type == "markdown"} if given is not None else set()
    for cell in notebook.cells:
        cell.pop("attachments", None)
        if cell.cell_type == "raw" or (
            cell.cell_type == "markdown" and cell.source not in own and _MARKUP.search(cell.source)
        ):
            cell.cell_type = "markdown"
            fence = "~" * max(3, 1 + max(map(len, re.findall("~+", cell.source)), default=0))
            cell.source = f"{fence}\n{cell.source}\n{fence}"
    kept = given.metadata if given is not None else {}
    notebook.metadata = NotebookNode(
        {key: kept[key] for key in ("kernelspec", "language_info", "crmlab") if key in kept}
    )


_MARKUP = re.compile(r"[<&\\]|javascript:|data:|!\[", re.IGNORECASE)
