"""The course as a static site: JupyterLite with Pyodide, crmlab and its lessons, on any host or a memory stick.

:mod:`crmlab.lite.build` makes the site, :mod:`crmlab.lite.serve` shows it on this computer; ``static/`` is what the browser
runs besides JupyterLite, :mod:`crmlab.lite.changes` what is changed in JupyterLite itself. ``deploy/lite/README.md`` says how
it is put on a host.
"""
