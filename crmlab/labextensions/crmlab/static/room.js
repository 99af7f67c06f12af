// A live room: who likes reports there how far the course is. It is off until the line of a room is pasted here; the course's own
// server does the reporting (crmlab/app/reporting.py), and this asks it.
import { told, make, styled } from './told.js';
import { ask } from './asking.js';

export class InRoom {
  constructor(page) {
    this.page = page;
    this.opener = make('button', 'crmlab-room-opener', page.say('room'));
    this.opener.type = 'button';
    this.opener.setAttribute('aria-haspopup', 'dialog');
    this.opener.addEventListener('click', () => this.open());
    styled('room.css');
    this.follow();
  }

  say(key, values) {
    return this.page.say(key, values);
  }

  /** How it stands, on the button: nobody should report without knowing it. */
  async follow() {
    const now = await ask(this.page.app, 'room').catch(() => null);
    if (now) this.label(now);
  }

  label(now) {
    this.opener.textContent = now.room ? this.say('room-in', { name: now.pseudonym }) : this.say('room');
    this.opener.classList.toggle('crmlab-in-room', Boolean(now.room));
  }

  async open() {
    const now = await ask(this.page.app, `room?language=${this.page.language}`).catch(() => ({ room: '', pseudonym: '', state: '', problem: this.say('room-failed') }));
    if (!this.dialog) this.build();
    this.fill(now);
    this.dialog.showModal();
    (now.room ? this.away : this.line).focus();
  }

  build() {
    const dialog = make('dialog', 'crmlab-room');
    dialog.lang = told.languages[this.page.language].tag;
    const title = make('h2', '', this.say('room'));
    title.id = 'crmlab-room-title';
    dialog.setAttribute('aria-labelledby', title.id);
    this.form = make('form', '');
    this.form.noValidate = true; // a browser's own words may be in another language than the course
    this.line = this.field('room-line', 'crmlab-room-line', '192.168.1.20:8950#K7QM-4X2P');
    this.name = this.field('room-name', 'crmlab-room-name', '');
    this.name.maxLength = 24;
    this.line.required = true;
    const join = make('button', 'crmlab-room-join', this.say('room-join'));
    join.type = 'submit';
    const later = make('button', '', this.say('room-not-now'));
    later.type = 'button';
    later.addEventListener('click', () => dialog.close());
    const row = make('div', 'crmlab-room-row');
    row.append(join, later);
    this.form.append(row);
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (this.line.value.trim()) this.send({ room: this.line.value, pseudonym: this.name.value, language: this.page.language });
      else this.tell(this.say('room-missing'), true);
    });
    this.inside = make('div', '');
    this.away = make('button', '', this.say('room-leave'));
    this.away.type = 'button';
    this.away.addEventListener('click', () => this.send({ leave: true }));
    const close = make('button', '', this.say('room-close'));
    close.type = 'button';
    close.addEventListener('click', () => dialog.close());
    const foot = make('div', 'crmlab-room-row');
    foot.append(this.away, close);
    this.inside.append(foot);
    this.status = make('p', 'crmlab-room-status');
    this.status.id = 'crmlab-room-status';
    this.status.setAttribute('role', 'status');
    this.line.addEventListener('input', () => this.wrong(false));
    dialog.append(title, make('p', '', this.say('room-sent')), this.status, this.form, this.inside);
    dialog.addEventListener('close', () => {
      clearTimeout(this.later);
      this.opener.focus();
    });
    dialog.addEventListener('keydown', (event) => event.stopPropagation()); // neither Jupyter nor the panel acts on what is typed here
    document.body.append(dialog);
    this.dialog = dialog;
  }

  field(key, id, example) {
    const input = make('input', '');
    input.type = 'text';
    input.id = id;
    input.autocomplete = 'off';
    input.spellcheck = false;
    input.placeholder = example;
    const label = make('label', '', this.say(key));
    label.htmlFor = id;
    this.form.append(label, input);
    return input;
  }

  fill(now) {
    this.label(now);
    if (now.pseudonym) this.name.value = now.pseudonym;
    this.form.hidden = Boolean(now.room);
    this.inside.hidden = !now.room;
    const standing = now.room && now.state ? this.say(`room-${now.state}`, { room: now.room, name: now.pseudonym }) : '';
    this.tell(now.problem || standing, Boolean(now.problem));
    clearTimeout(this.later);
    if (now.room) this.later = setTimeout(() => this.again(), 1500);
  }

  /** Said once, so that nobody is read the same sentence every second. */
  tell(text, wrong = false) {
    if (this.status.textContent !== text) this.status.textContent = text;
    this.wrong(wrong);
    if (wrong) this.line.focus();
  }

  /** Whether the line is what is wrong, also for who does not see it. */
  wrong(is) {
    this.status.classList.toggle('crmlab-wrong', is);
    this.line.setAttribute('aria-invalid', String(is));
    if (is) this.line.setAttribute('aria-describedby', this.status.id);
    else this.line.removeAttribute('aria-describedby');
  }

  /** Whether the room has answered meanwhile. */
  async again() {
    const now = await ask(this.page.app, 'room').catch(() => null);
    if (now && this.dialog.open) this.fill(now);
  }

  async send(content) {
    const now = await ask(this.page.app, 'room', content).catch(() => ({ room: '', pseudonym: '', state: '', problem: this.say('room-failed') }));
    this.fill(now);
    if (now.problem) return;
    if (content.leave && !now.room) this.tell(this.say('room-left'));
    (now.room ? this.away : this.line).focus();
  }
}
