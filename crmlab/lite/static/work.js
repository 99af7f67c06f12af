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

  // -- handing in: the same file as crmlab/app/hand_in.py makes ---------------------------------------------------------------
  const HANDED = /^notebooks\/([a-z]{2})\/(?!9-)([0-9]+-[a-z0-9-]+)\/([^/]+)\.(ipynb|json)$/;
  const lines = (content) => JSON.stringify(content, null, 1) + '\n';
  const isRecord = (value) => Boolean(value) && typeof value === 'object' && !Array.isArray(value);

  // The answers of a lesson without the values of those about the trainee's own file; empty if there are none.
  function answersOf(words) {
    const content = JSON.parse(words);
    if (!isRecord(content) || !isRecord(content.exercises)) throw new Error('no answers');
    for (const record of Object.values(content.exercises)) {
      const fields = isRecord(record) && isRecord(record.fields) ? record.fields : {};
      for (const key of Object.keys(fields)) if (key.startsWith('own.')) fields[key] = null;
    }
    return Object.keys(content.exercises).length ? lines(content) : '';
  }

  const cellsOf = (notebook) => JSON.stringify(notebook.cells.map((cell) => [cell.cell_type, [cell.source].flat().join('')]));

  // A notebook in which something was written; empty for one as it came.
  function notebookOf(words, came) {
    const notebook = cleaned(JSON.parse(words));
    return came && cellsOf(came) === cellsOf(notebook) ? '' : lines(notebook);
  }

  // `stored` are the texts of files by path, `came` the lessons as the site has them, by the path of the notebook.
  function packHandIn({ name, id, language, course, group = {} }, stored, came, made) {
    const files = {};
    for (const [path, words] of Object.entries(stored)) {
      const known = path.replace(/\.json$/, '.ipynb') in came;
      if (!takes(path) || !HANDED.test(path) || !known) continue;
      try {
        const kept = path.endsWith('.json') ? answersOf(words) : notebookOf(words, came[path]);
        if (kept) files[path] = kept.replace(/\p{Cs}/gu, '\ufffd');
      } catch (error) {
        // Damaged: it stays here, and the others are handed in.
      }
    }
    const about = { class: group.name || '', number: group.number ?? null, language, course, made, files };
    return lines({ kind: 'crmlab hand-in', format: 1, name: plain(name), id: plain(id), ...about });
  }

  const plain = (words) => [...words.replace(/\s+/gu, ' ').replace(/\p{C}/gu, '').normalize('NFC').trim()].slice(0, 80).join('').trim();

  // As crmlab.app.hand_in.file_name.
  function handInName(name, id) {
    const ends = /^[ .]+|[ .]+$/g;
    const parts = [name, id].map((one) => plain(one).replace(/[/\\<>:"|?*]/g, '_').replace(ends, '')).filter(Boolean);
    let stem = parts.join('-');
    while (bytes(stem) > 180) stem = [...stem].slice(0, -1).join('');
    stem = stem.replace(ends, '') || 'hand-in';
    return `${/^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i.test(stem) ? '_' : ''}${stem}.handin.json`;
  }

  async function handIn(who) {
    const stored = {};
    for (const [path, model] of Object.entries(await all())) stored[path] = text(model);
    Object.assign(stored, window.crmlabStorage ? window.crmlabStorage.unsaved : {});
    const told = JSON.parse(document.getElementById('jupyter-config-data').textContent).crmlab;
    const came = {};
    const ours = Object.values(told.course).flatMap((course) => course.lessons);
    for (const { path } of ours) {
      const answer = path in stored && (await fetch(`../files/${path}`).catch(() => null));
      came[path] = answer && answer.ok ? await answer.json() : null;
    }
    const file = packHandIn(who, stored, came, new Date().toISOString().replace(/\.\d+Z$/, '+00:00'));
    const { files } = JSON.parse(file);
    const handed = ours.filter(({ path }) => path in files || path.replace(/\.ipynb$/, '.json') in files);
    return { file: handInName(who.name, who.id), text: file, lessons: handed.map((one) => one.number) };
  }

  // A notebook as it is brought along, without what would show, or run, when it is opened.
  function cleaned(notebook) {
    if (!isRecord(notebook) || !Array.isArray(notebook.cells) || !notebook.cells.every(isRecord)) throw new Error('no notebook');
    for (const cell of notebook.cells) {
      if (isRecord(cell.metadata)) delete cell.metadata.trusted;
      if (cell.cell_type === 'code') Object.assign(cell, { outputs: [], execution_count: null });
      else delete cell.outputs;
    }
    if (isRecord(notebook.metadata)) delete notebook.metadata.widgets;
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

  window.crmlabWork = { all, everything, text, lay, replace, takes, pack, download, unpack, reset, cleaned, note, blocked, last, points, handIn, packHandIn, handInName };
})();
