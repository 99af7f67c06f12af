// Added to JupyterLite's service worker: what was loaded once is kept in the browser, so that the next visit loads little,
// and a lesson opens without a network, too.
const PYTHON = 'crmlab-python'; // names stand for one content for ever: Pyodide's folder has its version, our wheels a digest
const PAGES = 'crmlab-VERSION'; // JupyterLite and pages; emptied with each new build of JupyterLite
const tell = new BroadcastChannel('crmlab-loaded');

async function kept(request) {
  const url = new URL(request.url);
  const python = /\/static\/pyodide-[0-9.]+\/|\/pyodide\/v[0-9.]+\/full\//.test(url.href);
  if (request.method !== 'GET' || (url.origin !== location.origin && !python)) return await fetch(request);
  const fixed = python || /\/(build|extensions)\//.test(url.pathname);
  const name = url.pathname.split('/').pop();
  const cache = await caches.open(python ? PYTHON : PAGES);
  // Pages are kept under their address without what follows "?": that says which lesson is open.
  const key = fixed ? request.url : url.origin + url.pathname;
  const found = fixed && (await cache.match(key));
  if (found) {
    if (python) tell.postMessage({ name, done: true });
    return found;
  }
  if (python) tell.postMessage({ name, done: false });
  try {
    const fresh = await fetch(request);
    if (fresh.status === 200) await cache.put(key, fresh.clone()).catch(() => null);
    if (python) tell.postMessage({ name, done: true, bytes: Number(fresh.headers.get('content-length')) || 0 });
    return fresh;
  } catch (error) {
    const older = await cache.match(key);
    if (older) return older;
    throw error;
  }
}

self.addEventListener('activate', (event) => {
  const old = async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith('crmlab-') && name !== PYTHON && name !== PAGES) await caches.delete(name);
    }
  };
  event.waitUntil(old());
});
