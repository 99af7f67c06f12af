// The page that a learning management system opens: it finds the system, lays out the learner's work, shows the course, and tells
// the system how the learner stands. Whatever goes wrong with the system, the course goes on.
(function () {
  'use strict';
  const told = JSON.parse(document.getElementById('crmlab-launch').textContent);
  const say = (key, values) => told.texts[language][key].replace(/\{(\w+)\}/g, (whole, name) => (values && name in values ? values[name] : whole));
  const SOON = 300; // milliseconds from an answer until it is counted
  const PAUSE = 10000; // between two times that the system is made to write
  const PATIENCE = 20000; // that a system is waited for at the start
  const BEAT = 60000;
  const known = crmlabCoding.book(told.strings);
  const course = document.getElementById('course');
  const isRecord = (value) => Boolean(value) && typeof value === 'object' && !Array.isArray(value);

  let language = told.language;
  let connection = null;
  const seen = []; // lessons that were open
  let points = {}; // reached in lessons whose answers did not fit into what the system keeps
  let state = null; // what the system is told next
  let left = { paths: [], code: false };
  let notice = '';
  let trouble = [];
  let committed = 0;

  // -- time --------------------------------------------------------------------------------------------------------------
  let since = document.hidden ? null : performance.now();
  let spent = 0;
  const seconds = () => (spent + (since === null ? 0 : performance.now() - since)) / 1000;
  const tick = () => {
    if (since !== null) spent += performance.now() - since;
    since = document.hidden ? null : performance.now();
  };

  // -- what is said ------------------------------------------------------------------------------------------------------
  const make = (tag, text, name) => {
    const element = document.createElement(tag);
    if (text) element.textContent = text;
    if (name) element.className = name;
    return element;
  };
  let shown = '';
  function show() {
    const lines = [];
    if (notice) lines.push([say(notice), 'alert']);
    if (trouble.length) lines.push([say('refused', { names: trouble.join(', ') }), 'alert']);
    if (left.paths.length) {
      const titles = told.lessons.filter((one) => one.paths.some((path) => left.paths.includes(path))).map((one) => one.titles[language]);
      lines.push([say('too_long', { titles: titles.join(say('joint')) || '-' }), 'alert']);
    } else if (left.code) lines.push([say('no_code'), 'alert']);
    const { standing, result } = state || {};
    if (connection && connection.silent) lines.push([say('silent')]);
    else if (connection && standing && result.scored) {
      const values = { points: crmlabPoints.shown(standing.points), maximum: crmlabPoints.shown(standing.maximum), percent: Math.floor(100 * result.share + 1e-9) };
      const how = trouble.length ? 'waiting' : result.passed ? 'passed' : 'standing'; // nobody leaves because of what has not arrived
      lines.push([say(how, values)]);
    }
    const key = JSON.stringify([language, lines]);
    if (key === shown) return;
    shown = key;
    const bar = document.getElementById('bar');
    bar.replaceChildren();
    for (const [text, role] of lines) {
      const line = make('p', text, role || '');
      line.setAttribute('role', role || 'status');
      bar.append(line);
    }
    if (left.paths.length || left.code || trouble.length || notice) button('download', () => crmlabWork.download());
    if (connection && connection.leave) button('leave', leave);
    bar.hidden = !bar.childElementCount;
  }
  function button(key, deed) {
    const one = make('button', say(key));
    one.type = 'button';
    one.onclick = deed;
    document.getElementById('bar').append(one);
  }

  // -- the learner's work ------------------------------------------------------------------------------------------------
  const parsed = (model) => {
    try {
      const content = JSON.parse(crmlabWork.text(model));
      return isRecord(content) && isRecord(content.exercises) ? content : null;
    } catch (error) {
      return null;
    }
  };
  async function answers() {
    const all = await crmlabWork.all();
    return Object.fromEntries(told.answers.map((path) => [path, all[path] && parsed(all[path])]).filter(([, content]) => content));
  }

  // What the system kept is joined with what is in this browser, before a lesson opens.
  async function restore(text) {
    if (!text) return;
    let work = null;
    try {
      work = await crmlabCoding.unpack(text, known);
    } catch (error) {
      notice = 'unreadable';
      return;
    }
    if (isRecord(work.points)) points = work.points;
    const here = await answers();
    const fresh = {};
    const beside = {};
    for (const [path, content] of Object.entries(isRecord(work.files) ? work.files : {})) {
      if (!told.answers.includes(path) || !isRecord(content) || !isRecord(content.exercises)) continue;
      const { content: both, lost } = here[path] ? crmlabJoining.joined(here[path], content) : { content };
      if (!here[path] || !crmlabJoining.same(both, here[path])) fresh[path] = written(both);
      if (lost) beside[path] = written((here[path].last || 0) >= (content.last || 0) ? content : here[path]);
    }
    await crmlabWork.lay(fresh, beside);
  }
  const written = (content) => `${JSON.stringify(content, null, 1)}\n`;

  // -- what the system is told -------------------------------------------------------------------------------------------
  async function count() {
    const files = await answers();
    const last = crmlabWork.last();
    const open = last && last.path.replace(/\.ipynb$/, '.json');
    if (open && told.lessons.some((one) => one.paths.includes(open)) && !seen.includes(open)) seen.push(open);
    const standing = crmlabStanding.of(told.lessons, files, points, seen);
    const result = crmlabStanding.result(standing, connection ? connection.pass ?? told.pass : told.pass, connection ? connection.before : {});
    const place = seen.includes(open) ? last.path : '';
    const fitted = connection && !connection.silent ? await crmlabCoding.fit({ files, points }, known, connection.limit) : { text: '', left };
    left = fitted.left;
    const before = state || { suspended: connection ? connection.suspended : '', place: connection ? connection.place : '' };
    state = { standing, result, suspended: fitted.text || before.suspended, place: (place || before.place).slice(0, connection ? connection.place_limit : 255) };
  }

  let busy = Promise.resolve();
  let timer = 0;
  let again = 0;
  function publish(commit) {
    clearTimeout(timer);
    timer = 0;
    busy = busy.then(async () => {
      await count();
      const wait = committed + PAUSE - Date.now();
      if (connection && !connection.silent && (commit || wait <= 0)) {
        committed = Date.now();
        trouble = await connection.save({ ...state, seconds: seconds() });
      } else if (connection && !again) {
        again = setTimeout(() => {
          again = 0;
          publish(true);
        }, wait);
      }
      show();
    }).catch((error) => {
      trouble = [String(error.message || error)];
      show();
    });
    return busy;
  }
  const soon = () => {
    timer = timer || setTimeout(publish, SOON);
  };

  function end() {
    tick();
    if (!connection) return null;
    return connection.end(state && { ...state, seconds: seconds() });
  }

  async function leave() {
    await publish(true);
    await end();
    location.assign(connection.leave);
  }

  function follow() {
    new BroadcastChannel('crmlab-storage').onmessage = soon;
    course.addEventListener('load', () => {
      const lang = (course.contentDocument && course.contentDocument.documentElement.lang) || '';
      language = Object.keys(told.texts).find((code) => lang.startsWith(code)) || language;
      document.documentElement.lang = told.tags[language];
      soon();
    });
    document.addEventListener('visibilitychange', () => {
      tick();
      if (document.hidden) publish(true);
    });
    setInterval(() => document.hidden || publish(true), BEAT);
    window.addEventListener('pagehide', end);
    // The browser brings back a page that has taken its leave of the system: it must begin anew.
    window.addEventListener('pageshow', (event) => event.persisted && location.reload());
    return publish(true);
  }

  // -- the start ---------------------------------------------------------------------------------------------------------
  const within = (milliseconds, work) =>
    Promise.race([work, new Promise((_resolve, reject) => setTimeout(() => reject(new Error('TimeoutError')), milliseconds))]);

  async function begin() {
    const kept = (() => {
      try {
        return localStorage.getItem('crmlab-language');
      } catch (error) {
        return null;
      }
    })();
    if (kept in told.texts) language = kept;
    document.documentElement.lang = told.tags[language];
    try {
      connection = await within(PATIENCE, crmlabLms[told.standard](told));
      if (!connection) notice = 'alone';
    } catch (error) {
      notice = 'alone';
    }
    if (!(kept in told.texts)) {
      // Until learners choose here, what their system knows of them counts.
      const wished = connection ? connection.languages.map((tag) => tag.toLowerCase().split('-')[0]).find((code) => code in told.texts) : '';
      language = wished || language;
      crmlabWork.note('crmlab-language', language);
      document.documentElement.lang = told.tags[language];
    }
    try {
      if (!crmlabWork.blocked()) {
        await crmlabLearner.become(connection ? connection.learner : '');
        if (connection) await restore(connection.suspended);
        const place = connection && connection.place;
        if (place && !crmlabWork.last() && told.lessons.some((one) => one.paths.includes(place.replace(/\.ipynb$/, '.json')))) {
          crmlabWork.note('crmlab-last', JSON.stringify({ path: place, language: place.split('/')[1], when: Date.now() }));
        }
      }
    } catch (error) {
      // The pages of the course say what is wrong with this browser's storage.
    }
    course.src = 'site/index.html';
    await follow();
  }

  begin();
})();
