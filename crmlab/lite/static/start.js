// The start page: language, where you were, points so far, and the work to take along.
(function () {
  'use strict';
  const told = JSON.parse(document.getElementById('crmlab-told').textContent);
  const kept = (key) => {
    try {
      return localStorage.getItem(key);
    } catch (error) {
      return null;
    }
  };
  const codes = Object.keys(told.tags);
  const theirs = (navigator.language || '').toLowerCase();
  let language = codes.find((code) => code === kept('crmlab-language')) || codes.find((code) => theirs.startsWith(code)) || codes[0];
  const say = (key, values) => told.texts[language][key].replace(/\{(\w+)\}/g, (whole, name) => (values && name in values ? values[name] : whole));
  const { shown } = crmlabPoints;
  const page = () => document.querySelector(`main[data-language=${language}]`);

  const trouble = () => {
    if (!window.isSecureContext) return 'insecure';
    if (!window.WebAssembly || !window.BigInt64Array || !('serviceWorker' in navigator)) return 'old';
    return crmlabWork.blocked() ? 'blocked' : '';
  };

  async function draw() {
    document.documentElement.lang = told.tags[language];
    for (const main of document.querySelectorAll('main')) main.hidden = main !== page();
    for (const button of document.querySelectorAll('nav button')) button.setAttribute('aria-pressed', String(button.dataset.language === language));
    const wrong = trouble();
    const box = page().querySelector('.trouble');
    box.hidden = !wrong;
    if (wrong) {
      box.textContent = say(wrong);
      return;
    }
    const last = crmlabWork.last();
    const lessons = told.lessons[language];
    const where = last && lessons.find((one) => one.path.split('/').slice(2).join('/') === last.path.split('/').slice(2).join('/'));
    const link = page().querySelector('a.continue');
    const goal = where || lessons[0];
    link.hidden = false;
    link.href = `${told.apps[language]}/index.html?path=${goal.path}`;
    link.textContent = say(where ? 'continue' : 'begin', { title: goal.title });
    const files = await crmlabWork.all().catch(() => ({}));
    for (const one of lessons) {
      const model = files[one.path.replace(/\.ipynb$/, '.json')];
      if (!model) continue;
      const reached = crmlabWork.points(model);
      if (reached === null) continue;
      const points = Math.min(reached, one.points);
      const place = page().querySelector(`[data-points="${one.number}"]`);
      place.textContent = (points >= one.points ? '✓ ' : '') + say('points', { points: shown(points), maximum: shown(one.points) });
      place.classList.toggle('done', points >= one.points);
    }
  }

  const said = (text) => {
    page().querySelector('.said').textContent = text;
  };
  const deeds = {
    async download() {
      if (!(await crmlabWork.download())) said(say('nothing'));
    },
    upload() {
      const field = document.createElement('input');
      field.type = 'file';
      field.accept = '.json,application/json';
      field.onchange = async () => {
        try {
          const count = await crmlabWork.unpack(JSON.parse(await field.files[0].text()));
          said(say('uploaded', { n: count }));
          draw();
        } catch (error) {
          if (/quota/i.test(error.name)) said(say('no_room'));
          else said(error.path ? say('not_file', { name: error.path }) : say('not_work'));
        }
      };
      field.click();
    },
    async reset(number) {
      const one = told.lessons[language].find((lesson) => lesson.number === number);
      if (!one || !confirm(say('reset_sure', { title: one.title }))) return;
      said(say((await crmlabWork.reset(one.path)) ? 'reset_done' : 'reset_none'));
      draw();
    },
  };
  // The links lead to the lessons with the answers in them.
  const worked = (on) => {
    for (const link of document.querySelectorAll('.units a')) {
      link.href = link.getAttribute('href').replace(/path=\w+\//, `path=${on ? 'solutions' : 'notebooks'}/`);
    }
    for (const box of document.querySelectorAll('[data-do=worked]')) box.checked = on;
  };
  const run = (deed, ...values) => Promise.resolve(deeds[deed](...values)).catch((error) => said(String(error)));
  document.addEventListener('change', (event) => {
    if (event.target.dataset.do === 'worked') return worked(event.target.checked);
    if (event.target.dataset.do !== 'reset') return;
    run('reset', event.target.value);
    event.target.value = '';
  });
  document.addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (!button) return;
    if (button.dataset.language) {
      language = button.dataset.language;
      crmlabWork.note('crmlab-language', language);
      draw();
    }
    if (button.dataset.do) run(button.dataset.do);
  });
  // Opened as a file nothing would work; what stands there says what to do.
  if (location.protocol === 'file:') return;
  document.getElementById('alone').remove();
  draw();
})();
