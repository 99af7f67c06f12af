"""The command line, run for real: what it says, its exit codes, and the server that it starts."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest

import crmlab
from crmlab import cli
from crmlab.app.settings import bare_shortcuts, overrides
from crmlab.language import set_language
from tests.support.labserver import Course, LabServer, environment

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


def run(course: Course, *words: str, **more: str) -> tuple[int, str, str]:
    done = course.run(*words, **more)
    return done.returncode, done.stdout, done.stderr


# --- languages and words --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_TW"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "zh_CN:en"}, "zh"),
        ({"LANG": "en_US.UTF-8", "CRMLAB_LANG": "zh"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "CRMLAB_LANG": "en"}, "en"),
        ({"LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8"}, "zh"),
    ],
)
def test_system_language(monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], language: str) -> None:
    for name in ("CRMLAB_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert cli.system_language() == language


def test_help_names_the_commands_in_the_language(course: Course) -> None:
    code, out, _err = run(course)
    assert code == 0
    assert all(word in out for word in ("start", "doctor", "reset", "script", "open the course in the browser"))
    code, out, _err = run(course, LANG="zh_CN.UTF-8")
    assert "在浏览器中打开课程" in out
    assert run(course, "start", "--help", LANG="zh_CN.UTF-8")[:1] == (0,)


def test_help_loads_nothing_heavy(course: Course) -> None:
    heavy = ("pandas", "numpy", "ruamel.yaml", "ipywidgets", "openpyxl", "jupyterlab")
    code = f"""
import sys
from crmlab import cli
try:
    cli.main(["--help"])
except SystemExit:
    pass
print("loaded:", [name for name in {heavy} if name in sys.modules])
"""
    done = course.run(code=code)
    assert done.stdout.endswith("loaded: []\n"), done.stdout + done.stderr


def test_version(course: Course) -> None:
    assert run(course, "--version")[:2] == (0, f"crmlab {crmlab.__version__}\n")


@pytest.mark.parametrize(
    "words",
    [
        ("strat",),
        ("start", "--lang", "de"),
        ("start", "--port", "many"),
        ("start", "--nonsense"),
        ("reset",),
        ("script",),
    ],
)
def test_a_command_that_cannot_be_understood(course: Course, words: tuple[str, ...]) -> None:
    code, out, err = run(course, *words)
    assert (code, out) == (2, "")
    assert err.startswith("crmlab: ")
    assert err.count("\n") == 1
    assert "--help" in err


def test_an_old_console_gets_question_marks_not_a_traceback(course: Course) -> None:
    code, out, err = run(course, LANG="zh_CN.UTF-8", PYTHONIOENCODING="ascii")
    assert (code, err) == (0, "")
    assert "?" in out


# --- start: what it refuses -----------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_busy_port_is_refused(course: Course, lang: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        code, out, err = run(course, "start", "--no-browser", "--port", port, "--lang", lang)
    assert (code, out) == (2, "")
    assert port in err
    assert "--port" in err
    assert err.count("\n") == 1
    assert not (course.root / ".crmlab").exists()


@pytest.mark.parametrize("port", ["0", "-1", "70000"])
def test_a_port_that_is_none_is_refused(course: Course, port: str) -> None:
    code, _out, err = run(course, "start", "--no-browser", f"--port={port}")
    assert code == 2
    assert "65535" in err


def test_a_missing_tour_is_refused_with_the_way_out(course: Course) -> None:
    course.git()
    tour = course.root / "notebooks/en/1-foundations/1-tour.ipynb"
    tour.unlink()
    code, out, err = run(course, "start", "--no-browser")
    assert (code, out) == (2, "")
    assert "crmlab reset 1.1" in err
    assert run(course, "reset", "1.1")[0] == 0
    assert tour.exists()


def test_a_file_in_place_of_the_folder_is_refused(course: Course) -> None:
    (course.home / "notes.txt").write_text("x", encoding="utf-8")
    code, _out, err = run(course, "start", "--no-browser", "--to", "notes.txt")
    assert code == 2
    assert "is a file, not a folder" in err
    assert (course.home / "notes.txt").read_text("utf-8") == "x"


# --- start: the server ----------------------------------------------------------------------------------------


def get(lab: LabServer, path: str, token: bool = True) -> str:
    request = urllib.request.Request(lab.base + path)
    if token:
        request.add_header("Authorization", f"token {lab.token}")
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read().decode("utf-8")


def settings(lab: LabServer, plugin: str) -> dict[str, Any]:
    """The defaults in force of a JupyterLab plugin."""
    properties = json.loads(get(lab, f"/lab/api/settings/{plugin}"))["schema"]["properties"]
    return {name: value.get("default") for name, value in properties.items()}


def page_settings(html: str) -> dict[str, Any]:
    start = html.index(">", html.index('id="jupyter-config-data"')) + 1
    return json.loads(html[start : html.index("</script>", start)])


FOREIGN = """
c.ServerApp.base_url = "/theirs/"
c.ServerApp.port = 9999
c.ServerApp.ip = "0.0.0.0"
c.ServerApp.certfile = "/nowhere.pem"
c.IdentityProvider.token = "theirs"
c.KernelSpecManager.allowed_kernelspecs = {"theirs"}
c.LabApp.core_mode = True
"""
NOWHERE = "/proc/nowhere"
"""A home in which not even root can write."""


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Both languages at once, from a small course; the trainee has Jupyter settings of their own."""
    base = tmp_path_factory.mktemp("servers")
    course = Course(base / "checkout")
    running = {}
    theirs = base / "theirs"
    for folder in ("path", "config", "data", "zh-home/.local/etc/jupyter"):
        (theirs / folder).mkdir(parents=True)
        for name in ("jupyter_config.py", "jupyter_server_config.py", "jupyter_lab_config.py"):
            (theirs / folder / name).write_text(FOREIGN)
    foreign = {
        "JUPYTER_CONFIG_PATH": str(theirs / "path"),
        "JUPYTER_CONFIG_DIR": str(theirs / "config"),
        "JUPYTER_DATA_DIR": str(theirs / "data"),
        "JUPYTER_RUNTIME_DIR": str(theirs / "no" / "such" / "\u00e9"),
        "JUPYTER_TOKEN": "theirs",
        "JUPYTER_PORT": "9998",
        "JUPYTER_GATEWAY_URL": "http://127.0.0.1:1",
        "JUPYTERLAB_SETTINGS_DIR": str(theirs / "data"),
    }
    for lang in ("en", "zh"):
        home = base / f"{lang}-home"
        (home / ".jupyter/lab/user-settings/@jupyterlab/translation-extension").mkdir(parents=True)
        (home / ".jupyter/jupyter_server_config.py").write_text(
            "c.ServerApp.ip = '0.0.0.0'\nc.LabApp.core_mode = True\n"
        )
        (home / ".jupyter/lab/user-settings/@jupyterlab/translation-extension/plugin.jupyterlab-settings").write_text(
            '{"locale": "fr_FR"}'
        )
        running[lang] = LabServer(base / lang, lang, pythonpath=course.root)
        running[lang].more |= foreign
    if sys.platform == "linux":
        running["en"].more["HOME"] = NOWHERE
    try:
        with ThreadPoolExecutor() as together:  # at once: each must get a port of its own
            list(together.map(LabServer.start, running.values()))
        yield running
    finally:
        for one in running.values():
            one.stop()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_address_opens_the_tour(servers: dict[str, LabServer], lang: str) -> None:
    lab = servers[lang]
    assert f"/notebooks/notebooks/{lang}/1-foundations/1-tour.ipynb?token=" in lab.url
    with urllib.request.urlopen(lab.url, timeout=30) as page:
        found = page_settings(page.read().decode("utf-8"))
    assert found["crmlab"]["edition"] == "server"
    assert "@jupyterlab/cell-toolbar-extension" in found["disabledExtensions"]
    tour = json.loads(get(lab, f"/api/contents/notebooks/{lang}/1-foundations/1-tour.ipynb"))
    assert tour["content"]["cells"][0]["source"] == f"# 1-tour {lang}"
    assert tour["writable"] is True


def test_no_settings_of_others_reach_the_server(servers: dict[str, LabServer]) -> None:
    """Of no search path and no environment variable of Jupyter; nor does it need a home that can be written to."""
    for lab in servers.values():
        assert list(json.loads(get(lab, "/api/kernelspecs"))["kernelspecs"]) == ["python3"]
        own = {path.name for path in (lab.folder / ".crmlab").iterdir()}
        assert {"config", "data", "runtime", "ipython", "cache", "manifest.json"} <= own
        assert not [line for line in lab.said if not line.startswith(("The course is", "Leave this", "课程", "学习期间"))], lab.said


def test_two_servers_find_two_ports(servers: dict[str, LabServer]) -> None:
    assert servers["en"].base != servers["zh"].base


def test_without_the_token_nobody_comes_in(servers: dict[str, LabServer]) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        get(servers["en"], "/api/contents", token=False)
    assert refused.value.code == 403


def test_only_this_computer_is_served(servers: dict[str, LabServer]) -> None:
    open_ports = psutil.Process(servers["en"].process.pid).net_connections("inet")
    listening = {one.laddr for one in open_ports if one.status == psutil.CONN_LISTEN}
    assert int(servers["en"].base.rsplit(":", 1)[1]) in {address.port for address in listening}
    assert {address.ip for address in listening} == {"127.0.0.1"}


def test_settings_of_this_server(servers: dict[str, LabServer]) -> None:
    for lang, locale, label in (("en", "en", "Run all"), ("zh", "zh_CN", "全部运行")):
        lab = servers[lang]
        assert settings(lab, "@jupyterlab/translation-extension:plugin")["locale"] == locale
        assert settings(lab, "@jupyterlab/docmanager-extension:plugin")["autosaveInterval"] == 10
        kernels = settings(lab, "@jupyterlab/apputils-extension:kernels-settings")
        assert kernels["commsOverSubshells"] == "disabled"
        news = settings(lab, "@jupyterlab/apputils-extension:notification")
        assert (news["fetchNews"], news["checkForUpdates"]) == ("false", False)
        toolbar = settings(lab, "@jupyterlab/notebook-extension:panel")["toolbar"]
        assert toolbar[0]["label"] == label
        assert "notebook:run-all-cells" in toolbar[0]["args"]["commands"]


def test_the_trainees_own_settings_are_neither_used_nor_touched(servers: dict[str, LabServer]) -> None:
    lab = servers["zh"]
    assert json.loads(get(lab, "/lab/api/settings/@jupyterlab/translation-extension:plugin"))["settings"] == {}
    home = lab.folder.parent / "zh-home"
    assert sorted(p.name for p in (home / ".jupyter").rglob("*") if p.is_file()) == [
        "jupyter_server_config.py",
        "plugin.jupyterlab-settings",
    ]


def test_shortcuts_that_would_harm_an_exercise_are_off(servers: dict[str, LabServer]) -> None:
    shortcuts = settings(servers["en"], "@jupyterlab/shortcuts-extension:shortcuts")["shortcuts"]
    off = [one for one in shortcuts if one.get("disabled")]
    keys = {" ".join(one["keys"]) for one in off}
    assert {"D D", "X", "C", "V", "A", "B", "Z", "M", "Y", "ArrowUp", "ArrowDown", "I I", "0 0"} <= keys
    assert [one["keys"] for one in shortcuts if one not in off] == [["Ctrl Shift Enter"]]  # runs all
    assert not keys & {"Enter", "Shift Enter", "Escape", "Accel S", "Ctrl Enter"}
    # JupyterLab compares keys and selector to the letter: each must be one of its own.
    own = []
    for plugin in ("notebook-extension:tracker", "mainmenu-extension:plugin"):
        schema = json.loads(get(servers["en"], f"/lab/api/settings/@jupyterlab/{plugin}"))["schema"]
        own += schema["jupyter.lab.shortcuts"]
    known = {(one["command"], tuple(one["keys"]), one["selector"]) for one in own}
    assert len(known & {(one["command"], tuple(one["keys"]), one["selector"]) for one in off}) >= 35


@pytest.mark.parametrize(
    ("shortcut", "acts"),
    [
        ({"keys": ["D", "D"], "selector": ".jp-Notebook.jp-mod-commandMode :focus"}, True),
        ({"keys": ["Shift M"], "selector": ".jp-Notebook.jp-mod-commandMode :focus"}, True),
        ({"keys": [], "macKeys": ["J"], "selector": ".jp-Notebook.jp-mod-commandMode :focus"}, True),
        ({"keys": [""], "selector": ".jp-Notebook.jp-mod-commandMode"}, False),
        ({"keys": ["Accel C"], "selector": ".jp-Notebook.jp-mod-commandMode :focus"}, False),
        ({"keys": ["Enter"], "selector": ".jp-Notebook.jp-mod-commandMode .jp-Cell:focus"}, False),
        ({"keys": ["Escape"], "selector": ".jp-Notebook.jp-mod-editMode"}, False),
        ({"keys": ["Delete"], "selector": ".jp-DirListing-content .jp-DirListing-itemText"}, False),
    ],
)
def test_which_shortcuts_are_off(tmp_path: Path, shortcut: dict[str, Any], acts: bool) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/plugin.json").write_text(json.dumps({"jupyter.lab.shortcuts": [{"command": "x", **shortcut}]}))
    (tmp_path / "a/broken.json").write_text("{")
    (tmp_path / "a/list.json").write_text("[]")
    assert bare_shortcuts([tmp_path]) == ([{"command": "x", **shortcut, "disabled": True}] if acts else [])


def test_the_label_follows_the_language() -> None:
    try:
        set_language("zh")
        assert overrides([])["@jupyterlab/notebook-extension:panel"]["toolbar"][0]["label"] == "全部运行"
    finally:
        set_language(None)


@POSIX
def test_ctrl_c_ends_it_quietly(course: Course) -> None:
    with LabServer(course.root.parent / "copy", "en", pythonpath=course.root) as lab:
        lab.process.send_signal(signal.SIGINT)
        assert lab.process.wait(20) == 0
    assert lab.said[-1] == "The course is closed."
    assert not [line for line in lab.said if "Traceback" in line or "[" in line]


def test_in_place_nothing_is_laid_and_the_language_is_not_handed_on(course: Course) -> None:
    code = "import os; from crmlab.app import settings; settings.own_environment(__import__('pathlib').Path('x')); print('CRMLAB_LANG' in os.environ)"
    assert course.run(code=code, CRMLAB_LANG="zh").stdout == "False\n"
    with LabServer(course.root, "zh", pythonpath=course.root) as lab:
        assert lab.url.count("/notebooks/zh/") == 1
        assert not [line for line in lab.said if "files" in line]
    assert json.loads((course.root / ".crmlab/manifest.json").read_text("utf-8"))["files"] == {}


@pytest.mark.parametrize("words", [("start", "--no-browser"), ("reset", "2.3"), ("work", "export", "out.json")])
@pytest.mark.parametrize("name", ["x" * 300, "客" * 100, "~nobody-of-this-name/x"], ids=["long", "chinese", "nobody"])
def test_a_folder_that_no_disk_takes_gets_a_sentence(capsys: pytest.CaptureFixture[str], words: tuple[str, ...], name: str) -> None:
    assert cli.main([*words, "--lang", "en", "--to", name]) in (1, 2)
    said = capsys.readouterr()
    assert said.err.startswith("crmlab: ") or "no work" in said.out
    assert len(said.err) < 700


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_output_to_a_full_disk_gets_a_sentence(course: Course) -> None:
    command = [sys.executable, "-m", "crmlab.cli", "questions", "list"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command,
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env=environment(course.home, PYTHONPATH=str(course.root)),
            cwd=course.home,
            check=False,
        )
    assert done.returncode
    assert "Traceback" not in done.stderr
    assert "the disk is full" in done.stderr


# --- doctor ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("lang", "words"), [("en", "All is well."), ("zh", "一切正常。")])
def test_doctor_finds_nothing_wrong(course: Course, lang: str, words: str) -> None:
    home = {"HOME": NOWHERE} if sys.platform == "linux" and lang == "zh" else {}
    code, out, err = run(course, "doctor", "--lang", lang, **home)
    assert (code, err) == (0, ""), out
    assert out.count("[OK]") == 8
    assert words in out
    assert str(Path(sys.executable).parent) in out


def test_doctor_names_what_is_wrong_and_what_to_do(course: Course, tmp_path: Path) -> None:
    (course.root / "ipykernel_launcher.py").write_text("raise SystemExit(1)")
    (course.root / "crmlab/fonts/NotoSansSC-GB2312.otf").write_bytes(b"no font")
    (course.root / "notebooks/en/1-foundations/1-tour.ipynb").unlink()
    code, out, _err = run(course, "doctor")
    assert code == 1
    assert [line.split(":")[0] for line in out.splitlines() if line.startswith("[!!]")] == [
        "[!!] Kernel",
        "[!!] Course",
        "[!!] Font",
    ]
    assert out.count("->") == 3
    assert "3 of 8" in out


def test_doctor_sees_versions_out_of_range(course: Course, tmp_path: Path) -> None:
    fake = tmp_path / "fake/jupyterlab-3.0.0.dist-info"
    fake.mkdir(parents=True)
    (fake / "METADATA").write_text("Metadata-Version: 2.1\nName: jupyterlab\nVersion: 3.0.0\n")
    code = f"import sys; sys.path.insert(0, {str(fake.parent)!r}); from crmlab.app import doctor; print(doctor.versions().found)"
    assert "jupyterlab is 3.0.0, needed is <5,>=4.4" in course.run(code=code).stdout


# --- script check ---------------------------------------------------------------------------------------------


def test_script_check(course: Course, tmp_path: Path) -> None:
    broken = tmp_path / "broken.yml"
    broken.write_text("titel: no\nnodes：3\n", encoding="utf-8")
    code, out, _err = run(course, "script", "check", str(broken))
    assert code == 1
    assert "broken.yml:" in out
    code, _out, err = run(course, "script", "check", str(tmp_path / "none.yml"), str(broken))
    assert code == 2
    assert "none.yml" in err


def test_the_scripts_of_the_course_are_right(course: Course) -> None:
    from crmlab import places

    scripts = sorted((places.lessons() / "roleplays").glob("*.yml"))
    assert scripts
    code, out, err = run(course, "script", "check", *map(str, scripts))
    assert (code, err) == (0, ""), out


def test_environment_of_the_tests_is_bare(tmp_path: Path) -> None:
    found = environment(tmp_path, LANG="zh_CN.UTF-8")
    assert found["HOME"] == str(tmp_path)
    assert [name for name in found if name.startswith(("JUPYTER", "CRMLAB"))] == ["CRMLAB_CACHE"]
