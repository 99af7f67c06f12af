"""Packages in learning management systems, in a real browser: answers and points get there, and the work comes back."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest

from crmlab.course import lessons
from crmlab.course.exercises import load_lesson
from crmlab.course.form import Form
from crmlab.lms import packaging, product
from crmlab.lms.product import Product
from tests.support import lms, sitefixture
from tests.support.browser import LessonPage
from tests.support.lessonclicks import path_of, right_clicks

pytestmark = pytest.mark.browser

BREAKS = Product(("8.1", "8.2", "8.3"), 7)
LESSON = "8.2"
ACTOR = {"objectType": "Agent", "account": {"homePage": "https://lms.example", "name": "li"}}
REGISTRATION = "7c5d1f1e-6ab6-4f0b-9b52-4d0a1a7a2f11"


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[lms.Running]:
    """A system with the package in each standard; SCORM 1.2 is imported from its file."""
    site = sitefixture.site()
    lms.npm(lms.SCORM_AGAIN)
    top = tmp_path_factory.mktemp("packages")
    packaging.pack(site, "scorm-1.2", BREAKS, top / "course.zip")
    with zipfile.ZipFile(top / "course.zip") as archive:
        assert archive.namelist()[0] == "imsmanifest.xml"
        archive.extractall(top / "scorm-1.2")
    (top / "course.zip").unlink()
    for standard in product.STANDARDS[1:]:
        packaging.lay(site, standard, BREAKS, top / standard)
    running = lms.Running(top)
    yield running
    running.close()


class Learner(LessonPage):
    """A learner's window of the system, or, outside of it, the launch page itself."""

    def __init__(self, context: Any, running: lms.Running, address: str, frame: str = "#sco") -> None:
        self.running = running
        self.window = context.new_page()
        self.window.set_default_timeout(60_000)
        self.lab = SimpleNamespace(base=running.base)  # type: ignore[assignment]
        self.requests = []
        self.window.on("request", lambda request: self.requests.append(request.url))
        self.path = address
        self.window.goto(running.base + address)
        self.launch = self.window.locator(frame).element_handle().content_frame() if frame else self.window.main_frame
        self.launch.wait_for_selector("#course[src]")
        self.page = self.launch.wait_for_selector("#course").content_frame()
        self.page.wait_for_selector("main:not([hidden]) a.continue")

    def says(self, text: str) -> None:
        """Wait until the bar below the course says this."""
        bar = self.launch.locator("#bar")
        self.wait(lambda: text in bar.inner_text(), f"it does not say {text!r}", tell=lambda: bar.inner_text())

    def answers(self, share: float) -> None:
        """Answers that earn this share of the points, laid where those of the lessons are."""
        fresh = {}
        for one in BREAKS.told():
            tasks, points = list(one["tasks"]), float(one["points"])  # type: ignore[call-overload,arg-type]
            record = {"points": share * points / len(tasks), "maximum": points / len(tasks), "state": "right", "tries": 1}
            content = {"format": 1, "lesson": one["number"], "exercises": dict.fromkeys(tasks, record), "last": 1796001689.6}
            fresh[one["paths"][0]] = json.dumps(content)  # type: ignore[index]
        tell = "(fresh) => crmlabWork.lay(fresh, {}).then(() => new BroadcastChannel('crmlab-storage').postMessage({ stored: true }))"
        self.launch.evaluate(tell, fresh)

    def leave(self) -> None:
        """Go away, as when the window is closed."""
        self.window.goto("about:blank")
        self.window.close()


def scorm(edition: str, learner: str, kept: dict[str, Any] | None = None) -> str:
    query = {"edition": edition, "learner": learner, "launch": f"/scorm-{edition}/launch.html", "kept": json.dumps(kept)}
    return f"/lms.html?{urlencode(query)}"


def test_scorm_reports_suspends_and_resumes(chromium: Any, system: lms.Running) -> None:
    lesson = lessons.find(LESSON)
    path = path_of("en", lesson)
    made = next(one for one in load_lesson(LESSON) if isinstance(one.form(), Form))
    share = round(100 * made.points / BREAKS.points(), 2)

    # SCORM 1.2: only the lessons of the package, an exercise answered by clicks, its points in the system.
    first = chromium.new_context(viewport={"width": 1400, "height": 1000})
    page = Learner(first, system, scorm("1.2", "li"))
    links = page.page.eval_on_selector_all("main:not([hidden]) [data-lesson]", "all => all.map((one) => one.dataset.lesson)")
    assert links == list(BREAKS.lessons)
    assert page.page.locator("[data-do=worked]").count() == 0, "the answers are not given away"
    page.page.click(f"main:not([hidden]) [data-lesson='{LESSON}']")
    page.ready(400)
    assert page.errors() == []
    assert page.page.locator(".crmlab-course-foot [role=switch]").count() == 0
    page.fill(made, right_clicks(made, lesson))
    page.check(made.id)
    kept: dict[str, Any] = {}

    def arrived() -> bool:
        kept.update(system.commits("li", "1.2")[-1]["cmi"])
        return float(kept["core"]["score"]["raw"]) == share

    page.wait(arrived, "the points do not arrive", tell=lambda: json.dumps(kept))
    page.says(f"{made.points:g} of {BREAKS.points():g} points")
    assert kept["core"]["lesson_status"] == "incomplete"
    assert kept["core"]["lesson_location"] == path
    assert 0 < len(kept["suspend_data"]) <= 4096
    assert page.strangers() == []
    page.leave()
    last = system.commits("li", "1.2")[-1]["cmi"]["core"]
    assert (last["exit"], last["lesson_status"]) == ("suspend", "incomplete")
    assert last["session_time"] > "00:00:00"

    # Another browser: the work is there, and nobody else's.
    second = chromium.new_context()
    page = Learner(second, system, scorm("1.2", "li", kept))
    place = page.page.locator(f"main:not([hidden]) [data-points='{LESSON}']")
    page.wait(lambda: f"{made.points:g} of" in place.inner_text(), "the points are not back")
    assert LESSON in page.page.inner_text("main:not([hidden]) a.continue"), "where the learner was"
    page.says(f"{made.points:g} of {BREAKS.points():g} points")
    assert float(system.commits("li", "1.2")[-1]["cmi"]["core"]["score"]["raw"]) == share
    page.leave()
    page = Learner(second, system, scorm("1.2", "wang"))
    page.says(f"0 of {BREAKS.points():g} points")
    assert float(system.commits("wang", "1.2")[-1]["cmi"]["core"]["score"]["raw"]) == 0
    page.leave()
    page = Learner(second, system, scorm("1.2", "li"))  # the system has lost it, this browser has not
    page.says(f"{made.points:g} of {BREAKS.points():g} points")
    page.leave()
    page = Learner(second, system, scorm("1.2", "li", {**kept, "suspend_data": kept["suspend_data"][:-3]}))
    page.says("damaged and cannot be read")
    page.says(f"{made.points:g} of {BREAKS.points():g} points")
    page.leave()
    page = Learner(second, system, scorm("1.2", "li", {"core": {"lesson_mode": "review", "lesson_status": "passed", "score": {"raw": "91"}}}))
    page.says("looking back")
    page.leave()
    last = system.commits("li", "1.2")[-1]["cmi"]["core"]
    assert (last["lesson_mode"], last["lesson_status"], last["score"]["raw"]) == ("review", "passed", "91")

    # SCORM 2004, in which the same work is suspended: the exercise stands as it was answered.
    third = chromium.new_context(viewport={"width": 1400, "height": 1000})
    page = Learner(third, system, scorm("2004", "li", {"suspend_data": kept["suspend_data"], "location": path}))
    page.page.click("main:not([hidden]) a.continue")
    page.ready(400)
    page.expect(made.id, "Right")
    before = system.commits("li", "2004")[-1]["cmi"]
    assert (before["completion_status"], before["success_status"]) == ("incomplete", "unknown")
    page.answers(0.85)

    def passed() -> bool:
        now = system.commits("li", "2004")[-1]["cmi"]
        return [now["completion_status"], now["success_status"], float(now["score"]["scaled"])] == ["completed", "passed", 0.85]

    page.wait(passed, "it is not passed", tell=lambda: json.dumps(system.commits("li", "2004")[-1]["cmi"])[:900])
    page.says("Passed")
    page.leave()
    end = system.commits("li", "2004")[-1]["cmi"]
    assert end["exit"] == "suspend"
    assert end["session_time"] != "PT0S"


CHECKED = """
import { createRequire } from 'module';
const validate = createRequire(given.at)(given.at).default;
const wrong = (one) => validate(one).map((each) => JSON.stringify(each));
if (!given.statements.every((one) => wrong({ ...one, verb: { id: 'passed' } }).length)) throw new Error('all is taken');
console.log(JSON.stringify(given.statements.flatMap(wrong)));"""
CMI5 = "https://w3id.org/xapi/cmi5/context/"


def begin(system: lms.Running) -> None:
    system.server.statements.clear()
    system.server.documents.clear()
    system.server.tokens = 0


def check_by_the_rules_of_xapi(system: lms.Running) -> list[str]:
    """Every statement that came; the names of their verbs."""
    statements = system.server.statements
    assert lms.node(CHECKED, given={"at": f"{lms.npm(lms.STATEMENTS)}/dist/index.js", "statements": statements}) == []
    assert len({one["id"] for one in statements}) == len(statements)
    assert [one["timestamp"] for one in statements] == sorted(one["timestamp"] for one in statements)
    return [one["verb"]["id"].rpartition("/")[2] for one in statements]


def test_cmi5_and_xapi_report_by_their_rules(chromium: Any, system: lms.Running) -> None:
    context = chromium.new_context()
    common = {"endpoint": f"{system.base}/lrs", "actor": json.dumps(ACTOR), "registration": REGISTRATION}
    launched = f"/cmi5/launch.html?{urlencode({**common, 'fetch': f'{system.base}/fetch', 'activityId': 'https://lms.example/au/1'})}"
    begin(system)
    template = {"contextActivities": {"grouping": [{"objectType": "Activity", "id": BREAKS.id}]}, "extensions": {f"{CMI5}extensions/sessionid": "s1"}}
    system.server.documents["LMS.LaunchData"] = {
        "contextTemplate": template, "launchMode": "Normal", "moveOn": "Passed", "masteryScore": 0.9, "returnURL": f"{system.base}/lms.html?launch=about:blank",
    }  # fmt: skip
    page = Learner(context, system, launched, "")
    page.answers(0.85)
    page.says("85 %")
    page.window.reload()  # the token is given once
    page.launch.wait_for_selector("#bar button")
    page.page = page.launch.wait_for_selector("#course").content_frame()
    page.says("85 %")
    page.answers(0.95)
    page.says("Passed")
    with page.window.expect_navigation(url="**/lms.html*"):
        page.launch.click("#bar button")
    page.window.close()
    page.wait(lambda: system.server.statements[-1]["verb"]["id"].endswith("terminated"), "it does not end")
    verbs = check_by_the_rules_of_xapi(system)
    second = len(verbs) - 1 - verbs[::-1].index("initialized")
    assert verbs[0] == "initialized"
    for session in (verbs[:second], verbs[second:]):
        assert session[0] == "initialized"
        assert session[-1] == "terminated"
        assert len([one for one in session if one != "progressed"]) == len({one for one in session if one != "progressed"})
    assert verbs[:second].count("failed") == 1, "85 % where the system asks for 90"
    assert (verbs.count("passed"), verbs.count("completed")) == (1, 1)
    for one in system.server.statements:
        verb, result = one["verb"]["id"].rpartition("/")[2], one.get("result", {})
        categories = {each["id"] for each in one["context"].get("contextActivities", {}).get("category", [])}
        judged = verb in ("passed", "failed")
        assert (f"{CMI5}categories/cmi5" in categories) == (verb != "progressed")
        assert (f"{CMI5}categories/moveon" in categories) == (verb in ("passed", "failed", "completed"))
        assert ("duration" in result) == (verb in ("passed", "failed", "completed", "terminated"))
        assert ("success" in result) == judged
        assert ("score" in result) == (judged or verb == "progressed")
        assert one["context"]["extensions"][f"{CMI5}extensions/sessionid"] == "s1"
        assert one["context"]["registration"] == REGISTRATION
        assert (f"{CMI5}extensions/masteryscore" in one["context"]["extensions"]) == judged
        assert one["object"]["id"] == "https://lms.example/au/1"
    kept = system.server.documents["crmlab-work"]

    # A package of xAPI, in a browser that has never seen it, with the work that the store keeps.
    begin(system)
    system.server.documents["crmlab-work"] = {"work": kept["work"]}
    other = chromium.new_context()
    query = {**common, "actor": json.dumps({"name": ["Li"], "mbox": ["mailto:li@lms.example"]}), "auth": "Basic dG9rZW4=", "activity_id": BREAKS.id}
    page = Learner(other, system, f"/xapi/launch.html?{urlencode(query)}", "")
    page.says("Passed")
    page.leave()
    page.wait(lambda: system.server.statements[-1]["verb"]["id"].endswith("terminated"), "it does not end")
    assert check_by_the_rules_of_xapi(system) == ["initialized", "passed", "completed", "terminated"]
    assert system.server.documents["crmlab-work"]["result"]["passed"] is True

    # Without a system the course is there all the same, and says so.
    page = Learner(other, system, "/scorm-2004/launch.html", "")
    page.says("No learning platform was found")
    page.leave()
