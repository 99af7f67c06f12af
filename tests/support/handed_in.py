"""What trainees hand in, made up: sound files, and all the ways in which such files arrive.

``hand_in``, ``answers`` and ``notebook`` make the files; ``zipped`` and its variants pack them as mail programs, learning management
systems and other systems do; :func:`evening` fills a folder with one class's post, with what must become of each file.
"""

from __future__ import annotations

import datetime
import email
import io
import json
import stat
import warnings
import zipfile
from collections.abc import Iterable, Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from crmlab import __version__, places
from crmlab.app import hand_in as handing_in
from crmlab.app import work
from crmlab.course import lessons

Entries = Mapping[str, bytes | str] | Iterable[tuple[str, bytes | str]]


# -- files -------------------------------------------------------------------------------------------------------------


def answers(number: str, fields: Mapping[str, Mapping[str, Any]] | None = None, **more: Any) -> str:
    """The file of answers of a lesson; ``fields`` by exercise, ``more`` goes into each record (points that are claimed)."""
    some = {"hear": {"a": 1}} if fields is None else fields
    records = {id: {"fields": dict(one), **more} for id, one in some.items()}
    return json.dumps({"format": 1, "lesson": number, "exercises": records}, ensure_ascii=False, indent=1) + "\n"


def notebook(number: str, language: str = "en", cell: str = "") -> str:
    """The notebook of a lesson as trainees get it, with a cell of their own if one is given."""
    content = json.loads((places.root() / path(number, language)).read_text("utf-8"))
    if cell:
        shown = [{"output_type": "stream", "name": "stdout", "text": "shown"}]
        content["cells"].append({"cell_type": "code", "id": "mine", "metadata": {}, "source": cell, "outputs": shown, "execution_count": 1})
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def path(number: str, language: str = "en", end: str = ".ipynb") -> str:
    """Where a lesson's notebook, or its answers, lie below a course's folder."""
    one = lessons.find(number)
    return f"notebooks/{language}/{one.unit}/{one.slug}{end}"


def hand_in(
    name: str,
    id: str,
    numbers: Iterable[str] | Mapping[str, str] = ("2.3",),
    *,
    made: str = "2026-11-30T09:00:00+00:00",
    language: str = "en",
    files: Mapping[str, Any] | None = None,
    **more: Any,
) -> str:
    """The file that `crmlab hand-in` makes: answers of these lessons (texts by number, or made-up ones), and ``files`` besides."""
    texts = dict(numbers) if isinstance(numbers, Mapping) else {number: answers(number) for number in numbers}
    found = {path(number, language, ".json"): text for number, text in texts.items()}
    head = {"kind": handing_in.KIND, "format": 1, "name": name, "id": id, "class": "", "number": None}
    body = {"language": language, "course": __version__, "made": made, "files": {**found, **(files or {})}}
    return json.dumps({**head, **body, **more}, ensure_ascii=False, indent=1) + "\n"


def exported(numbers: Iterable[str] = ("2.3",), language: str = "en") -> str:
    """The file that `crmlab work export` makes, with a table and a review deck among it."""
    found = {path(number, language, ".json"): answers(number) for number in numbers}
    found |= {f"notebooks/{language}/review.json": '{"exercises": {}}', f"notebooks/{language}/2-classification/list.csv": "a"}
    return json.dumps({"kind": work.KIND, "format": 1, "files": found}, ensure_ascii=False, indent=1) + "\n"


# -- archives ----------------------------------------------------------------------------------------------------------


class _Entry(zipfile.ZipInfo):
    """A name in another encoding, as programs write it that know nothing of UTF-8."""

    encoding = ""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        if not self.encoding:
            made: tuple[bytes, int] = super()._encodeFilenameFlags()  # type: ignore[misc]
            return made
        return self.filename.encode(self.encoding), self.flag_bits & ~0x800


def zipped(entries: Entries, encoding: str = "", moment: tuple[int, int, int, int, int, int] = (2026, 11, 30, 10, 0, 0)) -> bytes:
    """A zip file. ``encoding`` "gbk" makes it as Chinese Windows does."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items() if isinstance(entries, Mapping) else entries:
            entry = _Entry(name, moment)
            entry.encoding = encoding
            entry.compress_type = zipfile.ZIP_DEFLATED
            with warnings.catch_warnings(action="ignore"):  # of two entries with one name
                archive.writestr(entry, data if isinstance(data, bytes) else data.encode("utf-8"))
    return out.getvalue()


def with_link(name: str, target: str) -> bytes:
    """A zip file whose one entry is a symbolic link."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        entry = zipfile.ZipInfo(name, (2026, 11, 30, 10, 0, 0))
        entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, target)
    return out.getvalue()


def locked(data: bytes) -> bytes:
    """A zip file that says of its entries that they are encrypted."""
    made = bytearray(data)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = made.find(mark)
        while at >= 0:
            made[at + place] |= 1
            at = made.find(mark, at + 4)
    return bytes(made)


def bomb(size: int = 10_000_000) -> bytes:
    """A zip file that grows a thousandfold."""
    return zipped({"2-classification/3-rfm.json": b"0" * size})


def nested(data: bytes, times: int, name: str = "a.handin.json") -> bytes:
    """A file within so many zip files."""
    for number in range(times):
        data, name = zipped({name: data}), f"{number}.zip"
    return data


def mailed(attached: Mapping[str, bytes | str], date: str = "Mon, 30 Nov 2026 09:00:00 +0000", inner: bytes = b"") -> bytes:
    """A mail with these files attached, a picture below the signature, and perhaps another mail that is passed on in it."""
    made = EmailMessage()
    made["Subject"], made["From"], made["Date"] = "作业", "Someone <someone@example.org>", date
    made.set_content("Here it is.")
    for name, data in attached.items():
        made.add_attachment(data if isinstance(data, bytes) else data.encode("utf-8"), maintype="application", subtype="octet-stream", filename=name)
    made.add_attachment(b"\x89PNG\r\n", maintype="image", subtype="png", filename="logo.png", disposition="inline", cid="<logo>")
    if inner:
        made.add_attachment(email.message_from_bytes(inner))
    return made.as_bytes()


# -- an evening's post -------------------------------------------------------------------------------------------------

LINE = "2.3"
NOW = datetime.datetime(2026, 12, 2, 12, tzinfo=datetime.UTC)
"""When it is collected; work was due at DUE."""
DUE = "2026-11-30T18:00+08:00"


def evening(came: Path) -> dict[str, str]:
    """Fill ``came`` with the post of one class; what must become of each file, by the path under which it is told."""
    files: dict[str, bytes | str] = {}
    outcomes: dict[str, str] = {}

    def put(name: str, data: bytes | str, all: str) -> None:
        files[name], outcomes[name] = data, all

    def archive(name: str, data: bytes, expected: Mapping[str, str]) -> None:
        files[name] = data
        outcomes.update({f"{name} > {inner}" if inner else name: one for inner, one in expected.items()})

    # Sound ones, in every form.
    put("张三-2023001.handin.json", hand_in("张三", "2023001", ("2.1", "2.3"), language="zh"), all="taken")
    put("张三~/张三-2023001 (1).handin.json", hand_in("张三", "2023001", ("2.1", "2.3"), language="zh"), all="double")
    put("李四-2023002.handin.json", hand_in("李四", "2023002", ("2.1", "2.3"), made="2026-11-30T08:00:00+00:00"), all="taken")
    put("later/李四-2023002.handin.json", hand_in("李四", "2023002", ("2.1",), made="2026-11-30T17:30:00+08:00"), all="taken")
    put("sooner/李四.handin.json", hand_in("李四", "2023002", ("2.1",), made="2026-11-30T07:00:00+00:00"), all="older")
    put("Bob-7.handin.json", hand_in("Bob", "7", made="2026-12-01T12:00:00+00:00"), all="late")
    put("carol.json", "\ufeff" + hand_in("Carol", "8"), all="taken")
    put("utf16.handin.json", hand_in("Dörte", "9").encode("utf-16"), all="taken")
    put("gbk.handin.json", hand_in("王五", "2023005").encode("gbk"), all="taken")
    put("赵六-2023006/crmlab-work.json", exported(("2.1", "2.3")), all="taken")
    put("Anna Schmidt_12345_assignsubmission_file_/3-rfm.ipynb", notebook(LINE, cell="1 + 1"), all="taken")
    put("Anna Schmidt_12345_assignsubmission_file_/3-rfm.json", answers(LINE), all="taken")
    put("Anna Schmidt_12346_assignsubmission_file_/3-rfm.json", answers(LINE, {"other": {"a": 2}}), all="taken")
    put("Anna Schmidt_12345_assignsubmission_file_/photo.png", b"\x89PNG\r\n", all="unknown")
    put("roeemil_4711_90210_3-rfm-1.json", answers(LINE), all="taken")
    put("roeemil_4711_90211_3-rfm.ipynb", notebook(LINE), all="taken")
    archive(
        "钱七-2023007-作业.zip",
        zipped({"钱七/2-分类/3-rfm.json": answers(LINE), "__MACOSX/钱七/._3-rfm.json": b"\0", "钱七/.DS_Store": b"\0"}, "gbk"),
        {"钱七/2-分类/3-rfm.json": "taken"},
    )
    archive("孙八-2023008.zip", zipped({"作业/2-classification/3-rfm.json": answers(LINE)}), {"作业/2-classification/3-rfm.json": "taken"})
    mail = zipped({"吴九-2023009.zip": zipped({"吴九.handin.json": hand_in("吴九", "2023009")}), "Zoe\u0308 Y-77.handin.json": hand_in("Zoë Y", "77")})
    archive("all attachments.zip", mail, {"吴九-2023009.zip > 吴九.handin.json": "taken", "Zoë Y-77.handin.json": "taken"})
    post = {"冯一-61.handin.json": hand_in("冯一", "61"), "C:\\x\\work.zip": zipped({"b.handin.json": hand_in("Jens", "62")})}
    archive("作业.eml", mailed(post, inner=mailed({"c.handin.json": hand_in("Kai", "63")})), {"冯一-61.handin.json": "taken", "work.zip > b.handin.json": "taken", "c.handin.json": "taken"})
    archive("no file.eml", mailed({}), {"logo.png": "unknown"})
    put("nothing.eml", b"\xff\0", all="unknown")
    put("outlook.msg", b"\xd0\xcf\x11\xe0" + bytes(99), all="broken")
    put("screen.jpg", b"\xff\xd8\xff" + bytes(99), all="unknown")
    twice = zipped([("a.handin.json", hand_in("Eve", "10")), ("a.handin.json", hand_in("Finn", "11")), ("A.handin.json", hand_in("Gita", "12"))])
    archive("same names.zip", twice, {"a.handin.json": "taken", "A.handin.json": "taken"})
    # Who is who.
    put("two/1.handin.json", hand_in("刘洋", "31"), all="taken")
    put("two/2.handin.json", hand_in("刘洋", "32"), all="taken")
    put("two/3.handin.json", hand_in("Hana", "33"), all="taken")
    put("two/4.handin.json", hand_in("Ivo", "33"), all="taken")
    put("nameless/周十-2023010.handin.json", hand_in("", ""), all="taken")
    put("hand-in.json", hand_in("", ""), all="unknown")
    put("3-rfm.json", answers(LINE), all="unknown")
    # Broken, foreign, hostile ones.
    put("half.handin.json", hand_in("Half", "40")[:200], all="broken")
    put("empty.handin.json", b"", all="broken")
    put("text.handin.json", "hello", all="broken")
    put("deep.handin.json", "[" * 100_000, all="broken")
    put("number.handin.json", '{"kind": "crmlab hand-in", "n": ' + "1" * 5000 + "}", all="broken")
    put("newer.handin.json", hand_in("New", "41", format=2), all="broken")
    put("other class.handin.json", hand_in("Other", "42", number=99, **{"class": "Autumn"}), all="unknown")
    put("nothing.handin.json", hand_in("Nil", "43", ()), all="unknown")
    put("letter.docx", zipped({"[Content_Types].xml": "<x/>", "word/document.xml": "<x/>"}), all="unknown")
    put("notes.txt", "see you tomorrow", all="unknown")
    put("x.7z", b"7z\xbc\xaf\x27\x1c\x00\x04", all="broken")
    put("x.rar", b"Rar!\x1a\x07\x01\x00", all="broken")
    put("cut.zip", zipped({"a.handin.json": hand_in("Cut", "44")})[:-30], all="broken")
    archive("locked.zip", locked(zipped({"a.handin.json": hand_in("Key", "45")})), {"a.handin.json": "broken"})
    archive("bomb-46.zip", bomb(), {"2-classification/3-rfm.json": "broken"})
    deep = nested(hand_in("Deep", "47").encode(), 7)
    archive("deep.zip", deep, {"5.zip > 4.zip > 3.zip > 2.zip > 1.zip": "broken"})
    archive("Link-48.zip", with_link("3-rfm.json", "/etc/passwd"), {"3-rfm.json": "broken"})
    tricks = ("../../evil.json", "/etc/evil.json", "C:\\evil.json", "a\\..\\..\\evil.json")
    archive("Path-49.zip", zipped({name: answers(LINE) for name in tricks}), {name.replace("\0", ""): "broken" for name in tricks})
    devices = zipped({"CON.json": answers(LINE), "x" * 400 + ".json": answers(LINE)})
    archive("Dev Ice-50.zip", devices, {"CON.json": "taken", f"{'x' * 300}…": "double"})
    evil = {"../../../evil.py": "x", "notebooks/en/2-classification/crmlab.py": "x", path("9.1", "en", ".json"): answers("9.1")}
    put("Mallory-51.handin.json", hand_in("Mallory", "51", files=evil), all="taken")
    put("x-52.handin.json", hand_in("../../x", "CON", files={}), all="taken")

    for name, data in files.items():
        place = came / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8"))
    return outcomes
