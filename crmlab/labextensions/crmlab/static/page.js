// The head of a lesson's page: the way to the course, to the lessons beside this one and to the other language, how the lesson
// stands, and the points so far. The course itself is a panel (panel.js).
import { told, say, make, sign, button, isPage, lessonOf, styled } from './told.js';
import { SWITCH, showCode } from './reading.js';
import { Answers, address, lessonAt, linked, moved, pathOfPage, stands } from './course.js';
import { follow, goTo, hold, sameIn, where } from './place.js';
import { Panel } from './panel.js';

const { shown } = globalThis.crmlabPoints;

export function activate(app) {
  if (!isPage(app)) return;
  styled('page.css');
  let page = null;
  const path = pathOfPage(app);
  if (lessonOf(path)) page = new Page(app, path);
  document.addEventListener('crmlab', ({ detail }) => {
    page = page || new Page(app, detail.lesson.path);
    page.hear(detail);
  });
}

class Page {
  constructor(app, path) {
    this.app = app;
    this.path = path;
    const { edition, language, name } = lessonOf(path);
    this.language = language;
    this.worked = edition === 'solutions';
    this.here = lessonAt(path);
    this.title = this.here ? this.here.title : name;
    this.answers = new Answers(app, language);
    document.body.classList.toggle('crmlab-page-worked', this.worked);
    this.head = this.build();
    this.panel = new Panel(this);
    document.body.prepend(this.head, this.panel.node);
    document.body.classList.add('crmlab-headed');
    // A line in the head may come and go: Jupyter's part begins below it.
    new ResizeObserver(() => this.fit()).observe(this.head);
  }

  say(key, values) {
    return say(this.language, key, values);
  }

  fit() {
    document.documentElement.style.setProperty('--crmlab-head', `${Math.round(this.head.getBoundingClientRect().height)}px`);
    window.dispatchEvent(new Event('resize')); // so that Jupyter lays itself out
  }

  // -- the head ----------------------------------------------------------------------------------------------------------------

  build() {
    const head = make('header', 'crmlab-page-head');
    head.lang = told.languages[this.language].tag;
    this.opener = button('crmlab-page-opener', '', this.say('open'));
    this.opener.append(sign('☰'), make('span', 'crmlab-page-opener-name', this.say('course')));
    this.opener.setAttribute('aria-expanded', 'false');
    this.opener.setAttribute('aria-controls', 'crmlab-course');
    this.opener.addEventListener('click', () => this.panel.toggle());

    const place = make('div', 'crmlab-page-where');
    const title = make('div', 'crmlab-page-title', this.title);
    title.title = this.title;
    this.status = make('span', 'crmlab-page-stands'); // what is seen; what is read out is shorter
    this.status.setAttribute('aria-hidden', 'true');
    this.points = make('span', 'crmlab-page-points', this.worked ? this.say('reading') : '');
    const line = make('div', 'crmlab-page-how');
    line.append(this.status, this.points);
    place.append(title, line);

    this.spoken = make('div', 'crmlab-page-spoken');
    this.spoken.setAttribute('role', 'status');
    this.warning = make('div', 'crmlab-page-warning');
    this.warning.setAttribute('role', 'status');
    this.bar = make('div', 'crmlab-page-bar');

    const row = make('div', 'crmlab-page-row');
    const more = this.menu();
    const beside = [this.beside('previous', '‹', this.here && this.here.before), this.beside('next', '›', this.here && this.here.after)];
    row.append(this.opener, place, ...beside, ...more);
    head.append(row, this.bar, this.warning, this.spoken);
    return head;
  }

  /** The other languages and the switch for the code; on a telephone behind a button. */
  menu() {
    const tools = make('div', 'crmlab-page-tools');
    tools.id = 'crmlab-page-tools';
    const others = Object.keys(told.languages).filter((code) => code !== this.language);
    for (const code of others) {
      const link = make('a', 'crmlab-page-language', told.languages[code].name);
      link.lang = link.hreflang = told.languages[code].tag;
      this.leads(link, () => moved(this.path, { language: code }), () => sameIn(this.lesson, 'language'));
      tools.append(link);
    }
    const code = make('button', 'crmlab-page-switch', this.say('code'));
    code.type = 'button';
    code.setAttribute('role', 'switch');
    const set = (all) => code.setAttribute('aria-checked', String(all));
    set(document.body.classList.contains(SWITCH));
    code.addEventListener('click', () => {
      const all = !document.body.classList.contains(SWITCH);
      const here = this.lesson && where(this.lesson);
      showCode(all);
      set(all);
      if (here) hold(this.lesson, { find: () => this.lesson.panel.content.widgets[here.number]?.node, part: here.part });
    });
    tools.append(code);
    const opener = button('crmlab-page-more', '⋯', this.say('more'));
    opener.setAttribute('aria-controls', tools.id);
    const show = (open) => {
      tools.classList.toggle('crmlab-shown', open);
      opener.setAttribute('aria-expanded', String(open));
    };
    show(false);
    opener.addEventListener('click', () => show(!tools.classList.contains('crmlab-shown')));
    document.addEventListener('pointerdown', (event) => opener.contains(event.target) || tools.contains(event.target) || show(false));
    document.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || !tools.classList.contains('crmlab-shown')) return;
      show(false);
      opener.focus();
    });
    return [opener, tools];
  }

  beside(which, sign, one) {
    const link = make('a', `crmlab-page-${which}`, sign);
    if (!one) {
      link.hidden = true;
      return link;
    }
    const label = this.say(which, { title: one.title });
    link.setAttribute('aria-label', label);
    link.title = label;
    this.leads(link, () => this.edition(one.path));
    return link;
  }

  /** The path of a lesson in the edition that is being read. */
  edition(path) {
    return moved(path, { edition: this.worked ? 'solutions' : 'notebooks' });
  }

  /** Let a link lead to a notebook; what is written here is saved before the page is left. */
  leads(link, path, at = () => '') {
    const set = () => (link.href = address(this.app, path(), at()));
    set();
    link.addEventListener('pointerdown', set);
    link.addEventListener('focus', set);
    link.addEventListener('click', (event) => {
      set();
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button) return;
      event.preventDefault();
      if (path() === this.path && at().startsWith('#task=')) {
        this.panel.chosen();
        goTo(this.lesson, at().slice('#task='.length));
      } else {
        this.leave(link.href);
      }
    });
  }

  /** A link in the text of a lesson to another one leads to its page, and not to the file. */
  text(event) {
    const link = event.target.closest && event.target.closest('.jp-Notebook a[href]');
    const path = link && linked(link.getAttribute('href'), this.path);
    if (!path) return;
    link.removeAttribute('target');
    link.href = address(this.app, path);
    const own = event.type === 'click' && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button);
    if (!own) return;
    event.preventDefault();
    event.stopPropagation();
    this.leave(link.href);
  }

  async leave(href) {
    this.panel.chosen();
    const saved = this.lesson ? this.lesson.save() : null;
    await Promise.race([Promise.resolve(saved).catch(() => null), new Promise((resolve) => setTimeout(resolve, 5000))]);
    location.href = href;
  }

  // -- how the lesson stands -----------------------------------------------------------------------------------------------------

  hear({ state, lesson, done = 0, all = 0 }) {
    if (!this.lesson) this.begin(lesson);
    if (state === 'stuck') return; // said above the lesson
    const warn = ['again', 'lost', 'gone'].includes(state);
    const text = this.say(state, { done, all });
    this.status.textContent = warn ? '' : state === 'running' ? this.say('part', { done, all }) : text;
    this.warning.textContent = warn ? text : '';
    this.bar.style.width = state === 'running' && all ? `${(100 * done) / all}%` : '0';
    clearTimeout(this.quiet);
    if (state === 'ready') {
      this.quiet = setTimeout(() => (this.status.textContent = ''), 2500);
      this.refresh();
    }
    if (state !== this.state) this.spoken.textContent = warn ? '' : state === 'ready' ? text : this.say('starting');
    this.state = state;
    document.title = this.title;
    document.documentElement.lang = told.languages[this.language].tag; // Jupyter sets that of its menus
  }

  begin(lesson) {
    this.lesson = lesson;
    for (const name of ['pointerdown', 'focusin', 'click']) document.addEventListener(name, (event) => this.text(event), true);
    const opened = async () => {
      await lesson.panel.context.ready;
      follow(lesson);
      this.end(lesson);
    };
    opened();
    let later = 0;
    lesson.session.statusChanged.connect((_session, status) => {
      if (status !== 'idle' || this.state !== 'ready') return;
      clearTimeout(later);
      later = setTimeout(() => this.refresh(), 600); // the answer is kept when the kernel has done with it
    });
  }

  /** At the end of the lesson: on to the next one. */
  end(lesson) {
    if (!this.here) return;
    const nav = make('nav', 'crmlab-page-end');
    nav.setAttribute('aria-label', this.say('course'));
    for (const [key, one] of [['before', this.here.before], ['after', this.here.after]]) {
      if (!one) continue;
      const link = make('a', `crmlab-page-end-${key}`);
      link.append(make('small', '', this.say(key)), make('span', '', one.title));
      this.leads(link, () => this.edition(one.path));
      nav.append(link);
    }
    lesson.panel.node.querySelector('.jp-WindowedPanel-outer').append(nav);
  }

  /** Read the points again: of this lesson, and of all where the panel shows them. */
  async refresh() {
    const { here } = this;
    if (!here) return;
    if (this.panel.open) await this.panel.refresh();
    if (this.worked) return;
    const { points } = stands(here, await this.answers.lesson(here));
    this.points.textContent = here.points ? this.say('points', { points: shown(points), maximum: shown(here.points) }) : '';
  }
}
