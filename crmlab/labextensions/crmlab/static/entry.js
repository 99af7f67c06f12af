// A JupyterLab extension as JupyterLab loads it, written by hand: there is nothing to build and nothing to download.
// Each part is a module beside this file with a function `activate(app)`.
(function () {
  'use strict';
  const here = document.currentScript.src;
  const PARTS = ['names', 'lesson', 'below', 'reading', 'prose', 'page', 'upload', 'slides'];

  const plugin = (name) => ({
    id: `crmlab:${name}`,
    autoStart: true,
    activate: async (app) => {
      (await import(new URL(`./${name}.js`, here).href)).activate(app);
    }
  });

  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB['crmlab'] = {
    init: () => Promise.resolve(),
    get: () => Promise.resolve(() => ({ __esModule: true, default: PARTS.map(plugin) }))
  };
})();
