"""What is changed in the code of JupyterLite and of its kernel: by exact text, so that another version is noticed."""

from __future__ import annotations

from pathlib import Path

from crmlab.lite.wheels import Missing

_BUILD = "build/*.js"
_KERNEL = "extensions/@jupyterlite/pyodide-kernel-extension/static/*.js"
_WORKER = "service-worker.js"

_RAISE = "((a,b)=>{if(a&&a.crmlabError)throw new b.FS.ErrnoError(b.ERRNO_CODES[a.crmlabError]);return a})"
_NUMBER = (
    "t=>({crmlabError:/quota/i.test(`${t&&t.name} ${t&&t.message}`)?'ENOSPC'"
    ":/^Could not find/.test(t&&t.message)?'ENOENT':'EIO'})"
)

_DIED = 'dispatchEvent(new Event("crmlab-died"))'
_IMAGE = (Path(__file__).parent / "static" / "image.js").read_text("utf-8").split("*/\n")[1].rstrip()

CHANGES: tuple[tuple[str, str, str], ...] = (
    # The kernel loads for every notebook what no lesson uses (SSL, completion by Jedi); and it watches what a cell needs.
    (
        _KERNEL,
        '["ssl","sqlite3","ipykernel","comm","pyodide_kernel","jedi","ipython"]',
        '["ipykernel","comm","pyodide_kernel","ipython"]',
    ),
    (
        _KERNEL,
        '"import pyodide_kernel"',
        '"import pyodide_kernel","from crmlab.lite import later","later.watch()"',
    ),
    # A cell that fails does not take those away that wait behind it: they would never end.
    (_BUILD, '"execute_reply"===e.header.msg_type&&"error"===e.content.status&&h.cancel(),', ""),
    # Python that has stopped for good, or does not start: the page is told (labextensions/crmlab/static/lesson.js).
    (_KERNEL, "_processLogMessage(e){", f"_processLogMessage(e){{/^Pyodide has/.test(e.data)&&{_DIED};"),
    (
        _KERNEL,
        "this._worker=this.initWorker(e),",
        f'this._worker=this.initWorker(e),this._worker.addEventListener("error",()=>{_DIED}),',
    ),
    (_KERNEL, "catch((e=>{this._logger({payload:", f"catch((e=>{{{_DIED},this._logger({{payload:"),
    # Python's packages come with Pyodide, not after it.
    (
        _KERNEL,
        "this._pyodide=await t({indexURL:i,...e.loadPyodideOptions})",
        f"this._pyodide=await({_IMAGE})(t,{{indexURL:i,...e.loadPyodideOptions}})",
    ),
    # What the storage refuses becomes an error in Python, which else would wait for an answer for ever.
    (
        _BUILD,
        "async processDriveRequest(t){switch(t.method){",
        f"async processDriveRequest(t){{return this.crmlabProcess(t).catch({_NUMBER})}}"
        "async crmlabProcess(t){switch(t.method){",
    ),
    (_KERNEL, "return JSON.parse(t.responseText)}", f"return {_RAISE}(JSON.parse(t.responseText),this)}}"),
    (_KERNEL, "return de.processDriveRequest(e)}", f"return {_RAISE}(de.processDriveRequest(e),this)}}"),
    (
        _WORKER,
        "broadcast.postMessage(a),await n}",
        'broadcast.postMessage(a),await(t.pathname.includes("/api/drive")?answered(n):n)}',
    ),
    # Two kernels in one page may ask at once: each request has a name, and each kernel gets its own answer. A page of an
    # older build sends no name back.
    (_WORKER, "const a=await e.json(),n=new", "const a=await e.json();a.crmlab=crypto.randomUUID();const n=new"),
    (
        _WORKER,
        "if(c.browsingContextId!==a.browsingContextId)return;",
        "if(c.browsingContextId!==a.browsingContextId||(c.crmlab&&c.crmlab!==a.crmlab))return;",
    ),
    (
        _BUILD,
        "const{data:t,browsingContextId:s,pathname:r}=e.data;",
        "const{data:t,browsingContextId:s,pathname:r,crmlab:n}=e.data;",
    ),
    (
        _BUILD,
        "this._onStdinMessage(r,t):this._onDriveMessage(t))",
        "this._onStdinMessage(r,t,n):this._onDriveMessage(t,n))",
    ),
    (_BUILD, "this._onDriveMessage=async e=>{const t=", "this._onDriveMessage=async(e,n)=>{const t="),
    (_BUILD, "postMessage({response:t,browsing", "postMessage({response:t,crmlab:n,browsing"),
    (_BUILD, "this._onStdinMessage=async(e,t)=>{", "this._onStdinMessage=async(e,t,n)=>{"),
    (_BUILD, "postMessage({response:e,browsing", "postMessage({response:e,crmlab:n,browsing"),
    # Files that were loaded once are kept: cache.js, which is added to the service worker.
    (_WORKER, "if(!enableCache)return await fetch(t);", "if(!enableCache)return await kept(t,e);"),
    # The lists of lessons are wanted offline, too.
    (_WORKER, 't.pathname.includes("/api/")', '(t.pathname.includes("/api/")&&!t.pathname.includes("/api/contents/"))'),
)
"""Files, the text in them, and what is put in its place."""


def apply(site: Path) -> None:
    """Make the changes in a site that JupyterLite built. Raises :class:`Missing` if one finds no place."""
    texts = {
        path: path.read_text(encoding="utf-8")
        for pattern in dict.fromkeys(pattern for pattern, _theirs, _ours in CHANGES)
        for path in site.glob(pattern)
    }
    before = dict(texts)
    for pattern, theirs, ours in CHANGES:
        places = [path for path in site.glob(pattern) if theirs in texts[path]]
        if not places:
            raise Missing(
                f"{pattern} of this JupyterLite or jupyterlite-pyodide-kernel is not the one that the site is made for."
            )
        for path in places:
            texts[path] = texts[path].replace(theirs, ours)
    for path, text in texts.items():
        if text != before[path]:
            path.write_text(text, encoding="utf-8")
