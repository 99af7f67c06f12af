"""Whose work it is: from what a file says, else from the names of the folders and archives that it came in.

A person is a name and a number together. Who gives only one of them is somebody with both, if just one fits; else somebody of
their own. What was put together once stays so.
"""

from __future__ import annotations

import difflib
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from crmlab.app import hand_in
from crmlab.language import LANGUAGES, _, listed, tr


@dataclass(frozen=True)
class Who:
    """What is known of somebody; empty texts for what is not."""

    name: str = ""
    id: str = ""
    theirs: str = ""
    """A number that the learning management system gave: it tells two of one name apart, and is no number of the class."""

    def __bool__(self) -> bool:
        return bool(self.name or self.id)

    @property
    def identity(self) -> str:
        """The same for all writings of one name and number.

        >>> Who("Zhang  San", "A1").identity == Who("zhang san", "Ａ1").identity
        True
        """
        return "|".join((folded(self.name), folded(self.id), "" if self.id else self.theirs))

    def called(self) -> str:
        """How they are named in a sentence: "张三 (2023001)"."""
        number = self.id or self.theirs
        return f"{self.name} ({number})" if self.name and number else self.name or number


def folded(text: str) -> str:
    """A name or number without what writers do not agree on: capitals, width, blanks, points."""
    return "".join(one for one in unicodedata.normalize("NFKC", text).casefold() if one.isalnum() or unicodedata.category(one)[0] == "M")


def alike(one: str, other: str) -> bool:
    """Whether two names may be those of one person: first and last name may change places, or the alphabet be another."""
    a, b = folded(one), folded(other)
    return a == b or sorted(a) == sorted(b) or a.isascii() != b.isascii()


# -- names of folders and files ----------------------------------------------------------------------------------------

_MOODLE = re.compile(r"(?P<name>.+?)_(?P<theirs>\d+)_assignsubmission_(?:file|onlinetext).*", re.DOTALL)
_CANVAS = re.compile(r"(?P<name>[^\W\d_]+)(?:_late)?_(?P<theirs>\d{2,})_\d{2,}_.+", re.DOTALL | re.IGNORECASE)
_BLACKBOARD = re.compile(r".+_(?P<id>[A-Za-z0-9.@-]+)_attempt_\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d.*", re.DOTALL)
_ENDS = re.compile(r"(?i)(\.handin)?\.(json|ipynb|zip)$")
_COPY = re.compile(r"(?i)\s*([(（]\d+[)）]|-\s*(copy|副本)([ (（]\d*[)）]?)?|副本\d*)$")
_NUMBER = re.compile(r"[A-Za-z]{0,4}\d{3,20}")
_DAY = re.compile(r"20[0-4]\d((0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01]))?")
_HAN = re.compile(r"[㐀-鿿𠀀-𲎯·•]{2,15}")
_APART = re.compile(r"[-_—–+，,、;；:：()（）\[\]【】{}]+|\.(?!\s)")
_SHORTEST = 3
"""Characters of a number that two do not share by chance."""
_NEAR = 0.8
"""How much of two names must be the same for a slip in one of them."""
_LONGEST = 40
"""Letters of a name, where it is the name of a folder that says so."""
_NO_NAME = re.compile(
    "homework|assignment|assignments|submission|submissions|submitted|work|handin|hand|in|hand-in|crmlab|file|files|final|copy|"
    "late|notebooks|notebook|lesson|lessons|unit|units|answers|answer|all|attachment|attachments|download|downloads|inbox|mail|"
    "archive|exercise|exercises|class|course|new|folder|untitled|zip|json|ipynb|older|mine|damaged|came|wetransfer|shared|upload|"
    "uploads|export|results|data|desktop|documents|version|assignsubmission|onlinetext|attempt|team|group|week|day|classroom|"
    "students|trainees|training|test"
)
_NO_HAN = re.compile(
    "作业|提交|附件|单元|课|最终|版|文件|答案|练习|班$|^第|学号|工号|姓名|下载|共享|邮件|收件|压缩|新建|学员|学生|老师|培训|迟交|补交|上交|全部|资料|测试|未命名|副本"
)


def of_place(part: str) -> Who:
    """Who the name of a folder, an archive or a file tells; nobody, if it tells nothing.

    >>> of_place("张三-2023001-作业.zip"), of_place("Anna Schmidt_12345_assignsubmission_file_")
    (Who(name='张三', id='2023001', theirs=''), Who(name='Anna Schmidt', id='', theirs='12345'))
    >>> of_place("schmidtanna_LATE_77_901_2-man.ipynb").name, bool(of_place("2-man (1).ipynb")), bool(of_place("notebooks"))
    ('schmidtanna', False, False)
    """
    for pattern in (_MOODLE, _CANVAS, _BLACKBOARD):
        if found := pattern.fullmatch(part):
            known = found.groupdict()
            return Who(*(hand_in.plain(known.get(key, "")) for key in ("name", "id", "theirs")))
    words = _COPY.sub("", _ENDS.sub("", part))
    if words in LANGUAGES or re.fullmatch(r"\d+-[a-z0-9-]+", words):
        return Who()
    for one in hand_in.known():
        words = re.sub(rf"(?<![A-Za-z0-9]){re.escape(one.slug)}(?![A-Za-z0-9])", " - ", words)
    numbers: list[str] = []
    names: list[str] = []
    for piece in filter(None, (one.strip() for one in _APART.split(words))):
        if han := [one for one in _HAN.findall(piece) if not _NO_HAN.search(one)]:
            names += han
            numbers += _NUMBER.findall(_HAN.sub(" ", piece))
        elif _NUMBER.fullmatch(piece):
            numbers.append(piece)
        else:
            numbers += [one for one in piece.split() if _NUMBER.fullmatch(one)]
            letters = " ".join(one for one in piece.split() if not any(map(str.isdigit, one)))
            if not _HAN.search(piece) and 1 < len(folded(letters)) <= _LONGEST and not any(map(_NO_NAME.fullmatch, letters.casefold().split())):
                names.append(letters)
    # Eight digits may be a day or a number; four, such as 2026, are a year.
    numbers.sort(key=lambda one: bool(_DAY.fullmatch(one)))
    number = next((one for one in numbers if not _DAY.fullmatch(one) or (names and len(one) > 4)), "")
    return Who(hand_in.plain(next(iter(names), "")), number)


def of_path(places: Sequence[str], ignored: Iterable[str] = ()) -> Who:
    """Who the way to a file tells, from inside to outside; what is outside adds what is missing.

    >>> of_path(["all.zip", "2023001", "张三", "2-man.json"])
    Who(name='张三', id='2023001', theirs='')
    """
    not_those = {folded(one) for one in ignored} - {""}
    known = [one for one in map(of_place, reversed(places)) if one and folded(one.name) not in not_those]
    if len(known) > 1 and known[0] == of_place(places[-1]) and not (known[0].id or known[0].theirs):
        known.append(known.pop(0))  # what a file is called says less than where it lies
    found = next((one for one in known if (one.id and one.name) or one.theirs), next(iter(known), Who()))
    for one in known:
        if found.name and one.name and folded(found.name) != folded(one.name):
            continue
        if not (found.id and one.id and folded(found.id) != folded(one.id)):
            found = Who(found.name or one.name, found.id or one.id, found.theirs or one.theirs)
    return found


# -- who is who --------------------------------------------------------------------------------------------------------


@dataclass
class Group:
    """Everything that is taken to be one person."""

    key: str = ""
    known: dict[str, Who] = field(default_factory=dict)
    """By identity."""
    says: list[str] = field(default_factory=list)

    @property
    def who(self) -> Who:
        """The best of what is known."""
        some = sorted(self.known.values(), key=lambda one: (not (one.name and one.id), not one.name, one.name.isascii(), one.identity))
        return Who(*(next((value for one in some if (value := getattr(one, part))), "") for part in ("name", "id", "theirs")))


def sorted_out(found: Iterable[Who], before: Iterable[tuple[str, Iterable[Who]]] = ()) -> list[Group]:
    """Who is who, with a key for each; ``before`` holds those who were told apart earlier, with their keys.

    >>> [one.who.called() for one in sorted_out([Who("Li", "1"), Who("li", ""), Who("Li", "2"), Who("Wu", "3"), Who("", "3")])]
    ['Li (1)', 'Li (2)', 'Wu (3)', 'li']
    """
    groups = [Group(key, {one.identity: one for one in some}) for key, some in before]
    placed = {identity for group in groups for identity in group.known}
    fresh = {one.identity: one for one in found if one and one.identity not in placed}
    rest = sorted(fresh.values(), key=lambda one: (not (one.name and one.id), not one.theirs, one.identity))
    for one in rest:
        if one.name and one.id:  # theirs tells nothing more then
            fits = [group for group in groups if _lacks(group, one)]
            # Two of one name who are both new: a name alone is nobody's in particular.
            several = sum(folded(other.name) == folded(one.name) and bool(other.id) for other in fresh.values()) > 1
            written = [group for group in groups if _written_otherwise(group.who, one)]
            _put(groups, one, written or (fits if not several else []))
        elif one.name:
            same = [group for group in groups if folded(group.who.name) == folded(one.name)]
            if one.theirs:
                others = {other.theirs for other in fresh.values() if folded(other.name) == folded(one.name) and other.theirs}
                same = [group for group in same if group.who.theirs in ("", one.theirs)] if len(others) < 2 else []
            _put(groups, one, same)
        else:
            _put(groups, one, [group for group in groups if folded(group.who.id) == folded(one.id)])
    _keys(groups)
    _say(groups)
    return groups


def _written_otherwise(one: Who, other: Who) -> bool:
    """Whether two with the same number are one person whose name was written in two ways: 李四 and Li Si, Schmidt and Schmid."""
    if len(folded(one.id)) < _SHORTEST or folded(one.id) != folded(other.id) or not (one.name and other.name):
        return False
    near = difflib.SequenceMatcher(None, folded(one.name), folded(other.name)).ratio()
    return alike(one.name, other.name) or near > _NEAR


def _lacks(group: Group, one: Who) -> bool:
    """Whether a group known from earlier by a name alone, or a number alone, fits somebody with both."""
    who = group.who
    if who.name and who.id:
        return False
    return folded(who.name) in ("", folded(one.name)) and folded(who.id) in ("", folded(one.id))


def _put(groups: list[Group], one: Who, fits: list[Group]) -> None:
    if len(fits) == 1:
        fits[0].known[one.identity] = one
    else:
        groups.append(Group("", {one.identity: one}))


def _keys(groups: list[Group]) -> None:
    taken = {group.key for group in groups if group.key}
    for group in groups:
        if group.key:
            continue
        who = group.who
        digest = hashlib.sha256(who.identity.encode("utf-8")).hexdigest()
        for length in range(6, 64):
            group.key = f"{_ascii(f'{who.name} {who.id}') or 'p'}-{digest[:length]}"
            if group.key not in taken:
                break
        taken.add(group.key)


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii").lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-")


def _say(groups: list[Group]) -> None:
    for group in groups:
        who = group.who
        if others := sorted({one.name for one in group.known.values() if one.name and folded(one.name) != folded(who.name)}):
            group.says.append(tr(_("Also written {names}, with the same number: taken for one person."), names=listed(others)))
        for other in groups:
            if other is group:
                continue
            theirs = other.who
            if who.name and folded(who.name) == folded(theirs.name):
                text = _("There is another of this name, {other}: kept apart, because the number is another or missing.")
                group.says.append(tr(text, other=theirs.called()))
            elif who.id and folded(who.id) == folded(theirs.id):
                text = _("{other} has the same number: kept apart, because the name is another.")
                group.says.append(tr(text, other=theirs.called()))
