"""The pages around JupyterLite: the start page, and what is put into JupyterLite's own page of a lesson."""

from __future__ import annotations

import json
import re
import shutil
from html import escape
from pathlib import Path
from typing import Any

from crmlab import places
from crmlab.course import lessons, outline
from crmlab.course.outline import there
from crmlab.language import LANGUAGES, _, set_language, tr
from crmlab.lite.wheels import Missing

STATIC = Path(__file__).resolve().parent / "static"
OURS = (
    "ahead.js",
    "app.css",
    "app.js",
    "begin.js",
    "guard.js",
    "moved.js",
    "start.css",
    "start.js",
    "storage.js",
    "work.js",
)

FIRST_START = 60
"""Seconds that the first start takes at most, with a usual connection and computer; see docs/benchmarks.md."""

POINTS = places.labextensions() / "crmlab" / "static" / "points.js"
"""What both editions count points with."""

TEXTS = {
    "coming": _("Python is being loaded into your browser: {megabytes} MB the first time, then it is kept."),
    "loading": _(
        "Python is being loaded into your browser: {megabytes} MB the first time, then it is kept. You can read on."
    ),
    "starting": _("Python is starting ..."),
    "slow": _("This takes longer than usual. If nothing moves for a minute, reload the page."),
    "more": _("This lesson needs one more package, {megabytes} MB: it is being loaded, and the lesson waits for it."),
    "insecure": _(
        "At this address the browser does not let the course work, because the address begins with http:// and is not on this "
        "computer. Ask for the address with https://."
    ),
    "old": _("This browser cannot run the course. Please use a current Firefox, Chrome, Edge or Safari."),
    "blocked": _(
        "This browser blocks storage for this page, so your answers could not be kept. Leave private mode, or allow the "
        "page to store data, and reload."
    ),
    "newer": _("There is a newer edition of this lesson. You see your own saved copy of the older one."),
    "take": _("Take the new one (my answers stay, my copy is kept beside it)"),
    "keep": _("Stay with mine"),
    "begin": _("Begin: {title}"),
    "continue": _("Continue: {title}"),
    "points": _("{points} of {maximum} points"),
    "minutes": _("{minutes} minutes"),
    "worked": _("Worked edition, for instructors"),
    "download": _("Download my work"),
    "upload": _("Bring my work from another machine ..."),
    "uploaded": _("{n} files were taken over. What was here under the same name is kept beside it."),
    "not_file": _(
        "“{name}” in this file is no notebook, table, page or answer of this course, or is damaged. Nothing was taken over."
    ),
    "no_room": _("This browser has no room left for it. Nothing was taken over."),
    "full": _(
        "This browser has no room left: your last answers are not stored. Download your work now. Then make room on this "
        "computer, and go on: what is missing is stored with your next answer."
    ),
    "renewed": _(
        "The course has been renewed on its site while you work. You can finish this lesson as it is; the new edition comes "
        "when the page is loaded again. Your answers stay."
    ),
    "reload": _("Save and load again"),
    "later": _("Not now"),
    "not_work": _("This is no file of work from this course."),
    "nothing": _("There is nothing to download yet: no answer was given in this browser."),
    "reset": _("Reset a lesson ..."),
    "reset_sure": _("Bring back {title} as it came? Your notebook and your answers are kept beside it."),
    "reset_done": _("The lesson is as it came. Your notebook and your answers are kept beside it."),
    "reset_none": _("There is nothing of this lesson in this browser, so it is as it came."),
}
"""What the browser says, by key; rendered in every language into the pages."""


def texts(language: str, **values: Any) -> dict[str, str]:
    """The texts in one language, with ``{names}`` that the browser fills in left standing."""
    return {key: _in(language, text) for key, text in TEXTS.items()}


def _in(language: str, text: str) -> str:
    set_language(language)
    try:
        return tr(text)
    finally:
        set_language(None)


def write(site: Path, apps: dict[str, str], theirs: str, first: dict[str, int], rest: dict[str, int]) -> None:
    """Write the start page, the service worker and our files, and put them into JupyterLite's page of each language.

    ``first`` are the files of Python that are loaded at the start, with their bytes; ``rest`` those that are loaded later.
    """
    target = site / "crmlab"
    target.mkdir(exist_ok=True)
    for name in OURS:
        shutil.copyfile(STATIC / name, target / name)
    shutil.copyfile(POINTS, target / POINTS.name)
    policy = _policy(theirs, "'unsafe-eval' 'wasm-unsafe-eval'")
    for language, app in apps.items():
        page = site / app / "index.html"
        html = _app(
            page.read_text(encoding="utf-8"),
            language,
            policy,
            settings(site, site / app),
            ahead(site, first),
            first,
            rest,
        )
        page.write_text(html, encoding="utf-8")
        shutil.rmtree(site / app / "build")  # of JupyterLite's own build
        _moved(site / app.replace("notebooks", "lab", 1))
    # Pages that only lead on, by a script that is written in them.
    shutil.rmtree(site / "doc")
    for name in (
        *(f"{folder}{file}" for folder in ("", *(f"{app}/" for app in apps.values())) for file in SETTINGS),
        *UNUSED,
    ):
        (site / name).unlink()
    (site / "index.html").write_text(start(apps, first, ahead(site, first)), encoding="utf-8")
    worker = site / "service-worker.js"
    kept = (STATIC / "cache.js").read_text(encoding="utf-8").replace("POLICY", policy)
    worker.write_text(worker.read_text(encoding="utf-8") + "\n" + kept, encoding="utf-8")
    (site / "_headers").write_text(f"/*\n  Content-Security-Policy: {FRAMES}\n", encoding="utf-8")


SETTINGS = ("jupyter-lite.json", "jupyter-lite.ipynb")
"""Where JupyterLite writes settings; they are put into the pages."""
UNUSED = ("bootstrap.js", "config-utils.js")
FRAMES = "frame-ancestors 'self'"
"""What a page cannot say itself, and a server must: who may show the site in a frame."""


def _moved(folder: Path) -> None:
    """A page where the lessons were until they had a page of their own: it leads on to them."""
    folder.mkdir()
    html = f'<!DOCTYPE html>\n<html><head><meta charset="utf-8">{_meta(_policy("", ""))}<title>crmlab</title>'
    (folder / "index.html").write_text(f'{html}<script src="../crmlab/moved.js"></script></head></html>\n', "utf-8")


def settings(site: Path, app: Path) -> dict[str, Any]:
    """JupyterLite's settings of the whole site and of one of its pages, together as its own config-utils.js would put them."""
    found: dict[str, Any] = {}
    for folder in (site, app):
        data = json.loads((folder / SETTINGS[0]).read_text(encoding="utf-8"))["jupyter-config-data"]
        for key, value in data.items():
            if key in ("disabledExtensions", "federated_extensions"):
                found[key] = [*found.get(key, []), *value]
            elif key in ("litePluginSettings", "settingsOverrides"):
                for plugin, its in value.items():
                    found.setdefault(key, {}).setdefault(plugin, {}).update(its)
            else:
                found[key] = value
    return found


def ahead(site: Path, first: dict[str, int]) -> list[str]:
    """What a lesson loads, as far as it lies in the site, for the start page to fetch ahead: Python, and the large scripts."""
    python = [path for path in site.glob("static/pyodide-*/*") if path.name in first]
    scripts = [path for path in site.glob("build/*.js") if path.stat().st_size > 100_000]
    return [path.relative_to(site).as_posix() for path in [*sorted(python), *sorted(scripts)]]


def _policy(theirs: str, evaluated: str) -> str:
    """What a page may load and run. JupyterLite makes functions from the schemas of its settings, so that it does not start
    without ``'unsafe-eval'``; scripts that are written in a page run nowhere."""
    other = " " + "/".join(theirs.split("/")[:3]) if theirs else ""
    scripts = " ".join(filter(None, ("'self'", evaluated))) + other
    return (
        f"default-src 'self'; script-src {scripts}; worker-src 'self'; connect-src 'self' data: blob:{other}; "
        "img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; font-src 'self' data:; object-src 'none'; "
        "base-uri 'self'; form-action 'self'"
    )


def _data(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False).replace("<", "\\u003c")


def _app(
    html: str,
    language: str,
    policy: str,
    data: dict[str, Any],
    ahead: list[str],
    first: dict[str, int],
    rest: dict[str, int],
) -> str:
    """JupyterLite's own page with its settings in it and our scripts, and without the ones that are written in it."""
    lessons = [outline.path(one, language) for one in there()]
    told = {"language": language, "texts": texts(language), "bytes": first, "later": rest, "lessons": lessons, "worked": True}
    scripts = [
        f"../crmlab/{name}"
        for name in ("points.js", "work.js", "storage.js", "app.js", "guard.js", "begin.js", "ahead.js")
    ]
    python = [f"../{name}" for name in ahead if name.startswith("static/")]
    main = re.search(r'"(\.\./build/notebooks/bundle\.js[^"]*)"', html)
    style = re.search(r"<style>.*?</style>", html, re.DOTALL)
    body = re.search(r"<body.*</body>", html, re.DOTALL)
    if main is None or style is None or body is None or "<script" in body[0]:
        raise Missing("The page of this JupyterLite is not the one that the site is made for.")
    head = (
        f'<meta charset="utf-8">{_meta(policy)}<title>crmlab</title>'
        '<link rel="manifest" href="../manifest.webmanifest"><link rel="icon" href="favicon.ico">'
        f'{style[0]}<link rel="stylesheet" href="../crmlab/app.css">'
        f'<script id="jupyter-config-data" type="application/json" data-jupyter-lite-root="..">{_data(data)}</script>'
        f'<script id="crmlab-told" type="application/json">{_data(told)}</script>'
        f'<script id="crmlab-ahead" type="application/json" data-lesson>{_data(python)}</script>'
        + "".join(f'<script src="{name}" defer></script>' for name in [*scripts, main[1]])
    )
    return f'<!DOCTYPE html>\n<html lang="{LANGUAGES[language].tag}"><head>{head}</head>{body[0]}</html>\n'


def _meta(policy: str) -> str:
    return (
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
    )


def start(apps: dict[str, str], first: dict[str, int], ahead: list[str], *, package: bool = False) -> str:
    """The start page; in a ``package`` for a learning management system results are reported, and there is no worked edition.

    ``first`` are the bytes of what Python loads at the start, ``ahead`` the files that the page fetches meanwhile.
    """
    policy = _policy("", "")
    told: dict[str, Any] = {"texts": {one: texts(one) for one in LANGUAGES}, "lessons": {}, "apps": apps}
    told["tags"] = {code: one.tag for code, one in LANGUAGES.items()}
    sections = ""
    for language in LANGUAGES:
        set_language(language)
        try:
            told["lessons"][language] = [_lesson(one, language) for one in there()]
            sections += _section(language, apps[language], round(sum(first.values()) / 1e6), package)
        finally:
            set_language(None)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f"{_meta(policy)}<title>crmlab</title>"
        '<link rel="icon" href="notebooks/favicon.ico"><link rel="stylesheet" href="crmlab/start.css">'
        f'<script id="crmlab-told" type="application/json">{_data(told)}</script>'
        f'<script id="crmlab-ahead" type="application/json">{_data(ahead)}</script>'
        + "".join(
            f'<script src="crmlab/{name}" defer></script>' for name in ("points.js", "work.js", "start.js", "ahead.js")
        )
        + "</head><body>"
        f"{_choice()}{_alone()}{sections}</body></html>\n"
    )


def _choice() -> str:
    """The buttons for the language, each in its own."""
    label = " / ".join(_in(code, _("Language")) for code in LANGUAGES)
    buttons = "".join(
        f'<button type="button" data-language="{code}">{escape(one.name)}</button>' for code, one in LANGUAGES.items()
    )
    return f'<nav aria-label="{escape(label)}">{buttons}</nav>'


def _alone() -> str:
    """What stands there until the page's script runs: it does not where the file was opened without a server."""
    how = _(
        "If this does not go away, the page was opened as a file, or scripts are switched off. It needs a web server, and the "
        "one in Python will do: run “python3 -m http.server” in this folder, then open http://127.0.0.1:8000 in the browser."
    )
    return (
        '<div id="alone">'
        + "".join(f'<p lang="{LANGUAGES[one].tag}">{escape(_in(one, how))}</p>' for one in LANGUAGES)
        + "</div>"
    )


def _lesson(one: lessons.Lesson, language: str) -> dict[str, Any]:
    shown = outline.lesson(one, language)
    return {key: shown[key] for key in ("number", "title", "path", "points")}


def _section(language: str, app: str, megabytes: int, package: bool) -> str:
    units = ""
    for unit, name in lessons.units().items():
        mine = [one for one in there() if one.unit_number == unit]
        if not mine:
            continue
        items = "".join(
            f'<li><a href="{app}/index.html?path={outline.path(one, language)}" data-lesson="{one.number}">'
            f"{escape(one.title())}</a> <small>{escape(tr(TEXTS['minutes'], minutes=lessons.minutes(one)))}</small> "
            f'<span class="points" data-points="{one.number}"></span></li>'
            for one in mine
        )
        units += f"<section><h2>{unit} {escape(tr(name))}</h2><ul>{items}</ul></section>"
    what = tr(
        _(
            "A training course for people who sell: which customers to call, whom to qualify, how to answer a complaint, how "
            "to measure satisfaction. With real data, and with exercises that say what is right, what is not yet, and why. "
            "Everything can be done by clicking."
        )
    )
    shown = there()
    minutes = sum(map(lessons.minutes, shown))
    long = (
        tr(
            _("{lessons} lessons, about {hours} hours together; take them in any order, in as many sittings as you like."),
            lessons=len(shown),
            hours=round(minutes / 60),
        )
        if minutes >= 120
        else tr(_("Lessons: {lessons}, {minutes} minutes together; take them in any order."), lessons=len(shown), minutes=minutes)
    )
    how = tr(
        _(
            "Nothing is installed: the course runs in this browser, on a computer or on a phone. Your answers stay in it, and your "
            "learning platform is told your points and keeps a copy of your answers. The first start loads {megabytes} MB, which "
            "takes up to {seconds} seconds; after that a lesson opens sooner."
        )
        if package
        else _(
            "Nothing is installed and nothing is sent: the course runs in this browser, on a computer or on a phone, and your "
            "answers stay in it. The first start loads {megabytes} MB, which takes up to {seconds} seconds; after that a "
            "lesson opens sooner, and without a network, too."
        ),
        megabytes=megabytes,
        seconds=FIRST_START,
    )
    worked = "" if package else f'<p class="tools"><label><input type="checkbox" data-do="worked" autocomplete="off"> {escape(tr(TEXTS["worked"]))}</label></p>'
    return (
        f'<main lang="{LANGUAGES[language].tag}" data-language="{language}" hidden><h1>{escape(tr(_("Customer relationships for people who sell")))}</h1>'
        f'<p>{escape(what)}</p><p class="trouble" role="alert" hidden></p><p><a class="continue" hidden></a></p>'
        f'<p class="how">{escape(how)}</p><p class="how">{escape(long)}</p><div class="units">{units}</div>'
        f"{worked}<h2>{escape(tr(_('My work')))}</h2>"
        f'<p class="tools"><button type="button" data-do="download">{escape(tr(TEXTS["download"]))}</button>'
        f'<button type="button" data-do="upload">{escape(tr(TEXTS["upload"]))}</button>'
        f'<select data-do="reset" aria-label="{escape(tr(TEXTS["reset"]))}"><option value="">{escape(tr(TEXTS["reset"]))}</option>'
        + "".join(f'<option value="{one.number}">{escape(one.title())}</option>' for one in there())
        + "</select></p>"
        '<p class="said" role="status"></p></main>'
    )
