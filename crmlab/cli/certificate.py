"""``crmlab certificate``: make a key, issue certificates to a class, verify one.

Exit codes: 0 all is well; 1 a certificate is not sound, or nothing says whose it is; nobody has earned one; 2 it could not be done, and
stderr says why.
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmlab.cli.options import add_language
from crmlab.course import files
from crmlab.course.yamlfile import shortened
from crmlab.language import _, tr

if TYPE_CHECKING:
    from crmlab.badges.issuing import Standing

PASSPHRASE = "CRMLAB_PASSPHRASE"
"""The variable that holds the pass phrase where nobody can be asked."""


class _Cannot(Exception):
    """It cannot be done; the message is a sentence for the user."""


def add(commands: Any, parser_class: type[argparse.ArgumentParser]) -> None:
    """Add the command ``certificate`` with its own commands to those of ``crmlab``."""
    group = commands.add_parser("certificate", help=tr(_("signed certificates: a key, issue, verify")))
    inner = group.add_subparsers(title=tr(_("commands")), metavar="key, issue, verify", required=True, parser_class=parser_class)

    key = inner.add_parser("key", help=tr(_("for instructors: the key that certificates are signed with")))
    of_key = key.add_subparsers(title=tr(_("commands")), metavar="new", required=True, parser_class=parser_class)
    new = of_key.add_parser("new", help=tr(_("make a key, once, and keep it safe")))
    new.description = tr(
        _("Makes two files: private-key.pem, which only you may ever have, and issuer.json, which you give to everybody who verifies.")
    )
    new.add_argument("--name", metavar="NAME", required=True, help=tr(_("who issues: you, or your firm or school")))
    new.add_argument("--out", metavar="DIR", type=Path, required=True, help=tr(_("the folder for the key; not that of the class")))
    new.add_argument("--passphrase", action="store_true", help=tr(_("ask for a pass phrase that is needed to use the key")))
    new.set_defaults(run=_run(_new))

    issue = inner.add_parser("issue", help=tr(_("for instructors: certificates for those of a class who have earned one")))
    issue.description = tr(_("For each trainee with enough points a page to print, a badge as a picture, and the signed credential."))
    issue.add_argument("folder", metavar="DIR", type=Path, help=tr(_("the folder of the class")))
    issue.add_argument("--key", metavar="DIR", type=Path, required=True, help=tr(_("the folder of your key")))
    issue.add_argument("--out", metavar="DIR", type=Path, required=True, help=tr(_("the folder for the certificates")))
    issue.add_argument("--only", metavar="NAME", nargs="+", default=[], help=tr(_("only these trainees: name, id or key")))
    issue.add_argument("--names", action="store_true", help=tr(_("write names and ids into the credential as they are, not hashed")))
    issue.add_argument("--until", metavar="DAY", default="", help=tr(_("the last day on which it is valid, such as 2029-12-31; without it there is none")))
    issue.add_argument("--replace", action="store_true", help=tr(_("issue anew to those who have one already")))
    issue.set_defaults(run=_run(_issue))

    verify = inner.add_parser("verify", help=tr(_("say whether a certificate is sound, and who signed it")))
    verify.description = tr(_("Reads the page, the picture or the .jws file of a certificate. Nothing is looked up in the network."))
    verify.add_argument("file", metavar="FILE", type=Path)
    verify.add_argument("--issuer", metavar="FILE", type=Path, help=tr(_("the issuer's public key, issuer.json, got from the issuer and not with the certificate")))
    verify.add_argument("--name", metavar="NAME", default="", help=tr(_("the name or id of the person who shows it, to compare")))
    verify.set_defaults(run=_run(_verify))
    for command in (group, key, new, issue, verify):
        add_language(command)


def _run(command: Any) -> Any:
    """A command whose refusals are one line on stderr and exit code 2."""

    def run(parsed: argparse.Namespace) -> int:
        from crmlab.badges.keys import KeyProblem

        try:
            return int(command(parsed))
        except (_Cannot, KeyProblem) as refusal:
            print(f"crmlab: {refusal}", file=sys.stderr)
        except (OSError, ValueError) as error:  # a name with a NUL in it is a ValueError
            name = getattr(error, "filename", None) or next((one for one in (getattr(parsed, "file", None), getattr(parsed, "out", None)) if one), "")
            print(f"crmlab: {tr(_('{file}: {reason}'), file=shortened(name, 200), reason=files.reason(error))}", file=sys.stderr)
        return 2

    return run


# --- the key --------------------------------------------------------------------------------------------------


def _new(parsed: argparse.Namespace) -> int:
    from crmlab.badges import keys

    phrase = None
    if parsed.passphrase:
        phrase = _asked(_("Pass phrase for the new key: "))
        if not os.environ.get(PASSPHRASE) and phrase != _asked(_("The same once more: ")):
            raise _Cannot(tr(_("The two are not the same. Nothing was made.")))
    issuer = keys.new(parsed.out, parsed.name, phrase)
    print(tr(_("The key of “{name}” is in {folder}. Its fingerprint: {fingerprint}"), name=issuer.name, folder=parsed.out, fingerprint=issuer.fingerprint))
    print(tr(_("Keep {private} to yourself and keep a copy: without it no further certificate of yours can be told to be yours. Give {public} to whoever verifies, and publish it or its fingerprint where people know you."), private=keys.PRIVATE, public=keys.PUBLIC))
    if os.name == "nt":
        print(tr(_("Windows does not keep the file from other users of this computer: put it where only you have rights.")))
    return 0


def _asked(prompt: str) -> str:
    """The pass phrase, from the environment or typed unseen."""
    given = os.environ.get(PASSPHRASE, "")
    if not given:
        if not sys.stdin or not sys.stdin.isatty():
            text = _("A pass phrase is needed and nobody can be asked: set {variable} for this one command.")
            raise _Cannot(tr(text, variable=PASSPHRASE))
        try:
            given = getpass.getpass(tr(prompt))
        except EOFError:
            given = ""
    if not given:
        raise _Cannot(tr(_("The pass phrase is empty. Nothing was made.")))
    return given


# --- issuing --------------------------------------------------------------------------------------------------


def _issue(parsed: argparse.Namespace) -> int:
    from crmlab.badges import issuing, keys

    until = _until(parsed.until)
    try:
        of_class, everybody = issuing.standings(parsed.folder)
        people = issuing.chosen(everybody, parsed.only)
    except issuing.Unissuable as error:
        raise _Cannot(str(error)) from None
    for file in (keys.PRIVATE, keys.PUBLIC):
        if not (parsed.key / file).is_file():
            text = _("There is no {file} in {folder}. Make a key first: crmlab certificate key new --name NAME --out DIR")
            raise _Cannot(tr(text, file=file, folder=parsed.key))
    phrase = _asked(_("Pass phrase of the key: ")) if keys.encrypted(parsed.key) else None
    key, issuer = keys.private(parsed.key, phrase)
    done = 0
    for one in people:
        if not one.passed:
            print(_line(one, tr(_("no certificate: {share} are needed"), share=f"{issuing.PASS:.0%}")))
        elif not parsed.replace and any((parsed.out / f"{one.person.key}{suffix}").exists() for suffix in issuing.SUFFIXES):
            print(_line(one, tr(_("has one already; --replace makes another"))))
            done += 1
        else:
            issuing.issue(one, of_class, key, issuer, parsed.out, plain=parsed.names, until=until)
            print(_line(one, f"{one.person.key}.html, .png, .jws"))
            done += 1
    if not done:
        print(tr(_("Nobody has earned a certificate yet.")))
        print(tr(_("All lessons of the class count, also those that nobody handed in. If some were not held: take them out of lessons in class.yml, then crmlab class update and crmlab class grade.")))
        return 1
    shared = issuing.hand_on(parsed.key, parsed.out)
    print(tr(_("To verify one: crmlab certificate verify FILE --issuer {file}"), file=files.word(shared)))
    return 0


def _line(one: Standing, said: str) -> str:
    from crmlab.badges.page import of

    text = _("{name}: {points} ({share}): {said}")
    return tr(text, name=one.person.name or one.person.id, points=of(one.lines[-1]), share=f"{one.share:.0%}", said=said)


def _until(text: str) -> datetime | None:
    """The end of a day, UTC."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise _Cannot(tr(_("“{day}” is no day; write it as 2029-12-31."), day=shortened(text))) from None
    if day <= datetime.now(UTC).date():
        raise _Cannot(tr(_("{day} is no day to come."), day=text))
    return datetime.combine(day, time(23, 59, 59), UTC)


# --- verifying ------------------------------------------------------------------------------------------------


def _verify(parsed: argparse.Namespace) -> int:
    from crmlab.badges import keys, verifying

    keys.library()
    trusted = keys.read_public(parsed.issuer / keys.PUBLIC if parsed.issuer.is_dir() else parsed.issuer) if parsed.issuer else None
    if parsed.file.is_dir():
        raise _Cannot(tr(_("{file} is a folder. Name a file in it."), file=parsed.file))
    verdict = verifying.verify(parsed.file, trusted, parsed.name)
    print(verdict.says)
    return 0 if verdict.state == verifying.GOOD else 1
