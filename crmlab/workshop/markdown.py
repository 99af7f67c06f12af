"""Markdown of the lessons as HTML for pages that stand alone: nothing in it leads to a file that is not there."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any


def html(text: str, lower: int = 0) -> str:
    """The text as HTML, its headings ``lower`` levels below where they were; HTML in it is shown as text, and links to other files
    of the course are plain words.

    >>> html("## Hear *it*", 1)
    '<h3>Hear <em>it</em></h3>\\n'
    >>> html("[2.3 RFM](../2-classification/3-rfm.ipynb), <b>")
    '<p>2.3 RFM, &lt;b&gt;</p>\\n'
    """
    made = str(_reader()(text.replace("&nbsp;", "\u00a0").replace("$$", "")))
    made = re.sub(r'<a href="(?!https?:)[^"]*"[^>]*>(.*?)</a>', r"\1", made, flags=re.DOTALL)
    made = re.sub(r"<th[^>]*></th>", "<td></td>", made)  # the corner of a table is no heading
    made = re.sub(r"<th(?=[ >])", '<th scope="col"', made)
    return re.sub(r"(</?h)([1-6])\b", lambda found: f"{found[1]}{min(6, int(found[2]) + lower)}", made) if lower else made


@cache
def _reader() -> Callable[[str], Any]:
    import mistune  # comes with Jupyter

    return mistune.create_markdown(escape=True, plugins=["table", "strikethrough"])
