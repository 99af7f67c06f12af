"""The value of a check cell: points for nbgrader, a widget for a notebook, HTML for everything else."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from crmlab.course import panel
from crmlab.course.exercise import Exercise, Feedback
from crmlab.course.session import Session

VIEW = "application/vnd.jupyter.widget-view+json"


class Shown:
    """A :class:`Feedback` on display. ``repr`` and ``float`` are the points; ``feedback`` is the whole."""

    def __init__(self, feedback: Feedback, session: Session | None, made: Exercise | None) -> None:
        self.feedback = feedback
        self._session = session
        self._made = made

    def __repr__(self) -> str:
        return repr(self.feedback)

    def __float__(self) -> float:
        return float(self.feedback.points)

    def _repr_html_(self) -> str:
        return panel.feedback(self.feedback)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        bundle: dict[str, Any] = {"text/plain": repr(self), "text/html": self._repr_html_()}
        if self._session is not None and self._made is not None and in_notebook():
            from crmlab.course.widgets.together import together
            from crmlab.course.widgets.view import view_of

            with together():
                view = view_of(self._session, self._made, self.feedback)
            bundle[VIEW] = {"version_major": 2, "version_minor": 0, "model_id": view.model_id}
        return bundle


class Viewed(ABC):
    """A value that a notebook shows by its ``view()``, a widget, and everything else as HTML or text."""

    @abstractmethod
    def view(self) -> Any:
        """The widget; each kind of value has its own."""

    @abstractmethod
    def _repr_html_(self) -> str:
        """The same for those who see no widgets."""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        bundle: dict[str, Any] = {"text/plain": repr(self), "text/html": self._repr_html_()}
        if in_notebook():
            from crmlab.course.widgets.together import together

            with together():
                view = self.view()
            bundle[VIEW] = {"version_major": 2, "version_minor": 0, "model_id": view.model_id}
        return bundle


def in_notebook() -> bool:
    """Whether a kernel runs this, which can show widgets."""
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    shell = get_ipython()
    return shell is not None and getattr(shell, "kernel", None) is not None
