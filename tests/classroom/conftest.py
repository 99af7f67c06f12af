"""What the tests of a class share."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmlab.classroom import settings
from crmlab.classroom.folder import Class
from tests.support import made_up_class
from tests.support.made_up_class import MadeUp


@pytest.fixture(scope="session")
def thirty() -> MadeUp:
    """The made-up class."""
    return made_up_class.made()


@pytest.fixture(scope="session")
def class_folder(thirty: MadeUp, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its folder, collected and graded; a test that changes something there copies it first."""
    folder = tmp_path_factory.mktemp("class") / "spring"
    thirty.save(folder)
    settings.save(Class(folder, "Spring <team>", 7, ("en", "zh"), made_up_class.LESSONS))
    return folder
