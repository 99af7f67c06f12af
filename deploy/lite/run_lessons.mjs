// Run every code cell of every lesson under Pyodide, without a browser: node run_lessons.mjs SITE [solutions/en notebooks/zh/2-classification/3-rfm ...]
// Without names of folders or lessons all editions in all languages.
// Prints a line of JSON for each notebook: edition, language, lesson, points by exercise, seconds, and what went wrong.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

// As the kernel's worker starts Python: with what stands in a page of the site, and through image.js.
const site = path.resolve(process.argv[2]);
const html = (name) => (existsSync(path.join(site, name, 'index.html')) ? readFileSync(path.join(site, name, 'index.html'), 'utf8') : '');
const written = /<script id="jupyter-config-data"[^>]*>(.*?)<\/script>/;
const settings = readdirSync(site).map((name) => written.exec(html(name))).find(Boolean)[1];
const told = JSON.parse(settings).litePluginSettings['@jupyterlite/pyodide-kernel-extension:kernel'];
const folder = path.join(site, path.dirname(told.pyodideUrl));
const { loadPyodide } = await import(pathToFileURL(path.join(folder, 'pyodide.mjs')));
const fetched = globalThis.fetch;
globalThis.fetch = async (url) => (url.protocol === 'file:' ? new Response(readFileSync(fileURLToPath(url))) : await fetched(url));
const image = new URL('../../crmlab/lite/static/image.js', import.meta.url);
const load = (0, eval)(readFileSync(fileURLToPath(image), 'utf8'));
const options = { ...told.loadPyodideOptions };
for (const name of Object.keys(options)) if (name.endsWith('URL')) options[name] = path.join(site, options[name]);
const begun = Date.now();
const python = await load((more) => loadPyodide({ ...more, indexURL: folder }), { ...options, indexURL: `${pathToFileURL(folder)}/` });
console.log(JSON.stringify({ started: (Date.now() - begun) / 1000 }));
python.globals.set('FOLDERS', python.toPy(process.argv.slice(3)));
await python.runPythonAsync(`
import ast, builtins, contextlib, io, json, os, sys, time, types, warnings
import pyodide_js
os.environ["MPLBACKEND"] = "agg"
from crmlab import places
from crmlab.course import lessons
from crmlab.course.widgets.shown import Shown, Viewed
from crmlab.lite import later

later.watch()  # as the kernel does
asked = set()
find = builtins.__import__

def watched(name, names=None, *more, **others):
    """A package that is loaded later must have been asked for by the lesson itself, not by one that ran before it."""
    top = name.split(".")[0]
    if top in later.LATER and top not in asked and str((names or {}).get("__name__")).startswith("crmlab"):
        raise ImportError(f"{top} was not loaded for this lesson")
    return find(name, names, *more, **others)

builtins.__import__ = watched

async def run(path):
    points, main = {}, types.ModuleType("__main__")
    sys.modules["__main__"], names = main, vars(main)
    asked.clear()
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        source = "".join(cell["source"])
        asked.update(later.wanted(source, names))
        await pyodide_js.loadPackagesFromImports(source)  # as the kernel does before each cell
        tree = ast.parse(source)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, str(path), "exec"), names)
        value = eval(compile(ast.Expression(last.value), str(path), "eval"), names) if last else None
        if isinstance(value, Shown) and (value._made is None or value._made.lesson):  # a rehearsal is of no lesson
            points[value.feedback.exercise] = float(repr(value))
            value._repr_html_()
        elif isinstance(value, Viewed):  # it is computed and drawn when it is shown
            value._repr_html_()
    return points

for edition, top in (("notebooks", places.notebooks()), ("solutions", places.solutions())):
    for lesson in lessons.every():
        for language in ("en", "zh"):
            if FOLDERS and not {f"{edition}/{language}", f"{edition}/{language}/{lesson.unit}/{lesson.slug}"} & set(FOLDERS):
                continue
            here = f"/course/{edition}/{language}/{lesson.unit}"
            os.makedirs(here, exist_ok=True)
            os.chdir(here)
            said, begun, fault, points = io.StringIO(), time.time(), "", {}
            try:
                with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
                    warnings.simplefilter("error")
                    warnings.simplefilter("ignore", DeprecationWarning)  # scipy's own, on import; Python hides it, too
                    points = await run(top / language / lesson.unit / f"{lesson.slug}.ipynb")
            except BaseException as error:
                fault = f"{type(error).__name__}: {error}"
            if "matplotlib.pyplot" in sys.modules:
                sys.modules["matplotlib.pyplot"].close("all")
            print(json.dumps({"edition": edition, "language": language, "lesson": lesson.number, "points": points,
                              "stderr": said.getvalue(), "fault": fault, "seconds": round(time.time() - begun, 2)}))
`);
