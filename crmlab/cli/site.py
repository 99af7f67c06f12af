"""``crmlab site``: the browser edition; ``crmlab work``: a trainee's work as one file, for another machine or the browser."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from crmlab.app import work, workspace
from crmlab.cli import site_package
from crmlab.cli.options import add_language
from crmlab.course import files
from crmlab.language import _, tr


def add(commands: Any, parser_class: type[argparse.ArgumentParser]) -> None:
    """Add the commands ``site`` and ``work`` to those of ``crmlab``."""
    site = commands.add_parser("site", help=tr(_("the course as a web site that runs in the browser alone")))
    inner = site.add_subparsers(
        title=tr(_("commands")), metavar="build, serve, package", required=True, parser_class=parser_class
    )
    build = inner.add_parser("build", help=tr(_("build the site into a folder")))
    build.add_argument(
        "--out", metavar="DIR", type=Path, required=True, help=tr(_("the folder; made if it is not there"))
    )
    build.add_argument(
        "--pyodide",
        metavar="DIR",
        type=Path,
        help=tr(_("a folder with Pyodide; without it Pyodide is loaded and kept")),
    )
    build.add_argument(
        "--address",
        metavar="URL",
        default="",
        help=tr(_("leave Pyodide on its public CDN; where the site will lie, https://HOST/PATH/")),
    )
    build.set_defaults(run=_build)
    serve = inner.add_parser("serve", help=tr(_("show a built site on this computer")))
    serve.add_argument("folder", metavar="DIR", type=Path)
    serve.add_argument("--port", type=int, default=8000, metavar="N", help=tr(_("the port to use; 8000 without it")))
    serve.set_defaults(run=_serve)
    site_package.add(inner, parser_class)

    mine = commands.add_parser("work", help=tr(_("take your answers to another machine, or to the browser edition")))
    inner = mine.add_subparsers(
        title=tr(_("commands")), metavar="export, import", required=True, parser_class=parser_class
    )
    out = inner.add_parser("export", help=tr(_("write all your work into one file")))
    back = inner.add_parser("import", help=tr(_("take over the work from such a file")))
    out.set_defaults(run=_export)
    back.set_defaults(run=_import)
    for command in (out, back):
        command.add_argument("file", metavar="FILE", type=Path)
        command.add_argument("--to", metavar="DIR", help=tr(_("the folder of the course")))
    for command in (site, build, serve, mine, out, back):
        add_language(command)


def _build(parsed: argparse.Namespace) -> int:
    from crmlab.lite import build, fetching, wheels

    def tell(text: str) -> None:
        print(text, flush=True)

    try:
        pyodide = parsed.pyodide
        if pyodide is None and not parsed.address:
            pyodide = fetching.obtain(tell)
        sizes = build.build(parsed.out, pyodide, parsed.address, tell)
    except (wheels.Missing, OSError) as error:
        print(f"crmlab: {error}", file=sys.stderr)
        return 2
    said = tr(
        _("The site is in {folder}: {megabytes} MB. A first visit loads {first} MB of Python."),
        folder=parsed.out,
        megabytes=round(sizes["site"] / 1e6),
        first=round(sizes["first"] / 1e6),
    )
    print(said, tr(_("To look at it: crmlab site serve {folder}"), folder=files.word(parsed.out)))
    return 0


def _serve(parsed: argparse.Namespace) -> int:
    from crmlab.lite import serve

    if not (parsed.folder / "index.html").is_file():
        text = tr(_("There is no site in {folder}; build one with crmlab site build."), folder=parsed.folder)
        print(f"crmlab: {text}", file=sys.stderr)
        return 2
    try:
        server = serve.server(parsed.folder, parsed.port)
    except OSError as error:
        text = tr(
            _("Port {port} cannot be used: {reason}. Choose another with --port."),
            port=parsed.port,
            reason=error.strerror or error,
        )
        print(f"crmlab: {text}", file=sys.stderr)
        return 2
    print(
        tr(_("The site is at {address} (Ctrl-C stops it)."), address=f"http://127.0.0.1:{server.server_port}/"),
        flush=True,
    )
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()
    finally:
        server.server_close()
    return 0


def _export(parsed: argparse.Namespace) -> int:
    folder = workspace.find_folder(parsed.to)
    names = [path.relative_to(folder).as_posix() for path in folder.glob("notebooks/*/*/*.ipynb")]
    originals = {name: data for name in names if (data := workspace.original(name, folder)) is not None}
    packed = work.pack(folder, originals)
    if packed.left_out:
        text = _("These files of yours are not taken along; copy them yourself: {names}")
        print(tr(text, names=", ".join(packed.left_out)), file=sys.stderr)
    if not packed.count:
        print(tr(_("There is no work in {folder} yet."), folder=folder))
        return 1
    try:
        if parsed.file.exists():
            print(
                "crmlab: " + tr(_("{file} is there already; choose another name."), file=parsed.file), file=sys.stderr
            )
            return 2
        files.write_atomically(parsed.file, packed.text)
    except OSError as error:
        said = tr(_("{file} cannot be written: {reason}"), file=parsed.file, reason=files.reason(error))
        print(f"crmlab: {said}", file=sys.stderr)
        return 2
    print(tr(_("{n} files of yours are in {file}."), n=packed.count, file=parsed.file))
    return 0


def _import(parsed: argparse.Namespace) -> int:
    folder = workspace.find_folder(parsed.to)
    try:
        raw = parsed.file.read_bytes()
    except OSError as error:
        said = tr(_("{file} cannot be read: {reason}"), file=parsed.file, reason=files.reason(error))
        print(f"crmlab: {said}", file=sys.stderr)
        return 2
    try:
        taken = work.unpack(raw, folder)
    except work.NotWork as error:
        print(f"crmlab: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        text = _("{file} cannot be written: {reason}. Nothing was taken over.")
        said = tr(text, file=error.filename or folder, reason=files.reason(error))
        print(f"crmlab: {said}", file=sys.stderr)
        return 2
    print(tr(_("{n} files were taken over into {folder}."), n=len(taken.files), folder=folder))
    if taken.kept:
        print(tr(_("What was there under the same names is kept: {names}"), names=", ".join(taken.kept)))
    return 0
