"""``own_file("orders")``: the made-up firm of the class or a file of one's own, chosen by clicks; what stands below follows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmlab.checks import InputError
from crmlab.course import own_files, own_told, panel
from crmlab.course.widgets.guard import guarded, sentence
from crmlab.course.widgets.shown import Viewed
from crmlab.language import _, tr

if TYPE_CHECKING:
    import ipywidgets as w

MADE_UP = ""


class OwnFile(Viewed):
    """The choice on display: widgets in a notebook, elsewhere what was chosen in words."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __repr__(self) -> str:
        return own_told.standing(self.kind)

    def _repr_html_(self) -> str:
        return own_told.standing_box(self.kind)

    def view(self) -> w.Widget:
        """The widget: a list of files, a button that hands one over, and what was chosen."""
        import ipywidgets as w

        from crmlab.course.widgets.style import STYLE, visible

        kind = self.kind
        # What is chosen is said with what was read, and reading may take a while: first the page is told, then it is read.
        told, wrong = w.HTML(), w.HTML()
        listed = w.Dropdown(description=tr(own_told.LABELS[kind]), options=_options(kind), value=_value(kind))
        listed.style.description_width = "initial"
        listed.layout = w.Layout(width="100%")
        listed.add_class("crmlab-sentence")
        listed.add_class("crmlab-own-list")
        upload = w.FileUpload(
            accept=",".join(own_files.ENDINGS),
            multiple=False,
            description=tr(_("Choose a file from this computer")),
            icon="folder-open-o",
        )
        upload.layout = w.Layout(width="auto", max_width="100%", align_self="flex-start")
        upload.add_class("crmlab-own-upload")
        visible(upload, own_files.folder() is not None)
        busy = [False]

        def draw() -> None:
            busy[0] = True
            listed.options, listed.value = _options(kind), _value(kind)
            busy[0] = False
            told.value = own_told.standing_box(kind) + panel.below(f"own-{kind}", {"n": own_files.times(kind)})

        def choose(path: Path | None) -> None:
            wrong.value = ""
            if path is not None:
                told.value = panel.box("note", tr(_("Reading {file} ..."), file=path.name), status=True)
            try:
                own_files.choose(kind, path)
            except InputError as error:
                wrong.value = panel.box("unreadable", str(error), status=True)
                draw()

        def picked(change: Any) -> None:
            if not busy[0]:
                choose(Path(change["new"]) if change["new"] else None)

        def handed(change: Any) -> None:
            if not change["new"]:
                return
            (one,) = change["new"]
            wrong.value = ""
            told.value = panel.box("note", tr(_("Reading {file} ..."), file=one["name"]), status=True)
            try:
                path = own_files.keep(one["name"], bytes(one["content"]))
            except InputError as error:
                wrong.value = panel.box("unreadable", str(error), status=True)
                draw()
            else:
                choose(path)
            upload.value = ()

        listed.observe(picked, "value")
        upload.observe(handed, "value")
        own_files.watchers[kind, "file"] = draw
        draw()
        whole = w.VBox([w.HTML(STYLE + own_told.limit()), listed, upload, wrong, told])
        whole.add_class("crmlab")
        whole.add_class(f"crmlab-own-file-{kind}")
        return whole


def _options(kind: str) -> list[tuple[str, str]]:
    files = own_files.there()
    chosen = own_files.named(kind)
    if chosen is not None and chosen not in files:
        files.append(chosen)
    return [(tr(_("the made-up firm of your class")), MADE_UP), *((path.name, str(path)) for path in files)]


def _value(kind: str) -> str:
    chosen = own_files.named(kind)
    return MADE_UP if chosen is None else str(chosen)


@guarded(sentence)
def own_file(kind: str = own_files.ORDERS) -> OwnFile | panel.Html:
    """Let the made-up firm or a file of one's own be chosen by clicks, for "orders", "survey" or "complaints"; what stands below is run again.
    Ends a cell. Another kind gives a sentence.
    """
    if (wrong := own_told.no_kind(kind)):
        return sentence(wrong)
    return OwnFile(kind)
