"""The net under what a lesson calls: an error would stop the trainee's notebook."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from crmlab.course import panel
from crmlab.language import _, tr

Call = TypeVar("Call", bound=Callable[..., Any])


def sentence(text: str) -> panel.Html:
    """A sentence in the place of what cannot be shown."""
    return panel.Html(panel.box("unreadable", text), text)


def guarded(instead: Callable[[str], Any]) -> Callable[[Call], Call]:
    """A function that does not raise: where it would, the value is ``instead`` of a sentence about the error."""

    def guarding(function: Call) -> Call:
        @functools.wraps(function)
        def call(*given: Any, **named: Any) -> Any:
            try:
                return function(*given, **named)
            except Exception as error:  # whatever it is, the notebook must go on
                return instead(told(error))

        return call  # type: ignore[return-value]

    return guarding


def told(error: Exception) -> str:
    """What is said of an error."""
    try:
        what = f"{type(error).__name__}: {error}".strip()[:300]
    except Exception:  # a stranger's error may fail in any way
        what = type(error).__name__
    return tr(_("This could not be shown ({error}). Your answers are kept. Load the page again."), error=what)
