"""What argparse has to say of a command that it does not understand, in the user's language."""

from __future__ import annotations

import re

from crmlab.language import _, tr

_SAID = (
    (r"argument (?P<name>.*?): invalid choice: (?P<value>.*?) \((?:choose from|did you mean) (?P<choices>.*)\)", _("{value} is not known here; there are {choices}")),
    (r"the following arguments are required: (?P<names>.*)", _("{names} is missing")),
    (r"unrecognized arguments: (?P<words>.*)", _("{words} is too much here")),
    (r"argument (?P<name>.*?): invalid int value: (?P<value>.*)", _("{name} takes a whole number, not {value}")),
    (r"argument (?P<name>.*?): invalid \w+ value: (?P<value>.*)", _("{name} cannot take {value}")),
    (r"argument (?P<name>.*?): expected (?:one|at least one) argument", _("something is missing after {name}")),
    (r"argument (?P<name>.*?): ignored explicit argument (?P<value>.*)", _("{name} takes nothing, not {value}")),
    (r"argument (?P<name>.*?): not allowed with argument (?P<other>.*)", _("{name} does not go with {other}")),
)


def said(message: str) -> str:
    """The message in words of our own; general words for one that is not known.

    >>> said("argument --port: invalid int value: 'x'"), said("what a newer Python may say")
    ("--port takes a whole number, not 'x'", 'a word is wrong, or is missing')
    """
    for pattern, words in _SAID:
        if found := re.fullmatch(pattern, message, re.DOTALL):
            return tr(words, **{name: value.replace("', '", ", ").strip("'") if name == "choices" else value for name, value in found.groupdict().items()})
    return tr(_("a word is wrong, or is missing"))
