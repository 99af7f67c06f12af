"""The file by which a learning management system recognises a package: imsmanifest.xml, cmi5.xml, tincan.xml.

SCORM 1.2 and SCORM 2004 3rd edition after the content packaging and run-time books of ADL; of the editions of 2004 the third is the
one that most systems take, and what stands here is the same in the fourth. cmi5 after its specification, section 13; tincan.xml
after the launch convention of Rustici Software.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from urllib.parse import quote

from crmlab.language import LANGUAGES
from crmlab.lms.product import LAUNCH, PASS, Product

XSI = "http://www.w3.org/2001/XMLSchema-instance"
CP12, ADL12 = "http://www.imsproject.org/xsd/imscp_rootv1p1p2", "http://www.adlnet.org/xsd/adlcp_rootv1p2"
CP, ADL, SS = "http://www.imsglobal.org/xsd/imscp_v1p1", "http://www.adlnet.org/xsd/adlcp_v1p3", "http://www.imsglobal.org/xsd/imsss"
CMI5 = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"
TINCAN = "http://projecttincan.com/tincan.xsd"

FILES = {"scorm-1.2": "imsmanifest.xml", "scorm-2004": "imsmanifest.xml", "cmi5": "cmi5.xml", "xapi": "tincan.xml"}
"""The name of the file in each standard."""


def text(standard: str, product: Product, files: Iterable[str]) -> str:
    """The manifest of a package, as XML; ``files`` are all others in it.

    >>> print(text("xapi", Product(("4.1",), 7), []).splitlines()[1])
    <tincan xmlns="http://projecttincan.com/tincan.xsd">
    """
    made = {"scorm-1.2": _scorm12, "scorm-2004": _scorm2004, "cmi5": _cmi5, "xapi": _tincan}[standard](product, list(files))
    ET.indent(made, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(made, encoding="unicode") + "\n"


def _add(parent: ET.Element, tag: str, words: str = "", **attributes: str) -> ET.Element:
    made = ET.SubElement(parent, tag, attributes)
    made.text = words or None
    return made


def _scorm(product: Product, files: list[str], names: dict[str, str], version: str, kind: str) -> tuple[ET.Element, ET.Element]:
    root = ET.Element("manifest", {"identifier": "crmlab-" + product.id.rpartition(":")[2], "version": "1.0", **names})
    about = _add(root, "metadata")
    _add(about, "schema", "ADL SCORM")
    _add(about, "schemaversion", version)
    organizations = _add(root, "organizations", default="course")
    organization = _add(organizations, "organization", identifier="course")
    _add(organization, "title", product.title(product.language))
    item = _add(organization, "item", identifier="lessons", identifierref="site", isvisible="true")
    _add(item, "title", product.title(product.language))
    resources = _add(root, "resources")
    resource = _add(resources, "resource", identifier="site", type="webcontent", href=LAUNCH, **{kind: "sco"})
    for name in sorted({LAUNCH, *files}):
        _add(resource, "file", href=quote(name))
    return root, item


def _scorm12(product: Product, files: list[str]) -> ET.Element:
    places = f"{CP12} imscp_rootv1p1p2.xsd {ADL12} adlcp_rootv1p2.xsd"
    names = {"xmlns": CP12, "xmlns:adlcp": ADL12, "xmlns:xsi": XSI, "xsi:schemaLocation": places}
    # No adlcp:masteryscore: with one, systems set the status from the score whenever a learner leaves, and Moodle opens what it
    # calls failed for looking back only.
    return _scorm(product, files, names, "1.2", "adlcp:scormtype")[0]


def _scorm2004(product: Product, files: list[str]) -> ET.Element:
    places = f"{CP} imscp_v1p1.xsd {ADL} adlcp_v1p3.xsd {SS} imsss_v1p0.xsd"
    names = {"xmlns": CP, "xmlns:adlcp": ADL, "xmlns:imsss": SS, "xmlns:xsi": XSI, "xsi:schemaLocation": places}
    root, item = _scorm(product, files, names, "2004 3rd Edition", "adlcp:scormType")
    # What the course says of itself counts; the system concludes nothing from there having been a visit, nor "failed" from a score
    # that is still growing, as it would with a minNormalizedMeasure.
    sequencing = _add(item, "imsss:sequencing")
    objectives = _add(sequencing, "imsss:objectives")
    _add(objectives, "imsss:primaryObjective", objectiveID="points", satisfiedByMeasure="false")
    _add(sequencing, "imsss:deliveryControls", completionSetByContent="true", objectiveSetByContent="true")
    # Without flow a system may only start what a learner picks from its table of contents.
    [organization] = root.iter("organization")
    _add(_add(organization, "imsss:sequencing"), "imsss:controlMode", choice="true", flow="true")
    return root


def _said(parent: ET.Element, tag: str, words: dict[str, str]) -> None:
    made = _add(parent, tag)
    for language, one in words.items():
        _add(made, "langstring", one, lang=LANGUAGES[language].tag)


def _order(product: Product) -> list[str]:
    """The languages, the package's own first: some systems show the first that they find."""
    return sorted(LANGUAGES, key=lambda one: one != product.language)


def _cmi5(product: Product, _files: list[str]) -> ET.Element:
    titles = {one: product.title(one) for one in _order(product)}
    words = {one: product.description(one) for one in _order(product)}
    root = ET.Element("courseStructure", {"xmlns": CMI5})
    course = _add(root, "course", id=product.id)
    scored = {"moveOn": "Passed", "masteryScore": f"{PASS:g}"} if product.points() else {"moveOn": "Completed"}
    unit = _add(root, "au", id=product.unit_id, launchMethod="AnyWindow", **scored)
    for place in (course, unit):
        _said(place, "title", titles)
        _said(place, "description", words)
    _add(unit, "url", LAUNCH)
    return root


def _tincan(product: Product, _files: list[str]) -> ET.Element:
    root = ET.Element("tincan", {"xmlns": TINCAN})
    activities = _add(root, "activities")
    activity = _add(activities, "activity", id=product.id, type="http://adlnet.gov/expapi/activities/course")
    for one in _order(product):
        _add(activity, "name", product.title(one), lang=LANGUAGES[one].tag)
    for one in _order(product):
        _add(activity, "description", product.description(one), lang=LANGUAGES[one].tag)
    _add(activity, "launch", LAUNCH, lang=LANGUAGES[product.language].tag)
    return root
