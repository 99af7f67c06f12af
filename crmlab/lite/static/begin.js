// JupyterLite's settings stand in the page itself, so that a page and its settings are always of one build. Before it starts:
// addresses in them become full ones, as JupyterLite's own config-utils.js makes them.
(function () {
  'use strict';
  const place = document.getElementById('jupyter-config-data');
  const here = location.pathname.replace(/(\/|\/index\.html)?$/, '/');
  const base = new URL(`${place.dataset.jupyterLiteRoot}/`, location.origin + here).pathname;
  const address = (value) => (typeof value === 'string' && value.startsWith('./') ? base + value.slice(2) : value);
  const full = (settings) => {
    for (const [key, value] of Object.entries(settings)) {
      if (key === 'litePluginSettings') Object.values(value).forEach(full);
      else if (key.endsWith('Url') && !/^(licenses|themes)Url$/.test(key)) settings[key] = address(value);
      else if (key.endsWith('Urls') && Array.isArray(value)) settings[key] = value.map(address);
    }
    return settings;
  };
  place.textContent = JSON.stringify(full(JSON.parse(place.textContent)));
})();
