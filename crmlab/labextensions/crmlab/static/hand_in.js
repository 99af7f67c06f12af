// Hand in: asks for name and number, says what has been done, and gives the file. The installed course has its server pack it
// (crmlab/app/hand_in.py); the browser edition packs it in the page (crmlab/lite/static/work.js).
import { ask } from './asking.js';
import { Answers, outline } from './course.js';
import { told, make, kept } from './told.js';

const { shown } = globalThis.crmlabPoints;
const SITE = told.edition === 'site';
const KEY = 'crmlab-hand-in';
const wait = (seconds) => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));

export class HandIn {
  constructor(page) {
    this.page = page;
    this.opener = make('button', 'crmlab-hand-in', page.say('hand-in'));
    this.opener.type = 'button';
    this.opener.setAttribute('aria-haspopup', 'dialog');
    this.opener.addEventListener('click', () => this.open());
  }

  async open() {
    if (!this.dialog) this.build();
    this.tell('');
    this.dialog.showModal();
    const [{ name = '', id = '', class: group = {} }, standing] = await Promise.all([this.before(), this.begun()]);
    if (!this.name.value) [this.name.value, this.id.value] = [name, id];
    Object.assign(this, { given: group, standing });
    this.list();
    (this.name.value ? this.button : this.name).focus();
  }

  /** Name and number as they were last given, and the class. */
  async before() {
    if (!SITE) return ask(this.page.app, 'hand-in').catch(() => ({}));
    try {
      const found = JSON.parse(kept(KEY)) || {};
      return { name: String(found.name || ''), id: String(found.id || '') };
    } catch (error) {
      return { name: '', id: '' };
    }
  }

  /** Points by number of each lesson that was begun, in whichever language. */
  async begun() {
    const { app, language, answers } = this.page;
    const found = new Map();
    for (const code of Object.keys(told.languages)) {
      const all = await (code === language ? answers : new Answers(app, code)).all();
      for (const one of outline(code).lessons) {
        const { begun, points } = all.standing.get(one.path);
        if (begun) found.set(one.number, Math.max(points, found.get(one.number) || 0));
      }
    }
    return found;
  }

  // -- the dialog --------------------------------------------------------------------------------------------------------------

  build() {
    const { page } = this;
    const say = (key) => page.say(`hand-in${key && `-${key}`}`);
    this.dialog = make('dialog', 'crmlab-hand-in-dialog');
    this.dialog.lang = told.languages[page.language].tag;
    this.dialog.setAttribute('aria-labelledby', 'crmlab-hand-in-title');
    // What is typed here is no command to the lesson.
    for (const name of ['keydown', 'keyup', 'keypress']) this.dialog.addEventListener(name, (event) => event.stopPropagation());
    const form = make('form', '');
    form.method = 'dialog';
    form.noValidate = true;
    const title = make('h2', '', say(''));
    title.id = 'crmlab-hand-in-title';
    this.group = make('p', 'crmlab-hand-in-class');
    this.holds = make('div', 'crmlab-hand-in-holds');
    this.said = make('p', 'crmlab-hand-in-said');
    this.said.id = 'crmlab-hand-in-said';
    this.said.setAttribute('role', 'status');
    const [name, id] = [this.field('name', say('name')), this.field('id', say('id'), say('none'))];
    this.name.required = true;
    this.name.addEventListener('input', () => this.wrong(false));
    this.button = make('button', 'crmlab-hand-in-make', say('make'));
    const close = make('button', '', say('close'));
    close.type = 'button';
    close.addEventListener('click', () => this.dialog.close());
    const buttons = make('div', 'crmlab-hand-in-buttons');
    buttons.append(this.button, close);
    const { due } = page.panel.outline;
    form.append(title, this.group, ...(due ? [make('p', 'crmlab-hand-in-class', page.say('by', { due }))] : []), make('p', '', say('what')), name, id, this.holds, this.said, buttons);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.hand();
    });
    this.dialog.append(form);
    document.body.append(this.dialog);
  }

  field(which, label, note = '') {
    const input = make('input', '');
    Object.assign(input, { type: 'text', id: `crmlab-hand-in-${which}`, maxLength: 80, autocomplete: which === 'name' ? 'name' : 'off' });
    this[which] = input;
    const words = make('label', '', label);
    words.htmlFor = input.id;
    const box = make('div', 'crmlab-hand-in-field');
    box.append(words, input);
    if (note) {
      const small = make('small', '', note);
      small.id = `${input.id}-note`;
      input.setAttribute('aria-describedby', small.id);
      box.append(small);
    }
    return box;
  }

  /** What was done, and of what the class was given what was not; `handed` are lessons that are in the file. */
  list(handed = []) {
    const { page, standing, given } = this;
    this.group.textContent = given.name ? page.say('hand-in-class', { name: given.name }) : '';
    const all = page.panel.outline.lessons.filter((one) => one.unit !== '9');
    const isIn = ({ number }) => standing.has(number) || handed.includes(number);
    // A class is shown its own lessons alone, that of its own content among them.
    const [done, left] = [all.filter(isIn), all.filter((one) => given.name && !isIn(one))];
    this.holds.replaceChildren();
    if (!done.length) this.holds.append(make('p', '', page.say('hand-in-empty')));
    for (const [key, some] of [['holds', done], ['left', left]]) {
      if (!some.length) continue;
      const list = make('ul', '');
      for (const one of some) {
        const item = make('li', '', one.title);
        const points = { points: shown(standing.get(one.number) || 0), maximum: shown(one.points) };
        if (key === 'holds' && one.points) item.append(' ', make('small', '', page.say('points', points)));
        list.append(item);
      }
      this.holds.append(make('h3', '', page.say(`hand-in-${key}`)), list);
    }
  }

  /** Whether the name is what is wrong, also for who does not see it. */
  wrong(is) {
    this.name.setAttribute('aria-invalid', String(is));
    if (is) this.name.setAttribute('aria-describedby', this.said.id);
    else this.name.removeAttribute('aria-describedby');
  }

  tell(text, wrong = false) {
    this.said.textContent = text;
    this.said.classList.toggle('crmlab-wrong', wrong);
  }

  // -- the file ----------------------------------------------------------------------------------------------------------------

  async hand() {
    const { page } = this;
    // What cannot be seen is no name (crmlab.app.hand_in.plain).
    const [name, id] = [this.name, this.id].map(({ value }) => value.replace(/(?!\s)\p{C}/gu, '').trim());
    this.wrong(!name);
    if (!name) {
      this.tell(page.say('hand-in-missing'), true);
      this.name.focus();
      return;
    }
    if (this.busy) return;
    this.busy = true;
    this.tell(page.say('hand-in-busy'));
    try {
      await this.settled();
      const { file, text, lessons, problem, given, warning } = await this.packed({ name, id, language: page.language });
      if (problem) throw new Error(problem);
      if (!lessons.length) return this.tell(page.say('hand-in-empty'), true);
      const link = make('a', '');
      link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
      link.download = file;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60000);
      this.standing = await this.begun();
      this.list(lessons);
      this.tell(warning || page.say(given ? 'hand-in-given' : 'hand-in-made', { file }), Boolean(warning));
    } catch (error) {
      this.tell(page.say('hand-in-failed', { reason: error.message }), true);
    } finally {
      this.busy = false;
    }
    return null;
  }

  /** What is written in the lesson is saved, and what was clicked just now is kept: Python has dealt with it. */
  async settled() {
    const { lesson } = this.page;
    if (!lesson) return;
    await Promise.race([lesson.save(), wait(5)]);
    for (let tries = 0; tries < 20 && lesson.status === 'busy'; tries += 1) await wait(0.25);
  }

  async packed(who) {
    if (!SITE) return ask(this.page.app, 'hand-in', who);
    kept(KEY, JSON.stringify({ name: who.name, id: who.id }));
    return window.crmlabWork.handIn({ ...who, course: told.version });
  }
}
