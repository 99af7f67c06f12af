"""What a wheel holds that is not in git: made by hatchling whenever a wheel is built, one function a thing.

An editable install gets none of it: a checkout makes these things when they are needed.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def cache(folder: Path) -> dict[str, str]:
    """What people wrote in YAML, read and checked: the files made in ``folder``, each with its place in the wheel."""
    from crmlab.lite import written

    made = {}
    for name, content in written.ready().items():
        path = folder / name
        path.write_bytes(content)
        made[str(path)] = f"crmlab/_bundle/cache/{name}"
    return made


class Build(BuildHookInterface):  # type: ignore[type-arg]
    """Called by hatchling before and after it builds a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make what the wheel is to hold besides the files of the project."""
        if version == "editable":
            return
        self._folder = tempfile.TemporaryDirectory()
        sys.path.insert(0, self.root)  # the course itself makes them; it needs no more than the build requires
        sys.dont_write_bytecode = True
        build_data["force_include"] |= cache(Path(self._folder.name))

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Take away what was made."""
        if version != "editable":
            self._folder.cleanup()
