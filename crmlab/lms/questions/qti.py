"""Questions as an IMS QTI 2.1 content package (1EdTech, Question and Test Interoperability 2.1, Final, 2012): a manifest and an item
for each question, with response processing and feedback.

    single, case with one right answer    choiceInteraction, one choice
    multiple, case with several           choiceInteraction, several; right if all right ones and no others are chosen
    true_false                            choiceInteraction with two choices that keep their order
    number                                textEntryInteraction, a float compared within the tolerance
    order                                 orderInteraction; feedback on the first item that stands wrongly
    match                                 matchInteraction; feedback on each pair that is wrong

SCORE is 1 or 0, as in the course. FEEDBACK holds the identifiers of the explanations that the answer calls for.
"""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

from crmlab.course.bank.asking import Question
from crmlab.course.yamlfile import shortened
from crmlab.language import _, own, tr
from crmlab.lms.questions.asked import digits, right_ones, says
from crmlab.version import __version__

QTI = "http://www.imsglobal.org/xsd/imsqti_v2p1"
CP = "http://www.imsglobal.org/xsd/imscp_v1p1"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
_QTI_AT = f"{QTI} http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd"
_CP_AT = f"{CP} http://www.imsglobal.org/xsd/qti/qtiv2p1/qtiv2p1_imscpv1p2_v1p0.xsd"


def write(questions: Iterable[Question]) -> bytes:
    """The questions in the language in force as a zip: the same bytes for the same questions."""
    manifest = ET.Element("manifest", {"xmlns": CP, "xmlns:xsi": XSI, "xsi:schemaLocation": _CP_AT, "identifier": "crmlab-questions"})
    metadata = ET.SubElement(manifest, "metadata")
    ET.SubElement(metadata, "schema").text = "QTIv2.1 Package"
    ET.SubElement(metadata, "schemaversion").text = "1.0.0"
    ET.SubElement(manifest, "organizations")
    resources = ET.SubElement(manifest, "resources")
    items = {}
    for question in questions:
        name = f"items/{question.id}.xml"
        items[name] = _bytes(item(question))
        resource = ET.SubElement(resources, "resource", identifier=_identifier(question), type="imsqti_item_xmlv2p1", href=name)
        ET.SubElement(resource, "file", href=name)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in {"imsmanifest.xml": _bytes(manifest), **items}.items():
            entry = zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0))  # no moment of making: the same content, the same file
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            package.writestr(entry, content)
    return out.getvalue()


def item(question: Question) -> ET.Element:
    """A question as an assessmentItem."""
    source = question.source
    root = ET.Element(
        "assessmentItem",
        {
            "xmlns": QTI,
            "xmlns:xsi": XSI,
            "xsi:schemaLocation": _QTI_AT,
            "identifier": _identifier(question),
            "title": shortened(says(source["ask"]), 100),
            "label": f"{question.lesson} {question.difficulty}".strip(),
            "xml:lang": own().tag,
            "adaptive": "false",
            "timeDependent": "false",
            "toolName": "crmlab",
            "toolVersion": __version__,
        },
    )
    _WRITERS[question.kind](_Item(root, source))
    return root


def _identifier(question: Question) -> str:
    return f"q-{question.id}"


def _bytes(root: ET.Element) -> bytes:
    ET.indent(root, " ")
    return ET.tostring(root, "utf-8", xml_declaration=True) + b"\n"


class _Item:
    """An item as it is put together, in the order that its schema wants."""

    def __init__(self, root: ET.Element, source: Mapping[str, Any]) -> None:
        self.root, self.source = root, source
        self._feedback: list[tuple[str, str]] = []

    def declare(self, cardinality: str, base: str, right: Iterable[str], multiple: bool) -> None:
        """Response and outcomes; ``multiple``: several explanations may be due at once."""
        response = ET.SubElement(self.root, "responseDeclaration", identifier="RESPONSE", cardinality=cardinality, baseType=base)
        correct = ET.SubElement(response, "correctResponse")
        for value in right:
            ET.SubElement(correct, "value").text = value
        score = ET.SubElement(self.root, "outcomeDeclaration", identifier="SCORE", cardinality="single", baseType="float", normalMaximum="1", normalMinimum="0")
        ET.SubElement(ET.SubElement(score, "defaultValue"), "value").text = "0"
        ET.SubElement(self.root, "outcomeDeclaration", identifier="FEEDBACK", cardinality="multiple" if multiple else "single", baseType="identifier")

    def body(self) -> ET.Element:
        """The body with the story, if there is one."""
        body = ET.SubElement(self.root, "itemBody")
        if self.source.get("story"):
            _lines(ET.SubElement(body, "p"), says(self.source["story"]))
        return body

    def prompt(self, interaction: ET.Element) -> None:
        _lines(ET.SubElement(interaction, "prompt"), says(self.source["ask"]))

    def feedback(self, identifier: str, text: str) -> None:
        """An explanation that is shown when FEEDBACK holds the identifier."""
        self._feedback.append((identifier, text))

    def processing(self, *rules: ET.Element) -> None:
        """Response processing, and the explanations behind it."""
        ET.SubElement(self.root, "responseProcessing").extend(rules)
        for identifier, text in self._feedback:
            shown = ET.SubElement(self.root, "modalFeedback", outcomeIdentifier="FEEDBACK", identifier=identifier, showHide="show")
            _lines(ET.SubElement(shown, "p"), text)


def _lines(parent: ET.Element, text: str) -> None:
    """A text with its lines; mixed content, which must not be indented later."""
    first, *rest = text.split("\n")
    parent.text = first
    for line in rest:
        ET.SubElement(parent, "br").tail = line


# -- by kind -----------------------------------------------------------------------------------------------------------


def _options(it: _Item) -> None:
    options = it.source["options"]
    several = right_ones(it.source) > 1 or it.source["kind"] == "multiple"
    names = [f"A{place}" for place in range(1, len(options) + 1)]
    it.declare("multiple" if several else "single", "identifier", [name for name, one in zip(names, options, strict=True) if one.get("right")], several)
    choose = ET.SubElement(it.body(), "choiceInteraction", responseIdentifier="RESPONSE", shuffle="true", maxChoices="0" if several else "1")
    it.prompt(choose)
    for name, one in zip(names, options, strict=True):
        _lines(ET.SubElement(choose, "simpleChoice", identifier=name), says(one["text"]))
        it.feedback(name, says(one["why"]))
    # The identifier of an answer is that of its explanation.
    it.processing(_if_right(), _set("FEEDBACK", _e("variable", identifier="RESPONSE")))


def _true_false(it: _Item) -> None:
    right = bool(it.source["right"])
    it.declare("single", "identifier", ["TRUE" if right else "FALSE"], False)
    choose = ET.SubElement(it.body(), "choiceInteraction", responseIdentifier="RESPONSE", shuffle="false", maxChoices="1")
    it.prompt(choose)
    for name, word, value in (("TRUE", tr(_("True")), True), ("FALSE", tr(_("False")), False)):
        ET.SubElement(choose, "simpleChoice", identifier=name).text = word
        it.feedback(name, says(it.source["why"] if value is right else it.source["why_not"]))
    it.processing(_if_right(), _set("FEEDBACK", _e("variable", identifier="RESPONSE")))


def _number(it: _Item) -> None:
    source = it.source
    it.declare("single", "float", [digits(source["right"])], False)
    body = it.body()
    _lines(ET.SubElement(body, "p"), says(source["ask"]))
    line = ET.SubElement(body, "p")
    entry = ET.SubElement(line, "textEntryInteraction", responseIdentifier="RESPONSE", expectedLength="12")
    if source.get("unit"):
        entry.tail = " " + says(source["unit"])
    it.feedback("RIGHT", says(source["why"]))
    branches = [_near(source["right"], source["tolerance"], "RIGHT", score=True)]
    for place, mistake in enumerate(source["mistakes"], 1):
        it.feedback(f"WRONG{place}", says(mistake["why"]))
        branches.append(_near(mistake["answer"], mistake.get("tolerance", source["tolerance"]), f"WRONG{place}"))
    it.feedback("OTHERWISE", says(source["otherwise"]))
    it.processing(_condition(branches, [_set("FEEDBACK", _value("identifier", "OTHERWISE"))]))


def _near(value: float, tolerance: float, feedback: str, score: bool = False) -> list[ET.Element]:
    """A branch: the test and what follows. The tolerance is widened as the course widens it: 0.3 is not quite 0.1 + 0.2."""
    wide = digits(tolerance + 1e-9 * max(1.0, abs(value)))
    test = _e("equal", _e("variable", identifier="RESPONSE"), _value("float", digits(value)), toleranceMode="absolute", tolerance=f"{wide} {wide}")
    return [test, *([_set("SCORE", _value("float", "1"))] if score else []), _set("FEEDBACK", _value("identifier", feedback))]


def _order(it: _Item) -> None:
    items = it.source["items"]
    names = [f"I{place}" for place in range(1, len(items) + 1)]
    it.declare("ordered", "identifier", names, False)
    order = ET.SubElement(it.body(), "orderInteraction", responseIdentifier="RESPONSE", shuffle="true")
    it.prompt(order)
    for name, one in zip(names, items, strict=True):
        _lines(ET.SubElement(order, "simpleChoice", identifier=name), says(one["text"]))
        it.feedback(name, says(one["why"]))
    it.feedback("RIGHT", says(it.source["why"]))
    # The item at the first place that is taken wrongly says where it belongs, as in the course.
    first = [
        [_e("not", _e("match", _at(place), _value("identifier", name))), _set("FEEDBACK", _at(place))]
        for place, name in enumerate(names, 1)
    ]
    right = [_matches(), _set("SCORE", _value("float", "1")), _set("FEEDBACK", _value("identifier", "RIGHT"))]
    it.processing(_condition([right, *first]))


def _at(place: int) -> ET.Element:
    return _e("index", _e("variable", identifier="RESPONSE"), n=str(place))


def _match(it: _Item) -> None:
    pairs = it.source["pairs"]
    names = [f"L{place} R{place}" for place in range(1, len(pairs) + 1)]
    it.declare("multiple", "directedPair", names, True)
    match = ET.SubElement(it.body(), "matchInteraction", responseIdentifier="RESPONSE", shuffle="true", maxAssociations=str(len(pairs)))
    it.prompt(match)
    for side, key, most in (("L", "left", "1"), ("R", "right", "0")):
        choices = ET.SubElement(match, "simpleMatchSet")
        for place, pair in enumerate(pairs, 1):
            _lines(ET.SubElement(choices, "simpleAssociableChoice", identifier=f"{side}{place}", matchMax=most), says(pair[key]))
    rules = [_if_right()]
    for place, (name, pair) in enumerate(zip(names, pairs, strict=True), 1):
        it.feedback(f"RIGHT{place}", says(pair["why"]))
        it.feedback(f"WRONG{place}", says(pair["why_not"]))
        there = _e("member", _value("directedPair", name), _e("variable", identifier="RESPONSE"))
        rules.append(_condition([[_matches(), _add(f"RIGHT{place}")], [_e("not", there), _add(f"WRONG{place}")]]))
    it.processing(*rules)


def _add(identifier: str) -> ET.Element:
    return _set("FEEDBACK", _e("multiple", _e("variable", identifier="FEEDBACK"), _value("identifier", identifier)))


_WRITERS = {"single": _options, "multiple": _options, "case": _options, "true_false": _true_false, "number": _number, "order": _order, "match": _match}


# -- response processing -----------------------------------------------------------------------------------------------


def _e(tag: str, *children: ET.Element, **attributes: str) -> ET.Element:
    made = ET.Element(tag, attributes)
    made.extend(children)
    return made


def _value(base: str, value: str) -> ET.Element:
    made = _e("baseValue", baseType=base)
    made.text = value
    return made


def _set(identifier: str, value: ET.Element) -> ET.Element:
    return _e("setOutcomeValue", value, identifier=identifier)


def _matches() -> ET.Element:
    return _e("match", _e("variable", identifier="RESPONSE"), _e("correct", identifier="RESPONSE"))


def _condition(branches: list[list[ET.Element]], otherwise: list[ET.Element] | None = None) -> ET.Element:
    """The first branch whose test holds, each as a test and what follows."""
    made = _e("responseCondition")
    for place, branch in enumerate(branches):
        made.append(_e("responseElseIf" if place else "responseIf", *branch))
    if otherwise:
        made.append(_e("responseElse", *otherwise))
    return made


def _if_right() -> ET.Element:
    return _condition([[_matches(), _set("SCORE", _value("float", "1"))]])
