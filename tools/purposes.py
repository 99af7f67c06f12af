"""The purpose of a code cell, in words: what the reading view shows in the place of the code.

It is written in the fence, ```` ```python purpose="Adds up each customer's orders" ````, translated with the lesson's other
sentences, and stands in the built notebook as ``cell.metadata.crmlab.purpose``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

# What each of them shows is something to use, not something computed: the form is the cell.
FORMS = {"calculator", "check", "exam", "own_columns", "own_file", "own_save", "practice", "progress", "quiz", "review", "roleplays"}
LONGEST = {"en": 70, "zh": 32}  # characters: two lines on a phone
ANSWER = {"en": "Or answer in code: ", "zh": "也可以用代码回答："}  # how it begins where the trainee may write code

_VERB = re.compile(r"[A-Z][a-z]*s\b")  # third person: Adds, Shows, Draws
_CODE = re.compile(r"[`=\[\]{}<>]|\w\(|\w_\w|[a-z]\.[a-z]", re.ASCII)


def needed(source: str) -> bool:
    """Whether a cell with this code has to say what it is for: all but those that are one call of a form.

    >>> needed('check("how-many", top)'), needed('table = value.abc(revenue)'), needed('show(table)')
    (False, True, True)
    """
    match ast.parse(source).body:
        case [ast.Expr(ast.Call(ast.Name(name)))]:
            return name not in FORMS
        case _:
            return True


def wrong(purpose: str, language: str, answer: bool = False) -> Iterator[str]:
    """What is not as it should be in a purpose that readers of this language see; ``answer`` if the cell is theirs to write.

    >>> list(wrong("Adds up each customer's orders", "en"))
    []
    >>> list(wrong("run value.abc()", "en"))
    ['does not begin with a verb such as Adds', 'has a name from code']
    """
    if len(purpose) > LONGEST.get(language, len(purpose)):
        yield f"has {len(purpose)} characters, more than {LONGEST[language]}"
    if language in ANSWER and answer != purpose.startswith(ANSWER[language]):
        yield f"“{ANSWER[language]}” belongs before what the trainee may write, and nowhere else"
    if language == "en" and not answer and not _VERB.match(purpose):
        yield "does not begin with a verb such as Adds"
    if language == "zh" and not re.search(r"[\u4e00-\u9fff]", purpose):
        yield "is not Chinese"
    if _CODE.search(purpose):
        yield "has a name from code"
    if purpose.endswith((".", "。")):
        yield "ends with a full stop"
