// What comes with a notebook must not become code of the page because it is opened: JupyterLab runs the outputs of trusted
// cells and shows the widgets of a file, and JupyterLite believes what the file says of itself.
(function () {
  'use strict';
  function opened(model) {
    const content = model && model.content;
    if (!content || typeof content !== 'object' || !Array.isArray(content.cells)) return model;
    for (const cell of content.cells) if (cell && cell.metadata) delete cell.metadata.trusted;
    if (content.metadata) delete content.metadata.widgets;
    return model;
  }

  function watch(contents) {
    const get = contents.get.bind(contents);
    const save = contents.save.bind(contents);
    contents.get = async (path, options) => opened(await get(path, options));
    contents.save = async (path, options) => {
      let model;
      try {
        model = await save(path, options);
      } catch (error) {
        if (options && options.type === 'notebook') window.crmlabStorage.full(path, JSON.stringify(options.content));
        throw error;
      }
      if (options && options.type === 'notebook') window.crmlabStorage.stored(path);
      return model;
    };
  }

  // JupyterLite shows its application before it starts it.
  let app;
  Object.defineProperty(window, 'jupyterapp', {
    configurable: true,
    get: () => app,
    set: (value) => {
      app = value;
      watch(value.serviceManager.contents);
    },
  });
})();
