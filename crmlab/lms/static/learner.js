// Several learners may use one browser, in a training room or at home: each has answers of their own. What is in the browser belongs
// to one of them, whose mark lies beside it; when another one comes, it is put aside under that mark, and theirs is laid out.
(function () {
  'use strict';
  const MARK = 'crmlab-learner';
  const NAME = `crmlab learners - ${new URL('..', document.currentScript.src).pathname}`;

  const asked = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });

  async function aside(mode, deed) {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore('work');
    const database = await asked(request);
    try {
      return await asked(deed(database.transaction('work', mode, { durability: 'strict' }).objectStore('work')));
    } finally {
      database.close();
    }
  }

  // What somebody is called in the system is not written down here.
  async function mark(learner) {
    const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(learner));
    return [...new Uint8Array(bytes)].slice(0, 12).map((one) => one.toString(16).padStart(2, '0')).join('');
  }

  /** From now on what is in this browser is this learner's; "" is whoever comes without a system. */
  async function become(learner) {
    const mine = learner ? await mark(learner) : '';
    const here = await crmlabWork.everything();
    const before = here[MARK] ? here[MARK].content : '';
    if (before === mine) return;
    const { [MARK]: _mark, ...theirs } = here;
    const any = Object.values(theirs).some((model) => model.type !== 'directory');
    if (any) await aside('readwrite', (store) => store.put(theirs, before));
    const kept = (await aside('readonly', (store) => store.get(mine))) || {};
    const now = new Date().toISOString();
    const common = { created: now, last_modified: now, writable: true, mimetype: 'text/plain', type: 'file', format: 'text' };
    await crmlabWork.replace({ ...kept, [MARK]: { ...common, name: MARK, path: MARK, content: mine, size: mine.length } });
    if (!any && !before) return;
    // Where they were, and what may run by itself, is theirs, too.
    for (const key of Object.keys(localStorage)) if (/^crmlab-(?!language$)/.test(key)) localStorage.removeItem(key);
  }

  window.crmlabLearner = { become };
})();
