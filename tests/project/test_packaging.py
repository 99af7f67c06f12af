"""What is shipped: dependencies, the wheel, which module may import which, and nothing personal in any file."""

from __future__ import annotations

import ast
import compileall
import json
import pkgutil
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import crmlab.course.widgets
from crmlab.course.bank import asking
from crmlab.course.roleplay import scripts
from crmlab.lite import written
from tests.support.labserver import LabServer, environment
from tools import versions

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
FIXED = {"jupyterlab", "pandas", "ipywidgets", "nbval", "matplotlib"}


def tracked() -> list[Path]:
    """The files of the project: those in git and those about to be."""
    words = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    run = subprocess.run(words, cwd=ROOT, capture_output=True, check=False)
    if run.returncode:
        pytest.skip("not a git clone: which files belong to the project cannot be told")
    return [path for name in run.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


def text_of(path: Path) -> str:
    data = path.read_bytes()
    return "" if b"\0" in data else data.decode("utf-8", "replace")


# --- dependencies ---------------------------------------------------------------------------------------------


def ranges(requirements: list[str]) -> dict[str, str]:
    parsed = map(Requirement, requirements)
    return {canonicalize_name(one.name): ",".join(sorted(map(str, one.specifier))) for one in parsed}


def conda_lines() -> list[str]:
    text = (ROOT / "environment.yml").read_bytes().decode("ascii")  # ASCII only: conda on Windows reads no other
    return [line.strip().removeprefix("- ") for line in text.splitlines() if line.strip().startswith("- ")]


def test_environment_yml_is_pyproject() -> None:
    lines = [line for line in conda_lines() if line not in ("conda-forge", "nodefaults", "pip", "pip:", "-e .")]
    found = ranges(lines)
    assert found.pop("python") == "<3.15,>=3.11"
    assert found == ranges(PROJECT["project"]["dependencies"])
    assert found.keys() >= FIXED
    assert all("<" in range_ and ">=" in range_ for range_ in found.values())


def test_environment_yml_takes_packages_from_conda_forge_alone_and_itself_from_pip() -> None:
    from ruamel.yaml import YAML

    content = YAML(typ="safe").load((ROOT / "environment.yml").read_text("ascii"))
    assert content["name"] == "crmlab"
    assert content["channels"] == ["conda-forge", "nodefaults"]
    # fsrs is on PyPI only.
    assert content["dependencies"][-1] == {"pip": ["fsrs >=6.1,<7", "-e ."]}
    assert len(content["dependencies"]) == len(PROJECT["project"]["dependencies"]) - 1 + 3


def test_python_versions_agree() -> None:
    versions = re.findall(r"Python :: (3\.\d+)", " ".join(PROJECT["project"]["classifiers"]))
    assert versions == ["3.11", "3.12", "3.13", "3.14"]
    workflow = (ROOT / ".github/workflows/tests.yml").read_text("utf-8")
    assert re.findall(r'"(3\.\d+)"', workflow) == versions
    assert PROJECT["project"]["requires-python"] == ">=3.11,<3.15"  # as in environment.yml


def test_one_test_command_everywhere() -> None:
    command = 'python3 -m pip install -q "uv<0.14" && python3 -m uv run --extra test pytest'
    assert f"\n    {command}\n" in (ROOT / "README.md").read_text("utf-8")
    assert command in (ROOT / ".github/workflows/tests.yml").read_text("utf-8")
    found = subprocess.run(
        ["sed", "-n", r"s/^    \(python3 .*--extra test pytest\)$/\1/p", "README.md"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert found.stdout.decode().strip() == command
    assert r"s/^    \(python3 .*--extra test pytest\)$/\1/p" in (ROOT / ".ci/run").read_text("utf-8")


# --- who imports whom -----------------------------------------------------------------------------------------

ROOMS = ("plots", "report", "app", "lite", "workshop", "classroom", "lms", "badges", "cli")


def room(module: str) -> str:
    """The room of a dotted module name: its folder, "course" for the teaching floor, "field" for what stands alone."""
    parts = module.split(".")
    if parts[1:2] == ["course"]:
        return parts[2] if (ROOT / "crmlab/course" / "".join(parts[2:3])).is_dir() and len(parts) > 2 else "course"
    return parts[1] if parts[1:2] and parts[1] in ROOMS else "field"


def drawn() -> dict[str, set[str]]:
    """The rooms of CONTRIBUTING.md, each with those that it stands on; all of them may use the field."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    rows = re.findall(r"^\| (\w+) \| .* \|([\w, ]*)\|$", text.split("| room |")[1].split("\n\n")[0], re.MULTILINE)
    return {name: set(filter(None, under.replace(" ", "").split(","))) for name, under in rows}


def modules() -> dict[str, Path]:
    found = {}
    for path in sorted((ROOT / "crmlab").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, also inside functions; those for type checkers alone are left out."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in list(ast.walk(tree)):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}:{node.lineno}: write the whole name"
            yield from (f"{node.module}.{one.name}" for one in node.names)


def arrows() -> dict[str, set[str]]:
    """Which module imports which, imports inside functions among them."""
    known = modules()
    found = {}
    for module, path in known.items():
        names = {name if name in known else name.rsplit(".", 1)[0] for name in imports(path)}
        found[module] = (names & known.keys()) - {module}
    return found


def circles(arrows: dict[str, set[str]]) -> list[list[str]]:
    """The modules that can be reached from themselves, those of one circle together.

    >>> circles({"a": {"b"}, "b": {"c"}, "c": {"b"}})
    [['b', 'c']]
    """

    def above(start: str) -> set[str]:
        found: set[str] = set()
        waiting = list(arrows[start])
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting += arrows[one]
        return found

    reached = {module: above(module) for module in arrows}
    tied = {tuple(sorted(one for one in reached[module] if module in reached[one])) for module in arrows}
    return sorted(list(circle) for circle in tied if circle)


def test_no_files_import_each_other_in_a_circle() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": set()}) == [["b", "c"]]
    assert circles(arrows()) == []


def test_rooms_stand_on_each_other_as_drawn() -> None:
    found: dict[str, set[str]] = {}
    for module, targets in arrows().items():
        mine = found.setdefault(room(module), set())
        if module != "crmlab":  # the front door offers the widgets, when they are asked for
            mine |= {room(target) for target in targets} - {room(module), "field"}
    assert found == drawn()


def test_each_room_knows_only_its_own_tools() -> None:
    """Widgets are made in one room, the field knows no notebook, and nothing knows tools and tests."""
    for module, path in modules().items():
        tops = {name.split(".")[0] for name in imports(path)}
        assert not tops & {"tools", "tests"}, module
        assert room(module) == "widgets" or "ipywidgets" not in tops, module
        assert room(module) not in ("field", "plots") or not tops & {"IPython", "jupyterlab"}, module


@pytest.mark.parametrize("package", [crmlab, crmlab.course.widgets], ids=lambda package: package.__name__)
def test_no_module_has_the_name_of_a_function_beside_it(package: ModuleType) -> None:
    """Importing ``crmlab.course.widgets.exam`` would put that module in the place of the function ``exam``."""
    inside = {one.name for one in pkgutil.iter_modules(package.__path__)}
    assert inside
    assert not inside & set(crmlab.__all__)


def test_what_a_lesson_calls_is_there() -> None:
    assert [name for name in crmlab.__all__ if not callable(getattr(crmlab, name))] == []


# --- what stands in the files ---------------------------------------------------------------------------------


def test_no_file_names_a_machine_or_a_registry() -> None:
    home = "|".join(("/ho" + "me/", "/Us" + "ers/", "/ro" + "ot/", "C:\\\\Us" + "ers"))
    registries = "|".join(
        ("pypi" + r"\.org/simple", "files.python" + "hosted", "index" + "-url", "registry" + r"\.npmjs")
    )
    personal = re.compile(rf"({home})\w|{registries}")
    wrong = []
    for path in tracked():
        for number, line in enumerate(text_of(path).splitlines(), 1):
            if personal.search(line):
                wrong.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert not wrong, "\n".join(wrong)


def test_no_lock_file_is_tracked() -> None:
    assert not [path for path in tracked() if path.name in ("uv.lock", "poetry.lock", "Pipfile.lock")]


def test_notebooks_carry_no_outputs_and_the_plain_kernel() -> None:
    notebooks = [path for path in tracked() if path.suffix == ".ipynb"]
    assert notebooks
    for path in notebooks:
        content = json.loads(path.read_text("utf-8"))
        assert content["metadata"]["kernelspec"]["name"] == "python3", path
        for cell in content["cells"]:
            assert not cell.get("outputs"), path
            assert cell.get("execution_count") is None, path


# --- the wheel ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from the files of the project, with what a trainee leaves behind lying among them."""
    base = tmp_path_factory.mktemp("wheel")
    source = base / "source"
    for path in tracked():
        target = source / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    unit = source / "notebooks/en/1-foundations"
    (unit / "1-tour.json").write_text("{}", encoding="utf-8")
    (unit / ".ipynb_checkpoints").mkdir()
    (unit / ".ipynb_checkpoints/1-tour-checkpoint.ipynb").write_text("{}", encoding="utf-8")
    for name in ("orders.csv", "orders.xlsx", "orders.ipynb", "orders.csv.crmlab.json", "chosen.json", "notes.txt"):
        (source / "notebooks/my-files").mkdir(exist_ok=True)
        (source / "notebooks/my-files" / name).write_text("{}", encoding="utf-8")
    own = source / "notebooks/zh/9-own"
    for name in ("orders.xlsx.crmlab.json", "your-customers.xlsx", "your-customers.html", "my-files/orders.xlsx"):
        (own / name).parent.mkdir(exist_ok=True)
        (own / name).write_text("{}", encoding="utf-8")
    versions.uv("build", "--wheel", "-o", str(base / "dist"), cwd=source)
    [built] = (base / "dist").glob("crmlab-*.whl")
    return built


def test_the_wheel_holds_the_course_and_nothing_else(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    expected = set()
    for path in tracked():
        name = path.relative_to(ROOT).as_posix()
        if name.startswith(("datasets/", "notebooks/", "solutions/")) or (name.startswith("lessons/") and path.suffix == ".yml"):
            expected.add(f"crmlab/_bundle/{name}")
        elif name.startswith("crmlab/"):
            expected.add(name)
    expected |= {f"crmlab/_bundle/cache/{name}" for name in written.ready()}
    assert {name for name in names if ".dist-info/" not in name} == expected
    assert "crmlab/locale/zh/course.session.po" in names  # read as they are
    assert "crmlab/fonts/NotoSansSC-GB2312.otf" in names
    assert "crmlab/_bundle/notebooks/zh/1-foundations/1-tour.ipynb" in names
    licences = {name.rsplit("/", 1)[1] for name in names if "/licenses/" in name}
    assert licences == {"LICENSE", "LICENSE-lessons", "NOTICE", "OFL.txt"}


OPEN = """
import sys
sys.modules["ruamel.yaml"] = None  # importing it fails
from crmlab.course import cache, exercises
from crmlab.course.bank import asking
from crmlab.course.roleplay import practice
print(cache.ready(), exercises.open_lesson("3.2").lesson.number, len(asking.bank()), len(practice.offers()))
"""


def test_the_wheel_reads_no_yaml_and_needs_no_sources_for_that(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    compileall.compile_dir(tmp_path / "site", quiet=1, legacy=True)
    for path in (tmp_path / "site").rglob("*.py"):
        path.unlink()
    command = [sys.executable, "-c", OPEN]
    here = environment(tmp_path, PYTHONPATH=str(tmp_path / "site"), CRMLAB_CACHE=str(tmp_path / "own"))
    run = subprocess.run(command, cwd=tmp_path, env=here, capture_output=True, encoding="utf-8", check=False)
    assert run.returncode == 0, run.stderr
    place = tmp_path / "site/crmlab/_bundle/cache"
    assert run.stdout.split() == [str(place), "3.2", str(len(asking.bank())), str(len(scripts.files()))]
    assert not (tmp_path / "own").exists()


def test_the_installed_wheel_starts_the_course(wheel: Path, tmp_path: Path) -> None:
    versions.uv("venv", "-q", "--python", sys.executable, str(tmp_path / "venv"), cwd=tmp_path)
    place = tmp_path / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    # From the root, where the exact versions stand.
    versions.uv("pip", "install", "-q", "--python", str(place / "python"), str(wheel), cwd=ROOT)
    command = [str(place / "crmlab")]
    folder = tmp_path / "course"
    with LabServer(folder, "zh", command=command) as lab:
        assert "/notebooks/notebooks/zh/1-foundations/1-tour.ipynb" in lab.url
        original = (ROOT / "notebooks/zh/1-foundations/1-tour.ipynb").read_bytes()
        tour = folder / "notebooks/zh/1-foundations/1-tour.ipynb"
        assert tour.read_bytes() == original
    tour.write_text("spoilt", encoding="utf-8")

    def crmlab(*words: str) -> subprocess.CompletedProcess[str]:
        home = environment(tmp_path)
        return subprocess.run(
            [*command, *words], cwd=folder, env=home, capture_output=True, encoding="utf-8", check=False
        )

    assert crmlab("reset", "1.1").returncode == 0
    assert tour.read_bytes() == original
    assert tour.with_name("1-tour.mine-1.ipynb").read_text("utf-8") == "spoilt"
    doctor = crmlab("doctor")
    assert doctor.returncode == 0, doctor.stdout
    assert str(place) in doctor.stdout
