"""The parts of a workbook that a script needs, found as Excel finds them: by relations and content types, not by names.

Excel opens more than openpyxl reads: Strict Open XML, parts under other names, names in other letters or with backslashes, parts in
UTF-16. :func:`plain` makes of any of them the same small workbook as openpyxl likes it.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree as Xml

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_STRICT = {
    "http://purl.oclc.org/ooxml/spreadsheetml/main": _MAIN,
    "http://purl.oclc.org/ooxml/officeDocument/relationships": _RELATIONS,
}
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {"worksheet": f"{_KIND}.worksheet+xml", "sharedStrings": f"{_KIND}.sharedStrings+xml", "styles": f"{_KIND}.styles+xml"}


class NoWorkbook(ValueError):
    """A packed file that is no workbook; ``kind`` is "" or what it is: "binary" (.xlsb) or "open document" (.ods)."""

    def __init__(self, kind: str = "") -> None:
        super().__init__(kind)
        self.kind = kind


def plain(parts: zipfile.ZipFile) -> io.BytesIO:
    """The workbook with its sheets, texts and formats alone. Raises :class:`NoWorkbook`, and whatever zipfile and the reader of XML
    raise for a damaged one."""
    package = _Package(parts)
    book = package.workbook()
    root = package.xml(book)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        kinds = {"xl/workbook.xml": f"{_KIND}.sheet.main+xml"}
        relations: list[tuple[str, str, str]] = []
        sheets: list[tuple[str, int]] = []
        related = {id: (kind, target) for id, kind, target in package.relations(book)}
        for number, sheet in enumerate(root.iter(f"{{{_MAIN}}}sheet"), 1):
            id = sheet.get(f"{{{_RELATIONS}}}id", "")
            kind, target = related.get(id, ("", ""))
            if kind == "worksheet" and target:  # a sheet that is a chart holds no cells
                sheets.append((sheet.get("name", ""), number))
                cells = package.xml(target)
                for one in [one for one in cells if one.tag.rpartition("}")[2] not in ("sheetData", "mergeCells")]:
                    cells.remove(one)  # drawings, tables and links lead to parts that are not wanted
                _put(made, kinds, relations, number, kind, f"worksheets/sheet{number}.xml", cells)
        for number, (kind, target) in enumerate(related.values(), 1000):
            if kind in ("sharedStrings", "styles") and target and f"xl/{kind}.xml" not in kinds:
                _put(made, kinds, relations, number, kind, f"{kind}.xml", package.xml(target))
        made.writestr("xl/workbook.xml", _workbook(sheets))
        made.writestr("xl/_rels/workbook.xml.rels", _relations(relations))
        made.writestr("_rels/.rels", _relations([("rId1", "officeDocument", "xl/workbook.xml")]))
        made.writestr("[Content_Types].xml", _types(kinds))
    out.seek(0)
    return out


class _Package:
    """A packed file whose parts are found whatever their names look like."""

    def __init__(self, parts: zipfile.ZipFile) -> None:
        self._parts = parts
        self._names = {_name(one): one for one in parts.namelist()}

    def xml(self, name: str) -> Xml.Element:
        """A part, its names as openpyxl knows them."""
        root = Xml.fromstring(self._parts.read(self._names[_name(name)]))
        for one in root.iter():
            if isinstance(one.tag, str):
                one.tag = _known(one.tag)
            for key in [key for key in one.attrib if key.startswith("{")]:
                if _known(key) != key:
                    one.set(_known(key), one.attrib.pop(key))
        return root

    def there(self, name: str) -> bool:
        """Whether there is such a part."""
        return _name(name) in self._names

    def workbook(self) -> str:
        """The name of the part that is the workbook."""
        if not self.there("[Content_Types].xml"):
            raise NoWorkbook("open document" if self.there("content.xml") else "")
        for _id, kind, target in self.relations(""):
            if kind == "officeDocument" and self.there(target):
                if self._type(target).endswith("binary.macroEnabled.main") or target.endswith(".bin"):
                    raise NoWorkbook("binary")
                if self.xml(target).tag == f"{{{_MAIN}}}workbook":
                    return target
        raise NoWorkbook

    def _type(self, name: str) -> str:
        root = self.xml("[Content_Types].xml")
        found = [one.get("ContentType", "") for one in root if _name(one.get("PartName", "")) == _name(name)]
        return found[0] if found else ""

    def relations(self, part: str) -> Iterator[tuple[str, str, str]]:
        """What a part leads to ("": the whole file): id, kind, name of the part; a name that is not there is empty."""
        folder, name = posixpath.split(_name(part))
        rels = posixpath.join(folder, "_rels", f"{name}.rels")
        if not self.there(rels):
            return
        for one in self.xml(rels):
            kind = one.get("Type", "").rpartition("/")[2]
            to = one.get("Target", "").replace("\\", "/")
            target = posixpath.normpath(posixpath.join("/", folder, to)).lstrip("/")
            yield one.get("Id", ""), kind, target if one.get("TargetMode") != "External" and self.there(target) else ""


def _name(name: str) -> str:
    """A part's name as it is compared: letters alike, slashes one way."""
    return name.replace("\\", "/").lstrip("/").lower()


def _known(tag: str) -> str:
    space, mark, name = tag.rpartition("}")
    return f"{{{_STRICT.get(space[1:], space[1:])}}}{name}" if mark else tag


def _put(
    made: zipfile.ZipFile,
    kinds: dict[str, str],
    relations: list[tuple[str, str, str]],
    number: int,
    kind: str,
    name: str,
    root: Xml.Element,
) -> None:
    kinds[f"xl/{name}"] = _PARTS[kind]
    relations.append((f"rId{number}", kind, name))
    made.writestr(f"xl/{name}", Xml.tostring(root, encoding="utf-8", xml_declaration=True))


def _workbook(sheets: list[tuple[str, int]]) -> bytes:
    root = Xml.Element(f"{{{_MAIN}}}workbook")
    listed = Xml.SubElement(root, f"{{{_MAIN}}}sheets")
    for name, number in sheets:
        Xml.SubElement(listed, f"{{{_MAIN}}}sheet", {"name": name, "sheetId": str(number), f"{{{_RELATIONS}}}id": f"rId{number}"})
    return Xml.tostring(root, encoding="utf-8")


def _relations(pairs: list[tuple[str, str, str]]) -> bytes:
    root = Xml.Element(f"{{{_PACKAGE}}}Relationships")
    for id, kind, target in pairs:
        Xml.SubElement(root, f"{{{_PACKAGE}}}Relationship", {"Id": id, "Type": f"{_RELATIONS}/{kind}", "Target": target})
    return Xml.tostring(root, encoding="utf-8")


def _types(kinds: dict[str, str]) -> bytes:
    root = Xml.Element(f"{{{_TYPES}}}Types")
    Xml.SubElement(root, f"{{{_TYPES}}}Default", {"Extension": "rels", "ContentType": "application/vnd.openxmlformats-package.relationships+xml"})
    for name, kind in kinds.items():
        Xml.SubElement(root, f"{{{_TYPES}}}Override", {"PartName": f"/{name}", "ContentType": kind})
    return Xml.tostring(root, encoding="utf-8")
