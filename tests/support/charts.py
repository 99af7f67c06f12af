"""Charts in both languages, from the translation files as they are."""

from __future__ import annotations

import gettext
import io
from collections.abc import Iterator
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from babel.messages import Catalog, mofile, pofile

import crmlab
from crmlab import language


def chinese() -> gettext.NullTranslations:
    """The Chinese of all modules straight from the translation files, so that no build step is needed first."""
    whole = Catalog(locale="zh")
    for path in sorted((Path(crmlab.__file__).parent / "locale/zh").glob("*.po")):
        with path.open("rb") as file:
            for one in pofile.read_po(file, locale="zh"):
                if one.id and one.string:
                    whole.add(one.id, one.string)
    whole.mime_headers = [("Content-Type", "text/plain; charset=UTF-8")]
    out = io.BytesIO()
    mofile.write_mo(out, whole)
    out.seek(0)
    return gettext.GNUTranslations(out)


@pytest.fixture(params=["en", "zh"])
def in_language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(language, "_catalogue", lambda _language, found=None: found or catalogue)
    catalogue = chinese() if request.param == "zh" else gettext.NullTranslations()
    language.set_language(request.param)
    yield request.param
    language.set_language(None)
    plt.close("all")
