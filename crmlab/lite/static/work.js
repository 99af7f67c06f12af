// A trainee's work in this browser: read from where JupyterLite keeps files, taken along as one JSON file, brought back.
(function () {
  'use strict';
  // What a trainee's file may be called, as in crmlab/app/work.py: nothing that could be imported, or be read by what starts.
  const CHARACTER = '[^/\\\\<>:"|?*\\x00-\\x1f\\x7f]';
  const MINE = new RegExp(`^notebooks/[a-z]{2}/([0-9]+-[a-z0-9-]+/)?(?![. ])${CHARACTER}+\\.(ipynb|json|csv|html)$`);
  const OWN = /^notebooks\/[^/]+\/9-own\/.*\.(csv|html)$/; // about the trainee's own customers: never taken along
  const DEVICE = /\/(con|prn|aux|nul|com[0-9]|lpt[0-9])\./i; // no file on Windows
  const LONGEST = 240; // bytes of a name
  const DEEPEST = 100; // lists and records within each other
  const bytes = (words) => new TextEncoder().encode(words).length;
  const takes = (path) => MINE.test(path) && !DEVICE.test(path) && !/\p{Cs}/u.test(path) && bytes(path.split('/').pop()) <= LONGEST;

  // JupyterLite keeps its files with localforage: one database a site, a table "files", an entry a path.
  const NAME = `JupyterLite Storage - ${new URL('..', document.currentScript.src).pathname}`;

  const asked = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });

  // JupyterLite may never have run here: the table is made in the way in which it will find it.
  async function open(make) {
    const database = await asked(indexedDB.open(NAME));
    if (!make || database.objectStoreNames.contains('files')) return database;
    const version = database.version + 1;
    database.close();
    const request = indexedDB.open(NAME, version);
    request.onupgradeneeded = () => request.result.createObjectStore('files');
    return await asked(request);
  }

  // One transaction: all of it holds, or nothing. What is done in it may wait only for requests of the table.
  async function table(mode, deed) {
    const database = await open(mode === 'readwrite');
    try {
      if (!database.objectStoreNames.contains('files')) return await deed(null);
      const transaction = database.transaction('files', mode, { durability: 'strict' });
      const done = new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onerror = transaction.onabort = () => reject(transaction.error || new DOMException('', 'AbortError'));
      });
      done.catch(() => null);
      let result;
      try {
        result = await deed(transaction.objectStore('files'));
      } catch (error) {
        try {
          transaction.abort();
        } catch (ended) {
          // The browser has done so already.
        }
        throw error;
      }
      await done;
      return result;
    } finally {
      database.close();
    }
  }

  async function found(files) {
    if (!files) return {};
    const [keys, values] = await Promise.all([asked(files.getAllKeys()), asked(files.getAll())]);
    return Object.fromEntries(keys.map((key, place) => [key, values[place]]).filter(([, model]) => model));
  }

  async function all() {
    const models = await table('readonly', found);
    return Object.fromEntries(Object.entries(models).filter(([, model]) => model.type !== 'directory'));
  }

  // Notes of others in the same table included, folders as well.
  const everything = () => table('readonly', found);

  const text = (model) => {
    if (model.content === null || model.content === undefined) return '';
    if (typeof model.content !== 'string') return JSON.stringify(model.content);
    return model.format === 'base64' ? new TextDecoder().decode(Uint8Array.from(atob(model.content), (c) => c.charCodeAt(0))) : model.content;
  };

  // The same form as `crmlab work export` writes: path below the course's folder, and the text of the file. `newer` is what the
  // storage had no room for, by path.
  async function pack(newer = {}) {
    const files = {};
    for (const [path, model] of Object.entries(await all().catch(() => ({})))) if (takes(path) && !OWN.test(path)) files[path] = text(model);
    return { kind: 'crmlab work', format: 1, files: { ...files, ...newer } };
  }

  async function download(newer) {
    const work = await pack(newer);
    if (!Object.keys(work.files).length) return false;
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([JSON.stringify(work, null, 1)], { type: 'application/json' }));
    link.download = 'crmlab-work.json';
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    return true;
  }

  // A notebook as it is brought along, without what would show, or run, when it is opened.
  function cleaned(notebook) {
    const isObject = (value) => Boolean(value) && typeof value === 'object' && !Array.isArray(value);
    if (!isObject(notebook) || !Array.isArray(notebook.cells) || !notebook.cells.every(isObject)) throw new Error('no notebook');
    for (const cell of notebook.cells) {
      if (isObject(cell.metadata)) delete cell.metadata.trusted;
      if (cell.cell_type === 'code') Object.assign(cell, { outputs: [], execution_count: null });
      else delete cell.outputs;
    }
    if (isObject(notebook.metadata)) delete notebook.metadata.widgets;
    return notebook;
  }

  function deep(value) {
    let level = [value];
    for (let depth = 0; level.length; depth += 1) {
      if (depth > DEEPEST) return true;
      level = level.flatMap((one) => (one && typeof one === 'object' ? Object.values(one) : []));
    }
    return false;
  }

  // Everything in the file is taken over, or nothing: an error names what is not as it should be.
  async function unpack(work) {
    const files = work && work.kind === 'crmlab work' && work.files;
    if (!files || typeof files !== 'object' || Array.isArray(files) || (work.format ?? 1) !== 1) throw new Error('not work');
    const refuse = (path) => Object.assign(new Error('not taken over'), { path: path.slice(0, 80).replace(/[\p{Cc}\p{Cs}]/gu, '?') });
    const now = new Date().toISOString();
    const fresh = {};
    for (const [path, given] of Object.entries(files)) {
      if (!takes(path) || typeof given !== 'string') throw refuse(path);
      const content = given.replace(/\p{Cs}/gu, '\ufffd'); // halves of characters
      const common = { created: now, last_modified: now, writable: true, size: bytes(content) };
      fresh[path] = { ...common, mimetype: 'text/plain', type: 'file', format: 'text', content };
      if (!path.endsWith('.ipynb')) continue;
      try {
        const notebook = JSON.parse(content);
        if (deep(notebook)) throw new Error('too deep');
        Object.assign(fresh[path], { mimetype: 'application/json', type: 'notebook', format: 'json', content: cleaned(notebook) });
      } catch (error) {
        throw refuse(path);
      }
    }
    return await table('readwrite', async (store) => {
      const there = await found(store);
      for (const path of Object.keys(fresh)) {
        const isFolder = (there[path] || {}).type === 'directory' || Object.keys(there).some((other) => other.startsWith(`${path}/`));
        const inFile = Object.keys(there).some((other) => path.startsWith(`${other}/`) && there[other].type !== 'directory');
        if (isFolder || inFile) throw refuse(path);
      }
      for (const [path, model] of Object.entries(fresh)) {
        if (there[path] && text(there[path]) !== text(model)) keep(store, there, path);
        put(store, path, model);
      }
      return Object.keys(fresh).length;
    });
  }

  const put = (store, path, model) => store.put({ ...model, path, name: path.split('/').pop() }, path);

  // What is there under a name is kept under one beside it.
  function keep(store, there, path) {
    const [, stem, end] = path.match(/^(.*?)(\.[^./]+)?$/);
    let number = 1;
    while (`${stem}.older-${number}${end || ''}` in there) number += 1;
    const name = `${stem}.older-${number}${end || ''}`;
    there[name] = there[path];
    put(store, name, there[path]);
  }

  // Answers put in the place of those that are there. What stands in `beside` is kept beside them, unless it is already.
  async function lay(fresh, beside) {
    const now = new Date().toISOString();
    const model = (content) => ({ created: now, last_modified: now, writable: true, size: bytes(content), mimetype: 'application/json', type: 'file', format: 'text', content });
    if (!Object.keys({ ...fresh, ...beside }).length) return;
    await table('readwrite', async (store) => {
      const there = await found(store);
      for (const [path, content] of Object.entries(beside)) {
        const stem = `${path.replace(/\.json$/, '')}.older-`;
        const kept = Object.keys(there).some((name) => name.startsWith(stem) && text(there[name]) === content);
        if (!kept) keep(store, { ...there, [path]: model(content) }, path);
      }
      for (const [path, content] of Object.entries(fresh)) put(store, path, model(content));
    });
  }

  // All that is in the table, and nothing else from then on.
  const replace = (models) =>
    table('readwrite', async (store) => {
      store.clear();
      for (const [path, model] of Object.entries(models)) put(store, path, model);
    });

  // A lesson as it came: the notebook and the answers are kept under a name beside them.
  async function reset(notebook) {
    return await table('readwrite', async (store) => {
      const there = await found(store);
      const gone = [notebook, notebook.replace(/\.ipynb$/, '.json')].filter((path) => path in there);
      for (const path of gone) {
        keep(store, there, path);
        store.delete(path);
      }
      return gone.length;
    });
  }

  // Small notes, such as the language. They may be missing or damaged, and nothing depends on them.
  function note(key, value) {
    try {
      localStorage.setItem(key, value);
    } catch (error) {
      // There is no room for it.
    }
  }

  // Whether the browser keeps anything at all for this page: one that only has no room left does.
  function blocked() {
    try {
      localStorage.setItem('crmlab-try', '1');
      localStorage.removeItem('crmlab-try');
    } catch (error) {
      let any = 0;
      try {
        any = localStorage.length;
      } catch (denied) {
        // Not even that is told.
      }
      return !any;
    }
    return !window.indexedDB;
  }

  // The lesson that was open last, if that can be read.
  function last() {
    try {
      const kept = JSON.parse(localStorage.getItem('crmlab-last'));
      return kept && typeof kept.path === 'string' && typeof kept.language === 'string' ? kept : null;
    } catch (error) {
      return null;
    }
  }

  // Points of a file of answers; null where it is none.
  function points(model) {
    const found = crmlabPoints.records(text(model));
    return found && crmlabPoints.reached(found);
  }

  window.crmlabWork = { all, everything, text, lay, replace, takes, pack, download, unpack, reset, cleaned, note, blocked, last, points };
})();
