// Added to JupyterLite's service worker: what was loaded once is kept in the browser, so that the next visit loads little,
// and a lesson opens without a network, too; and answers are stored here, in one step each.
const PYTHON = 'crmlab-python'; // names stand for one content for ever: Pyodide's folder has its version, our wheels a digest
const VERSION = ''; // a digest of the site
const PAGES = `crmlab-${VERSION}`; // JupyterLite, our scripts, pages
const tell = new BroadcastChannel('crmlab-loaded');
const coming = new Map(); // what is being fetched: a lesson that is opened while its files are fetched ahead waits for them

async function kept(request, event) {
  const url = new URL(request.url);
  const python = /\/static\/pyodide-[0-9.]+\/|\/pyodide\/v[0-9.]+\/full\//.test(url.href);
  if (request.method !== 'GET' || (url.origin !== location.origin && !python)) return await fetch(request);
  // Folders have a digest of their content in their names: what is found under such a name is of the build that asks for it.
  const fixed = python || /\/(build|extensions|crmlab)-[0-9a-f]{12}\//.test(url.pathname);
  const name = url.pathname.split('/').pop();
  // Pages are kept under their address without what follows "?": that says which lesson is open.
  const key = fixed ? request.url : url.origin + url.pathname;
  while (fixed && coming.has(key)) await coming.get(key);
  const over = fixed ? claimed(key) : () => null;
  const found = fixed && (await caches.match(key).catch(() => null));
  if (found) {
    over();
    if (python) tell.postMessage({ name, done: true });
    return guarded(request, found);
  }
  if (python) tell.postMessage({ name, done: false });
  try {
    const cache = await caches.open(python ? PYTHON : PAGES);
    // A page that the host allows to be kept for some minutes may be older than what it asks for.
    const fresh = await (fixed ? fetch(request) : fetch(request.url, { cache: 'no-cache', redirect: request.redirect }));
    const bytes = Number(fresh.headers.get('content-length')) || 0;
    const done = (fresh.status === 200 ? stored(cache, key, fresh.clone()) : Promise.resolve()).catch(() => null).finally(over);
    // The page need not wait for it: WebAssembly is compiled while it comes.
    event.waitUntil(done.then(() => python && tell.postMessage({ name, done: true, bytes })));
    return guarded(request, fresh);
  } catch (error) {
    over();
    // Else from the build before, whose files are kept as well.
    const older = (await (await caches.open(PAGES)).match(key)) || (await caches.match(key));
    if (older) return guarded(request, older);
    throw error;
  }
}

// Who asks for the same meanwhile waits until this is over.
function claimed(key) {
  let over;
  coming.set(key, new Promise((go) => (over = go)));
  return () => {
    coming.delete(key);
    over();
  };
}

async function stored(cache, key, answer) {
  await cache.put(key, answer);
  // Names with a digest of their content: of each, the one before stays for pages that are still open with it, and no more.
  const stem = (url) => url.replace(/-0?[0-9a-f]{10,12}(?=[-.])/, '');
  if (stem(key) === key) return;
  const same = (await cache.keys()).map((one) => one.url).filter((url) => url !== key && stem(url) === stem(key));
  for (const url of same.slice(0, -1)) await cache.delete(url);
}

// The policy of the pages holds for the kernel, too, which a policy in a page does not reach.
function guarded(request, answer) {
  if (!['worker', 'document'].includes(request.destination) || answer.status !== 200) return answer;
  const headers = new Headers(answer.headers);
  headers.set('Content-Security-Policy', "POLICY; frame-ancestors 'self'");
  return new Response(answer.body, { status: answer.status, statusText: answer.statusText, headers });
}

// A lesson that is open when the site changes goes on with the files of its own build: those of the build before are kept.
self.addEventListener('activate', (event) => {
  const old = async () => {
    await caches.open(PAGES);
    const builds = (await caches.keys()).filter((name) => name.startsWith('crmlab-') && name !== PYTHON && name !== PAGES);
    for (const name of builds.slice(0, -1)) await caches.delete(name);
  };
  event.waitUntil(old());
});

// -- the kernel's files --------------------------------------------------------------------------------------------------

// What JupyterLite's page does not answer is an error in the kernel, and not a kernel that waits for ever.
const within = (seconds, work) =>
  Promise.race([work, new Promise((_, reject) => setTimeout(() => reject(new DOMException('', 'TimeoutError')), 1000 * seconds))]);
const answered = (work) => within(60, work).catch(() => new Response('{"crmlabError": "EIO"}'));

// Answers: a file is read, or replaced if it still is as it was read, in one transaction of the browser's storage. So two tabs
// never write over each other's answers, and a file is never half written.
const told = new BroadcastChannel('crmlab-storage');

async function swap({ path, old, text }) {
  const opened = indexedDB.open(`JupyterLite Storage - ${new URL(registration.scope).pathname}`);
  opened.onupgradeneeded = () => opened.transaction.abort(); // JupyterLite makes its tables itself
  const ended = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const database = await ended(opened);
  try {
    const transaction = database.transaction('files', text === undefined ? 'readonly' : 'readwrite', { durability: 'strict' });
    const files = transaction.objectStore('files');
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onerror = transaction.onabort = () => reject(transaction.error || new DOMException('', 'AbortError'));
    });
    done.catch(() => null);
    const model = await ended(files.get(path));
    const before = model ? written(model) : null;
    if (text === undefined || before !== old) return { text: before };
    const now = new Date().toISOString();
    const fresh = { name: path.split('/').pop(), path, created: now, writable: true, ...model };
    const size = new TextEncoder().encode(text).length;
    files.put({ ...fresh, last_modified: now, type: 'file', mimetype: 'application/json', format: 'text', content: text, size }, path);
    await done;
    return { text };
  } finally {
    database.close();
  }
}

const written = ({ content, format }) => {
  if (content === null || content === undefined) return '';
  if (typeof content !== 'string') return JSON.stringify(content);
  return format === 'base64' ? new TextDecoder().decode(Uint8Array.from(atob(content), (one) => one.charCodeAt(0))) : content;
};

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'POST' || request.url !== new URL('api/crmlab', registration.scope).href) return;
  const answer = async () => {
    const asked = await request.json();
    try {
      const found = await within(20, swap(asked));
      if (asked.text !== undefined && found.text === asked.text) told.postMessage({ path: asked.path, stored: true });
      return found;
    } catch (error) {
      if (asked.text !== undefined) told.postMessage({ path: asked.path, text: asked.text, error: error.name });
      return { error: error.name };
    }
  };
  event.respondWith(answer().then((found) => new Response(JSON.stringify(found), { headers: { 'Content-Type': 'application/json' } })));
});
