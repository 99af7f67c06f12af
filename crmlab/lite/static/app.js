// Beside the page of a lesson: says how far Python has come, remembers the lesson, and tells when a newer one lies under a saved copy.
(function () {
  'use strict';
  const told = JSON.parse(document.getElementById('crmlab-told').textContent);
  const say = (key, values) => told.texts[key].replace(/\{(\w+)\}/g, (whole, name) => (values && name in values ? values[name] : whole));
  const make = (tag, name, text) => {
    const element = document.createElement(tag);
    element.className = name;
    if (text) element.textContent = text;
    return element;
  };
  const stop = (key) => {
    const page = make('div', 'crmlab-stop', say(key));
    page.setAttribute('role', 'alert');
    document.body.append(page);
  };

  if (!window.isSecureContext) return stop('insecure');
  if (!window.WebAssembly || !window.Worker || !window.BigInt64Array || !('serviceWorker' in navigator)) return stop('old');
  if (crmlabWork.blocked()) return stop('blocked');

  // Without a lesson in the address: the one that was open last.
  if (!new URLSearchParams(location.search).get('path')) {
    const last = crmlabWork.last();
    const here = last && last.language === told.language ? last.path : told.lessons[0];
    location.replace(`index.html?path=${here}`);
    return;
  }

  // -- how far Python has come -----------------------------------------------------------------------------------------
  const sizes = told.bytes;
  const total = Object.values(sizes).reduce((sum, size) => sum + size, 0);
  const load = make('div', 'crmlab-load');
  load.setAttribute('role', 'status');
  const bar = make('progress', '');
  bar.max = 100;
  bar.value = 0;
  bar.setAttribute('aria-label', say('starting'));
  const megabytes = Math.round(total / 1e6);
  const words = make('div', '', say('coming', { megabytes }));
  load.append(bar, words);
  document.body.append(load);
  const seen = new Set();
  let loaded = 0;
  let state = '';
  let moved = Date.now();
  const show = (share, key, values) => {
    moved = Date.now();
    bar.value = Math.max(bar.value, share);
    words.textContent = say(key, values);
    document.body.append(load);
  };
  new BroadcastChannel('crmlab-loaded').onmessage = ({ data: { name, done } }) => {
    if (state && state !== 'starting' && !(name in sizes)) return later(name, done);
    if (!done || seen.has(name) || state === 'ready') return;
    seen.add(name);
    loaded += sizes[name] || 0;
    // The last tenth is for what follows the download: unpacking, starting, and the lesson.
    const all = loaded > 0.97 * total;
    show(Math.min(90, (90 * loaded) / total), all ? 'starting' : path ? 'loading' : 'coming', { megabytes });
  };

  // A package that only some lessons need: the cell that needs it waits, so say why.
  const waiting = new Set();
  const later = (name, done) => {
    if (done) waiting.delete(name);
    else waiting.add(name);
    const known = [...waiting].reduce((sum, one) => sum + (told.later[one] || 0), 0);
    if (known > 1e6) show(90, 'more', { megabytes: Math.round(known / 1e6) });
    else load.remove();
  };

  const slow = setInterval(() => {
    if (Date.now() - moved < 60000) return;
    words.textContent = say('slow');
  }, 1000);

  // What came before the service worker was there, and the other lessons, so that they open without a network, too.
  const keep = async () => {
    const here = performance.getEntriesByType('resource').map((entry) => entry.name);
    const editions = told.worked ? ['notebooks/', 'solutions/'] : ['notebooks/'];
    const more = ['../index.html', ...told.lessons.flatMap((one) => editions.map((edition) => `../files/${one.replace('notebooks/', edition)}`))];
    const lists = [...new Set(told.lessons.map((one) => `../api/contents/${one.split('/').slice(0, -1).join('/')}/all.json`))];
    for (const address of new Set([location.href, ...here, ...more, ...lists].map((one) => new URL(one, location.href).href))) {
      if (address.startsWith(location.origin)) await fetch(address).catch(() => null);
    }
  };

  // -- the lesson that is open -------------------------------------------------------------------------------------------
  // It runs itself (labextensions/crmlab/static/lesson.js) and says here how far it is.
  let path = '';
  document.addEventListener('crmlab', ({ detail }) => {
    const before = state;
    state = detail.state;
    const { context } = detail.lesson.panel;
    if (context.isReady && context.path !== path) {
      path = context.path;
      crmlabWork.note('crmlab-last', JSON.stringify({ path, language: told.language, when: Date.now() }));
      newer(detail.lesson);
      // From now on there is something to read.
      if (words.textContent === say('coming', { megabytes })) words.textContent = say('loading', { megabytes });
    }
    if (state === 'running' && !waiting.size) load.remove();
    if (state !== 'ready' || before === 'ready') return;
    clearInterval(slow);
    if (!kept) setTimeout(keep, 5000);
    kept = true;
  });
  let kept = false;

  // -- a newer lesson under a saved copy -------------------------------------------------------------------------------------
  async function newer(lesson) {
    const { context } = lesson.panel;
    const mine = (context.model.sharedModel.getMetadata('crmlab') || {}).stamp;
    if (!mine) return;
    const answer = await fetch(`../files/${path}`, { cache: 'no-cache' }).catch(() => null);
    if (!answer || !answer.ok) return;
    const theirs = ((await answer.json()).metadata.crmlab || {}).stamp;
    const chosen = `crmlab-stay-${path}`;
    if (!theirs || theirs === mine || localStorage.getItem(chosen) === theirs) return;
    const box = make('div', 'crmlab-newer', say('newer'));
    box.setAttribute('role', 'alert');
    const buttons = make('div', '');
    const take = make('button', 'crmlab-take', say('take'));
    const keep = make('button', 'crmlab-keep', say('keep'));
    take.onclick = async () => {
      const contents = lesson.app.serviceManager.contents;
      const folder = path.split('/').slice(0, -1).join('/');
      const name = path.split('/').pop().replace(/\.ipynb$/, '');
      const there = new Set((await contents.get(folder, { content: true })).content.map((item) => item.name));
      let number = 1;
      while (there.has(`${name}.mine-${number}.ipynb`)) number += 1;
      await context.save();
      await contents.rename(context.path, `${folder}/${name}.mine-${number}.ipynb`);
      location.replace(location.href);
    };
    keep.onclick = () => {
      crmlabWork.note(chosen, theirs);
      box.remove();
    };
    buttons.append(take, keep);
    box.append(buttons);
    document.body.append(box);
  }

  // -- a newer site under an open lesson ---------------------------------------------------------------------------------------
  // The lesson goes on with what it was opened with; only the next page is new.
  const mine = [...document.scripts].map((one) => one.getAttribute('src')).filter((one) => /-[0-9a-f]{12}\//.test(one || ''));
  const renewed = async () => {
    const page = await fetch(location.pathname, { cache: 'no-cache' }).then((answer) => (answer.ok ? answer.text() : ''), () => '');
    if (!page || mine.every((one) => page.includes(one)) || document.querySelector('.crmlab-renewed')) return;
    const box = make('div', 'crmlab-newer crmlab-renewed', say('renewed'));
    box.setAttribute('role', 'status');
    const reload = make('button', '', say('reload'));
    reload.onclick = async () => {
      if (window.crmlabLesson) await window.crmlabLesson.save();
      location.reload();
    };
    const later = make('button', '', say('later'));
    later.onclick = () => box.remove();
    const buttons = make('div', '');
    buttons.append(reload, later);
    box.append(buttons);
    document.body.append(box);
  };
  navigator.serviceWorker.addEventListener('controllerchange', renewed);
})();
