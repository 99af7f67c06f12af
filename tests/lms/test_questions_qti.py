"""QTI 2.1: valid against the schemas of the standard, and an engine that follows it scores and explains as the course does."""

from __future__ import annotations

import io
import itertools
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path
from typing import Any

import pytest

from crmlab.course.bank import asking
from crmlab.course.bank.asking import Question
from crmlab.language import speaking
from crmlab.lms.questions import qti
from tests.support.questions import few

SCHEMAS = Path(__file__).with_name("schemas")
# What the schemas import and the packages do not use.
STAND_INS = {
    "http://www.w3.org/2001/XInclude": "include",
    "http://www.w3.org/1998/Math/MathML": "math",
    "http://www.imsglobal.org/xsd/apip/apipv1p0/imsapip_qtiv1p0": "apipAccessibility",
    "http://ltsc.ieee.org/xsd/LOM": "lom",
    "http://www.imsglobal.org/xsd/imsqti_metadata_v2p1": "qtiMetadata",
}
NS = f"{{{qti.QTI}}}"


@pytest.fixture(scope="module")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    xmlschema = pytest.importorskip("xmlschema")
    folder, places = tmp_path_factory.mktemp("xsd"), []
    for number, (namespace, name) in enumerate(STAND_INS.items()):
        path = folder / f"{number}.xsd"
        path.write_text(f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{namespace}"><xs:element name="{name}"/></xs:schema>')
        places.append((namespace, str(path)))
    names = {"manifest": "qtiv2p1_imscpv1p2_v1p0.xsd", "item": "imsqti_v2p1.xsd"}
    return {key: xmlschema.XMLSchema(str(SCHEMAS / name), locations=places, allow="local") for key, name in names.items()}


def package(questions: Any) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(qti.write(questions)))


def test_a_package_is_valid(schemas: dict[str, Any]) -> None:
    with speaking("zh"), package(few(3)) as made:
        names = made.namelist()
        assert names[0] == "imsmanifest.xml"
        for name in names:
            schema = schemas["item" if name.startswith("items/") else "manifest"]
            faults = [f"{name}: {fault.path}: {fault.reason}" for fault in schema.iter_errors(made.read(name).decode("utf-8"))]
            assert not faults, faults[:3]


def test_the_schema_finds_what_is_wrong(schemas: dict[str, Any]) -> None:
    """Else the test above could not fail."""
    with package(few(1)) as made:
        item = made.read(made.namelist()[1]).decode("utf-8")
    assert list(schemas["item"].iter_errors(item.replace("</itemBody>", "</itemBody><p>more</p>")))


def test_the_manifest_names_each_item_once_and_the_bytes_are_the_same_each_time() -> None:
    with speaking("en"):
        made = qti.write(asking.bank())
        assert made == qti.write(asking.bank())
    with zipfile.ZipFile(io.BytesIO(made)) as found:
        root = ET.fromstring(found.read("imsmanifest.xml"))
        hrefs = [str(one.get("href")) for one in root.iter(f"{{{qti.CP}}}resource")]
        assert sorted(hrefs) == sorted(set(found.namelist()) - {"imsmanifest.xml"})
        assert len(hrefs) == len(asking.bank())


# -- an engine ---------------------------------------------------------------------------------------------------------


class Engine:
    """As much of QTI's response processing as the items use, written from the specification and not from the writer."""

    def __init__(self, item: ET.Element) -> None:
        self.item = item
        self.declared = {str(one.get("identifier")): one for one in item if one.tag in (f"{NS}responseDeclaration", f"{NS}outcomeDeclaration")}

    def run(self, response: Any) -> tuple[float, list[str]]:
        """The score, and the explanations that are shown."""
        self.values: dict[str, Any] = {"RESPONSE": response, "SCORE": 0.0, "FEEDBACK": None}
        for rule in self.item.find(f"{NS}responseProcessing") or ():
            self.rule(rule)
        feedback = self.values["FEEDBACK"]
        due = feedback if isinstance(feedback, list) else [feedback]
        shown = [" ".join("".join(one.itertext()).split()) for one in self.item.iter(f"{NS}modalFeedback") if one.get("identifier") in due]
        return self.values["SCORE"], shown

    def rule(self, rule: ET.Element) -> None:
        tag = rule.tag.removeprefix(NS)
        if tag == "setOutcomeValue":
            self.values[str(rule.get("identifier"))] = self.value(rule[0])
            return
        assert tag == "responseCondition"
        for branch in rule:
            if branch.tag == f"{NS}responseElse" or self.value(branch[0]):
                for inner in branch if branch.tag == f"{NS}responseElse" else branch[1:]:
                    self.rule(inner)
                return

    def value(self, one: ET.Element) -> Any:
        tag = one.tag.removeprefix(NS)
        if tag == "variable":
            return self.values[str(one.get("identifier"))]
        if tag == "baseValue":
            return typed(str(one.get("baseType")), one.text or "")
        if tag == "correct":
            declared = self.declared[str(one.get("identifier"))]
            found = [typed(str(declared.get("baseType")), value.text or "") for value in declared.iter(f"{NS}value")]
            return found[0] if declared.get("cardinality") == "single" else found
        inner = [self.value(child) for child in one]
        if tag == "not":
            return None if inner[0] is None else not inner[0]
        if tag == "index":
            return inner[0][int(str(one.get("n"))) - 1]
        if tag == "member":
            return inner[0] in inner[1]
        if tag == "multiple":
            return [each for value in inner if value is not None for each in (value if isinstance(value, list) else [value])]
        if tag == "match":
            ordered = self.declared["RESPONSE"].get("cardinality") == "ordered"
            return (sorted(inner[0]) == sorted(inner[1]) if isinstance(inner[0], list) and not ordered else inner[0] == inner[1])
        assert tag == "equal"
        low, high = (float(width) for width in str(one.get("tolerance")).split())
        return inner[1] - low <= inner[0] <= inner[1] + high


def typed(base: str, text: str) -> Any:
    return float(text) if base == "float" else tuple(text.split()) if base == "directedPair" else text


def answers(question: Question) -> list[tuple[dict[str, Any], Any]]:
    """Answers as the course's form gives them, and the same as responses of QTI."""
    source, kind = question.source, question.kind
    if kind == "true_false":
        return [({"q": "true"}, "TRUE"), ({"q": "false"}, "FALSE")]
    if kind == "number":
        numbers = [source["right"], source["right"] + source["tolerance"], *(one["answer"] for one in source["mistakes"]), 987654321]
        return [({"q": float(number)}, float(number)) for number in numbers]
    count = len(source.get("options") or source.get("items") or source["pairs"])
    if kind == "order":
        right = asking.right_answers(question, "q")["q"]
        orders = [list(range(count)), list(range(count))[::-1], [1, 0, *range(2, count)], [0, 2, 1, *range(3, count)]]
        return [({"q": [right[place] for place in order]}, [f"I{place + 1}" for place in order]) for order in orders]
    if kind == "match":
        right = asking.right_answers(question, "q")
        letters = [right[f"q.{place + 1}"] for place in range(count)]
        orders = [list(range(count)), list(range(count))[::-1], [1, 0, *range(2, count)]]
        return [
            ({f"q.{left + 1}": letters[place] for left, place in enumerate(order)}, [(f"L{left + 1}", f"R{place + 1}") for left, place in enumerate(order)])
            for order in orders
        ]  # fmt: skip
    if "q" in asking.right_answers(question, "q"):
        return [({"q": str(place)}, f"A{place}") for place in range(1, count + 1)]
    picks = [pick for size in (1, 2, 3) for pick in itertools.combinations(range(1, count + 1), size)]
    return [({f"q.{place}": place in pick for place in range(1, count + 1)}, [f"A{place}" for place in pick]) for pick in picks]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_engine_scores_and_explains_as_the_course(language: str) -> None:
    tried = 0
    with speaking(language):
        for question in asking.bank()[:: 2 if language == "en" else 7]:
            engine = Engine(ET.fromstring(ET.tostring(qti.item(question))))
            for given, response in answers(question):
                case = asking.judge(question, given, "q")
                score, shown = engine.run(response)
                assert score == float(case.ok), (question.id, response)
                assert shown, (question.id, response)
                said = case.text()
                if question.kind in ("single", "case", "true_false", "number") or (question.kind == "order" and case.ok):
                    assert " ".join(shown) == " ".join(said.split()) or question.kind == "case", (question.id, response)
                if question.kind in ("order", "match") and not case.ok:
                    assert all(one in " ".join(said.split()) for one in shown), (question.id, response, said, shown)
                tried += 1
    assert tried > 100
