"""``crmlab class report``: pages on a class and on each trainee."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from crmlab.cli.options import add_language
from crmlab.language import _, tr


def add(commands: Any, parser_class: type[argparse.ArgumentParser]) -> None:
    """Add the command."""
    report = commands.add_parser("report", help=tr(_("pages to print: one on the class, one on each trainee; nothing is sent anywhere")))
    report.add_argument("folder", metavar="DIR", help=tr(_("the folder of the class")))
    report.add_argument("--names", action="store_true", help=tr(_("names on the page of the class, too; without it numbers")))
    report.add_argument(
        "--site", metavar="ADDRESS", default="", help=tr(_("where the course lies on a web server: pages of trainees then link to its lessons"))
    )
    report.set_defaults(run=_report)
    add_language(report)


def _report(parsed: argparse.Namespace) -> int:
    from crmlab.app.workspace import Refused
    from crmlab.classroom import reporting, settings

    try:
        of = settings.load(Path(parsed.folder))
        path, count = reporting.write(of, names=parsed.names, site=_site(parsed.site))
    except (settings.SettingsError, reporting.CannotReport) as error:
        raise Refused(str(error)) from error
    if reporting.stale(of.folder):
        print(tr(_("Something was collected after the marks were made. If it was new, first run: crmlab class grade {folder}"), folder=of.folder), file=sys.stderr)
    print(tr(_("The report on the class: {file}"), file=path))
    print(tr(_("A page for each trainee ({n}): {folder}"), n=count, folder=path.parent / reporting.PEOPLE))
    return 0


def _site(address: str) -> str:
    from crmlab.app.workspace import Refused

    if address and not address.startswith(("http://", "https://")):
        raise Refused(tr(_("--site is an address that begins with http:// or https://, not “{address}”."), address=address[:80]))
    return address
