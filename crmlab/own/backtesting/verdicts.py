"""What a verdict says, in the same words wherever a test is shown."""

from __future__ import annotations

from collections.abc import Mapping

from crmlab.language import _
from crmlab.own.result import FAILS, HOLDS, UNCLEAR, UNTESTED

SAYS: Mapping[str, str] = {
    HOLDS: _("Tested on the firm's own past: it holds"),
    UNCLEAR: _("Tested on the firm's own past: not shown to be better than chance. Use it with care"),
    FAILS: _("Tested on the firm's own past: it fails. Do not rely on this"),
    UNTESTED: _("Not tested: the file is too short to tell. Do not rely on this yet"),
}
"""A sentence by verdict, without a full stop."""

SHORT: Mapping[str, str] = {
    HOLDS: _("holds"),
    UNCLEAR: _("unclear"),
    FAILS: _("fails"),
    UNTESTED: _("not tested"),
}
"""The same in a cell."""

SIGNS: Mapping[str, str] = {HOLDS: "✓", UNCLEAR: "?", FAILS: "✗", UNTESTED: "–"}
"""For paper without colours."""
