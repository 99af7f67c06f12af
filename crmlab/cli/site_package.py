"""``crmlab site package``: the browser edition for a learning management system."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmlab.cli.options import add_language
from crmlab.language import _, current, listed, speaking, tr

if TYPE_CHECKING:
    from crmlab.lms.product import Product


def add(commands: Any, parser_class: type[argparse.ArgumentParser]) -> None:
    """Add the command."""
    command = commands.add_parser("package", help=tr(_("a package that a learning management system imports")))
    kind = command.add_mutually_exclusive_group(required=True)
    kind.add_argument("--scorm", choices=("1.2", "2004"), help=tr(_("for SCORM 1.2, or SCORM 2004 3rd edition")))
    kind.add_argument("--cmi5", action="store_true", help=tr(_("for cmi5")))
    kind.add_argument("--xapi", action="store_true", help=tr(_("for xAPI, as a Tin Can package")))
    command.add_argument("--out", metavar="FILE", type=Path, required=True, help=tr(_("the package, such as course.zip")))
    command.add_argument(
        "--units", metavar="4,5.1", default="", help=tr(_("units or lessons that it holds; without it the whole course"))
    )
    command.add_argument(
        "--number",
        metavar="N",
        type=int,
        help=tr(_("number of the class, from which follow the firms that lessons make up; without it one of the package's own")),
    )
    command.add_argument("--site", metavar="DIR", type=Path, help=tr(_("a built site; without it one is built")))
    command.add_argument(
        "--pyodide", metavar="DIR", type=Path, help=tr(_("a folder with Pyodide; without it Pyodide is loaded and kept"))
    )
    command.add_argument("--cdn", action="store_true", help=tr(_("leave Pyodide on its public CDN: a smaller package, which needs that host")))
    command.set_defaults(run=_package)
    add_language(command)


def _refused(text: str) -> int:
    print(f"crmlab: {text}", file=sys.stderr)
    return 2


def _package(parsed: argparse.Namespace) -> int:
    from crmlab.lite import build, fetching, wheels
    from crmlab.lms import packaging

    product = _product(parsed.units, parsed.number)
    if isinstance(product, str):
        return _refused(product)
    if sum(map(bool, (parsed.site, parsed.pyodide, parsed.cdn))) > 1:
        return _refused(tr(_("Of --site, --pyodide and --cdn only one can be given.")))
    if parsed.out.is_dir():
        return _refused(tr(_("{file} is a folder; name a file, such as course.zip."), file=parsed.out))
    standard = f"scorm-{parsed.scorm}" if parsed.scorm else "cmi5" if parsed.cmi5 else "xapi"

    def tell(text: str) -> None:
        print(text, flush=True)

    try:
        with tempfile.TemporaryDirectory() as temporary:
            site = parsed.site
            if site is None:
                site = Path(temporary) / "site"
                pyodide = None if parsed.cdn else parsed.pyodide or fetching.obtain(tell)
                build.build(site, pyodide, build.ANYWHERE if parsed.cdn else "", tell)
            made = packaging.pack(site, standard, product, parsed.out)
    except (wheels.Missing, OSError) as error:
        return _refused(str(error))
    with speaking(product.language):  # building speaks every language, one after the other
        text = _("The package is {file}: “{title}”, {lessons} lessons, {files} files, {megabytes} MB.")
        print(
            tr(
                text,
                file=parsed.out,
                title=product.title(current()),
                lessons=len(product.lessons),
                files=made["files"],
                megabytes=round(made["bytes"] / 1e6),
            )
        )
        if standard == "scorm-1.2" and len(product.lessons) > ROOM:
            print(
                tr(
                    _(
                        "With SCORM 1.2 a learning platform keeps 4,096 letters of a learner's work, about one unit. Points of all lessons are kept, "
                        "but of the answers only the newest; choose SCORM 2004 or cmi5, or make a package of each unit."
                    )
                )
            )
    return 0


ROOM = 5
"""Lessons whose answers 4,096 letters hold; see docs/lms.md."""


def _product(wished: str, number: int | None) -> Product | str:
    """The package that was asked for, or a sentence on what is wrong."""
    from crmlab.classroom import settings
    from crmlab.course import outline
    from crmlab.lms.product import Product

    wishes = [one for one in wished.replace("，", ",").replace(" ", ",").split(",") if one]
    there = [one.number for one in outline.there()]
    chosen, unknown = settings.expand(wishes) if wishes else (tuple(there), [])
    chosen = tuple(one for one in chosen if one in there)
    if unknown or not chosen:
        text = _("There is no unit or lesson “{wish}”. Lessons: {known}.")
        return tr(text, wish=listed(unknown) or wished, known=listed(there))
    if number is None:
        import zlib

        number = 100_000 + zlib.crc32(" ".join(chosen).encode()) % 900_000
    elif number < 0:
        return tr(_("The number of a class is a whole number, 0 or more."))
    return Product(chosen, number, current())
