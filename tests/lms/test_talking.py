"""What packages tell a system, call by call: the package's own scripts in Node, with a system that writes down what it is told."""

from __future__ import annotations

from typing import Any

import pytest

from crmlab.lms import launching
from tests.support import lms

ACTIVE = {"share": 0.25, "scored": True, "passed": False, "done": False, "success": "unknown", "progress": 0.4}
FAILED = {**ACTIVE, "done": True, "success": "failed", "progress": 1}
PASSED = {**FAILED, "share": 0.8333, "passed": True, "success": "passed"}
UNSCORED = {**ACTIVE, "scored": False, "done": True, "share": 0}

SCORM = """
globalThis.window = globalThis;
globalThis.parent = globalThis;
vm.runInThisContext(fs.readFileSync(given.file, 'utf8'));
const one = given.standard === 'scorm-1.2';
const found = [];
for (const result of given.results) {
  const told = {};
  let fault = '0';
  const api = {
    Initialize: () => 'true', GetValue: () => '', Commit: () => 'true', Terminate: () => 'true', GetLastError: () => fault,
    SetValue: (name, value) => {
      fault = given.lacking.includes(name) ? '401' : '0';
      if (fault === '0') told[name] = value;
      return String(fault === '0');
    },
  };
  globalThis[one ? 'API' : 'API_1484_11'] = Object.fromEntries(
    Object.entries(api).map(([name, deed]) => [one ? { Terminate: 'LMSFinish' }[name] || `LMS${name}` : name, deed]));
  const connection = await crmlabLms[given.standard](given);
  const refused = await connection.save({ result, place: 'notebooks/en/x.ipynb', seconds: 3725.5, suspended: 'c1' });
  found.push([told, refused]);
}
console.log(JSON.stringify(found));"""


def scorm(standard: str, results: list[dict[str, Any]], lacking: tuple[str, ...] = ()) -> Any:
    return lms.node(SCORM, given={"file": str(launching.STATIC / "scorm.js"), "standard": standard, "results": results, "lacking": lacking})


def test_scorm_12_never_says_that_all_is_over_before_it_is_passed() -> None:
    """Of one field for everything, "failed" would let systems such as Moodle open the next visit for looking back only."""
    found = scorm("scorm-1.2", [ACTIVE, FAILED, PASSED, UNSCORED], ("cmi.core.score.min", "cmi.core.score.max"))
    assert [told["cmi.core.lesson_status"] for told, _refused in found] == ["incomplete", "incomplete", "passed", "completed"]
    assert [told.get("cmi.core.score.raw") for told, _refused in found] == ["25", "25", "83.33", None]
    assert {told["cmi.core.session_time"] for told, _refused in found} == {"0001:02:05"}
    assert all(refused == [] for _told, refused in found), "a system need not have the least and the largest score"
    [[_told, refused]] = scorm("scorm-1.2", [ACTIVE], ("cmi.suspend_data",))
    assert refused == ["cmi.suspend_data (401)"]


def test_scorm_2004_says_completion_and_success_apart() -> None:
    found = scorm("scorm-2004", [ACTIVE, FAILED, PASSED, UNSCORED])
    said = [(told["cmi.completion_status"], told.get("cmi.success_status"), told.get("cmi.score.scaled")) for told, _refused in found]
    assert said == [("incomplete", "unknown", "0.25"), ("completed", "failed", "0.25"), ("completed", "passed", "0.8333"), ("completed", None, None)]
    assert {told["cmi.session_time"] for told, _refused in found} == {"PT3725.5S"}


LOST = """
globalThis.window = globalThis;
globalThis.parent = globalThis;
vm.runInThisContext(fs.readFileSync(given.file, 'utf8'));
const one = given.standard === 'scorm-1.2';
// As Moodle 4.5.6: what was told is held for kept whether or not it arrived, and only what differs from that is sent again.
const [now, held, server] = [{}, {}, {}];
let up = true;
const api = {
  Initialize: () => 'true', GetValue: () => '', Terminate: () => 'true', GetLastError: () => '101',
  SetValue: (name, value) => { now[name] = /score/.test(name) ? Number(value) : value; return 'true'; },
  Commit: () => {
    const fresh = Object.entries(now).filter(([name, value]) => held[name] !== value);
    for (const [name, value] of fresh) held[name] = value;
    if (up) for (const [name, value] of fresh) server[name] = value;
    return String(up);
  },
};
globalThis[one ? 'API' : 'API_1484_11'] = Object.fromEntries(
  Object.entries(api).map(([name, deed]) => [one ? { Terminate: 'LMSFinish' }[name] || `LMS${name}` : name, deed]));
const connection = await crmlabLms[given.standard](given);
const save = () => connection.save({ result: given.result, place: 'notebooks/en/x.ipynb', seconds: 5, suspended: 'c1' });
up = false;
const refused = await save();
up = true;
console.log(JSON.stringify([refused, await save(), server]));"""


@pytest.mark.parametrize("standard", ["scorm-1.2", "scorm-2004"])
def test_what_was_lost_on_its_way_is_told_anew(standard: str) -> None:
    refused, again, server = lms.node(LOST, given={"file": str(launching.STATIC / "scorm.js"), "standard": standard, "result": PASSED})
    assert len(refused) == 1
    assert again == []
    core = "cmi.core." if standard == "scorm-1.2" else "cmi."
    assert server["cmi.suspend_data"] == "c1"
    assert server[f"{core}score.raw"] == 83.33
    assert server[f"{core}exit"] == "suspend"
    assert server["cmi.core.lesson_location" if standard == "scorm-1.2" else "cmi.location"] == "notebooks/en/x.ipynb"
    assert server["cmi.core.lesson_status" if standard == "scorm-1.2" else "cmi.success_status"] == "passed"


XAPI = """
globalThis.window = globalThis;
const query = { endpoint: 'https://lrs.example/x', actor: JSON.stringify({ account: { homePage: 'https://lms.example', name: 'li' } }), ...given.query };
globalThis.location = { search: `?${new URLSearchParams(query)}` };
globalThis.sessionStorage = { getItem: () => 'dG9rZW4=', setItem: () => null };
const sent = [];
const asked = [];
globalThis.fetch = async (address, { method = 'GET', headers, body }) => {
  asked.push(headers.Authorization);
  if (method === 'POST') sent.push(JSON.parse(body));
  const answer = method !== 'GET' ? '' : /LaunchData/.test(address) ? given.launch : /LearnerPreferences/.test(address) ? { languagePreference: 'fr-BE,zh-CN' } : '';
  return { ok: true, status: answer ? 200 : method === 'GET' ? 404 : 204, text: async () => JSON.stringify(answer) };
};
vm.runInThisContext(fs.readFileSync(given.file, 'utf8'));
const connection = await crmlabLms[given.standard]({ standard: given.standard, activity: { id: 'urn:uuid:0', name: { en: 'x' } }, pass: 0.8 });
for (const result of given.results) await connection.save({ result, place: '', seconds: 5, suspended: '' });
console.log(JSON.stringify({ sent, asked: [...new Set(asked)], languages: connection.languages }));"""


def xapi(standard: str, results: list[dict[str, Any]], **query: str) -> Any:
    launch = {"contextTemplate": {"extensions": {"https://w3id.org/xapi/cmi5/context/extensions/sessionid": "s"}}, "launchMode": "Normal", "masteryScore": 0.8}
    return lms.node(XAPI, given={"file": str(launching.STATIC / "xapi.js"), "standard": standard, "results": results, "query": query, "launch": launch})


def test_cmi5_tells_no_progress_of_what_is_completed_and_knows_the_learners_languages() -> None:
    better = {**PASSED, "share": 0.9}
    found = xapi("cmi5", [ACTIVE, PASSED, better], activityId="https://lms.example/au/1", fetch="https://lms.example/fetch")
    said = [(one["verb"]["id"].rpartition("/")[2], list(one.get("result", {}).get("extensions", {}).values())) for one in found["sent"]]
    assert said == [("initialized", []), ("progressed", [100]), ("passed", []), ("completed", []), ("progressed", [])]
    assert found["sent"][-1]["result"]["score"]["scaled"] == 0.9
    assert found["languages"] == ["fr-BE", "zh-CN"]


@pytest.mark.parametrize("auth", ["Basic dG9rZW4=", "dG9rZW4="])
def test_a_launch_by_tin_can_gets_back_what_it_asked_for(auth: str) -> None:
    asked = {"auth": auth, "grouping": "https://lms.example/course", "activity_platform": "LMS 4", "Accept-Language": "zh-CN,en;q=0.5"}
    found = xapi("xapi", [ACTIVE], **asked)
    assert found["asked"] == ["Basic dG9rZW4="]
    assert found["sent"][0]["context"] == {"platform": "LMS 4", "contextActivities": {"grouping": [{"objectType": "Activity", "id": "https://lms.example/course"}]}}
    assert found["languages"] == ["zh-CN", "en"]
    assert "context" not in xapi("xapi", [ACTIVE], auth=auth, grouping="no address")["sent"][0]
