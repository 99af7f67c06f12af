"""The files of deploy/hub say the same in three ways; the drop folder takes what it is given, and nothing else."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from tornado.web import HTTPError
from traitlets.config.loader import Config, PyFileConfigLoader

DEPLOY = Path(__file__).resolve().parents[2] / "deploy" / "hub"


@pytest.fixture(scope="module")
def drop() -> ModuleType:
    spec = importlib.util.spec_from_file_location("crmlab_drop", DEPLOY / "drop.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def loaded(name: str) -> Config:
    return PyFileConfigLoader(name, path=str(DEPLOY)).load_config()


def listed(value: Any) -> list[dict[str, Any]]:
    """A list of a configuration, whether it was set or appended to."""
    return list(value) if isinstance(value, list) else list(value.get_value([]))


def test_one_machine_tljh_and_kubernetes_give_the_same_rights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRMLAB_HUB_DATA", str(tmp_path / "data"))
    machine, tljh = loaded("jupyterhub_config.py"), loaded("tljh_config.py")
    values = yaml.safe_load((DEPLOY / "values.yaml").read_text("utf-8"))
    ours = ("user", "server", "instructor")
    roles = [{one["name"]: one for one in listed(c.JupyterHub.load_roles) if one["name"] in ours} for c in (machine, tljh)]
    roles.append({name: {"name": name, **one} for name, one in values["hub"]["loadRoles"].items()})
    assert roles[0] == roles[1] == roles[2]
    found = [next(one for one in listed(c.JupyterHub.services) if one["name"] == "drop") for c in (machine, tljh)]
    found.append(values["hub"]["services"]["drop"])
    for one in found:
        assert one["oauth_client_allowed_scopes"] == list(machine.JupyterHub.custom_scopes)
        assert one["command"][-1].endswith("/drop.py")
    commands = [machine.Spawner.cmd, tljh.Spawner.cmd, values["singleuser"]["cmd"]]
    assert [one[1:] for one in commands] == [["-m", "crmlab.app.hub"]] * 3
    assert {machine.Spawner.default_url, tljh.Spawner.default_url, values["singleuser"]["defaultUrl"]} == {"/crmlab/open"}
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0 or os.name == "nt"


def test_who_lets_in_by_lti_fills_in_what_it_has(tmp_path: Path) -> None:
    """Every field of the values is one of ltiauthenticator's."""
    lti = pytest.importorskip("ltiauthenticator.lti13.auth", reason="ltiauthenticator is not here: its fields are NOT CHECKED")
    fields = yaml.safe_load((DEPLOY / "values.yaml").read_text("utf-8"))["hub"]["config"]["LTI13Authenticator"]
    assert set(fields) <= set(lti.LTI13Authenticator.class_trait_names(config=True))
    assert lti.LTI13Authenticator(config=Config(LTI13Authenticator=fields)).issuer == fields["issuer"]


def test_names_that_are_numbers_stay_text() -> None:
    """LMSs give people and tools numbers; the hub does not start with a name that is none of text."""
    filled = re.sub(r"CHANGE-(client-id|the-user-name-of-an-\w+)", "10000000000001", (DEPLOY / "values.yaml").read_text("utf-8"))
    values = yaml.safe_load(filled)
    config = values["hub"]["config"]
    named = (config["LTI13Authenticator"]["client_id"], config["Authenticator"]["admin_users"], values["custom"]["instructors"])
    assert named == (["10000000000001"],) * 3


def test_the_image_has_a_home_for_whoever_it_runs_as() -> None:
    """A cluster may make up the number of the user, or name the home after its own volume: all three say the same folder."""
    words = (DEPLOY / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    storage = yaml.safe_load((DEPLOY / "values.yaml").read_text("utf-8"))["singleuser"]["storage"]
    found = [re.search(pattern, words) for pattern in (r"ENV HOME=(\S+)", r"--home-dir (\S+)", r"WORKDIR (\S+)")]
    assert {one[1] for one in found if one} == {storage["homeMountPath"]}
    assert all(found)


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("王-12.handin.json", "王-12"),
        ("../../etc/passwd", "_.._etc_passwd"),
        (".hidden", "hidden"),
        ("a\x00b\\c:d", "a_b_c_d"),
        ("", "work"),
        (" ..", "work"),
        ("客" * 100, "客" * 60),
    ],
)
def test_a_hand_in_has_a_harmless_name(drop: ModuleType, sent: str, name: str) -> None:
    assert drop.safe(sent) == f"{name}.handin.json"


def test_nothing_handed_in_is_overwritten_and_there_is_an_end(drop: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drop, "MOST", 3)
    folder = tmp_path / "ada"
    kept = [drop.keep(folder, "a.handin.json", data) for data in (b"1", b"2", b"1", b"3")]
    assert kept == ["a.handin.json", "a.2.handin.json", "a.handin.json", "a.3.handin.json"]
    with pytest.raises(HTTPError, match="429"):
        drop.keep(folder, "a.handin.json", b"4")
    assert sorted(path.read_bytes() for path in folder.iterdir()) == [b"1", b"2", b"3"]


def test_no_two_users_share_a_folder_and_none_fills_the_disk(drop: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert drop.folder_of("ada") == "ada"
    assert len({drop.folder_of(name) for name in ("a:b", "a_b", "a|b", ".", "work", "客" * 100, "客" * 99)}) == 7
    monkeypatch.setattr(drop, "MOST_BYTES", 3)
    assert not drop.full(tmp_path)
    drop.keep(tmp_path, "a", b"1234")
    assert drop.full(tmp_path)


def test_without_a_hub_it_says_what_to_do(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("JUPYTERHUB")} | {"HOME": str(tmp_path), "CRMLAB_LANG": "zh"}
    command = [sys.executable, "-m", "crmlab.app.hub"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, cwd=tmp_path, timeout=60, check=False)
    assert done.returncode == 2
    assert "crmlab start" in done.stderr
    assert "JupyterHub" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
