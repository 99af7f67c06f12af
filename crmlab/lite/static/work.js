// A trainee's work in this browser: read from where JupyterLite keeps files, taken along as one JSON file, brought back.
(function () {
  'use strict';
  const MINE = /^notebooks\/[a-z]{2}\/([^/]+\/)?[^/]+$/;

  // JupyterLite keeps its files with localforage: one database a site, a table "files", an entry a path.
  const base = new URL('.', location.href).pathname.replace(/\/$/, '') + '/';
  const NAME = `JupyterLite Storage - ${base}`;

  const open = () =>
    new Promise((resolve, reject) => {
      const asked = indexedDB.open(NAME);
      asked.onerror = () => reject(asked.error);
      asked.onsuccess = () => resolve(asked.result);
    });
  const asked = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });

  async function table(mode, work) {
    const database = await open();
    try {
      if (!database.objectStoreNames.contains('files')) return null;
      return await work(database.transaction('files', mode).objectStore('files'));
    } finally {
      database.close();
    }
  }

  async function all() {
    const found = {};
    await table('readonly', async (files) => {
      const [keys, values] = await Promise.all([asked(files.getAllKeys()), asked(files.getAll())]);
      keys.forEach((key, place) => {
        if (values[place] && values[place].type !== 'directory') found[key] = values[place];
      });
    });
    return found;
  }

  const text = (model) => {
    if (model.content === null || model.content === undefined) return '';
    if (typeof model.content !== 'string') return JSON.stringify(model.content);
    return model.format === 'base64' ? new TextDecoder().decode(Uint8Array.from(atob(model.content), (c) => c.charCodeAt(0))) : model.content;
  };

  // The same form as `crmlab work export` writes: path below the course's folder, and the text of the file.
  async function pack() {
    const found = await all();
    const files = {};
    for (const [path, model] of Object.entries(found)) if (MINE.test(path)) files[path] = text(model);
    return { kind: 'crmlab work', format: 1, files };
  }

  async function unpack(work) {
    if (!work || work.kind !== 'crmlab work' || typeof work.files !== 'object') throw new Error('not work');
    const paths = Object.keys(work.files).filter((path) => MINE.test(path) && !path.includes('..') && typeof work.files[path] === 'string');
    const before = await all();
    const now = new Date().toISOString();
    const models = {};
    for (const path of paths) {
      const old = before[path];
      if (old && text(old) !== work.files[path]) models[beside(path, { ...before, ...models })] = old;
      const notebook = path.endsWith('.ipynb');
      models[path] = {
        created: now, last_modified: now, writable: true, mimetype: notebook ? 'application/json' : 'text/plain',
        type: notebook ? 'notebook' : 'file', format: notebook ? 'json' : 'text',
        content: notebook ? JSON.parse(work.files[path]) : work.files[path], size: work.files[path].length,
      };
    }
    await write(models);
    return paths.length;
  }

  const beside = (path, there) => {
    const [, stem, end] = path.match(/^(.*?)(\.[^./]+)?$/);
    for (let number = 1; ; number += 1) {
      const name = `${stem}.older-${number}${end || ''}`;
      if (!(name in there)) return name;
    }
  };

  async function write(models, gone) {
    let database = await open();
    if (!database.objectStoreNames.contains('files')) {
      // JupyterLite has never run here: make the table in the way in which it will find it.
      const version = database.version + 1;
      database.close();
      database = await new Promise((resolve, reject) => {
        const request = indexedDB.open(NAME, version);
        request.onupgradeneeded = () => request.result.createObjectStore('files');
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    }
    try {
      const transaction = database.transaction('files', 'readwrite');
      const files = transaction.objectStore('files');
      for (const [path, model] of Object.entries(models)) files.put({ ...model, path, name: path.split('/').pop() }, path);
      for (const path of gone || []) files.delete(path);
      await new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onerror = () => reject(transaction.error);
        transaction.onabort = () => reject(transaction.error);
      });
    } finally {
      database.close();
    }
  }

  // A lesson as it came: the notebook and the answers are kept under a name beside them.
  async function reset(notebook) {
    const found = await all();
    const models = {};
    const gone = [notebook, notebook.replace(/\.ipynb$/, '.json')].filter((path) => path in found);
    for (const path of gone) models[beside(path, { ...found, ...models })] = found[path];
    if (gone.length) await write(models, gone);
    return gone.length;
  }

  window.crmlabWork = { all, text, pack, unpack, reset };
})();
