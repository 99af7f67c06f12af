// The course beside a lesson: the next step, the review, and every lesson with its points. On a wide page it may stay open at the
// side; on a narrow one it is a drawer over the page.
import { told, make, button, kept } from './told.js';
import { home, moved, nextStep, openTask, outline } from './course.js';
import { sameIn } from './place.js';
import { HandIn } from './hand_in.js';
import { InRoom } from './room.js';

const { shown } = globalThis.crmlabPoints;
const OPEN = 'crmlab-course';
const WIDE = window.matchMedia('(min-width: 1100px)');
export class Panel {
  constructor(page) {
    this.page = page;
    this.open = false;
    this.lines = new Map(); // path -> where its points stand
    this.outline = outline(page.language);
    this.node = make('div', 'crmlab-course');
    this.node.id = 'crmlab-course';
    this.node.lang = told.languages[page.language].tag;
    this.node.hidden = true;
    this.shade = make('div', 'crmlab-shade');
    this.shade.addEventListener('click', () => this.close());
    this.build();
    this.node.addEventListener('keydown', (event) => this.key(event));
    WIDE.addEventListener('change', () => this.settle());
    this.settle();
  }

  say(key, values) {
    return this.page.say(key, values);
  }

  // -- open and closed -----------------------------------------------------------------------------------------------------------

  /** As it was left, on a page that has room for it. */
  settle() {
    const open = WIDE.matches && kept(OPEN) === 'open';
    this.show(open);
  }

  toggle() {
    if (this.open) return this.close();
    this.show(true);
    if (WIDE.matches) kept(OPEN, 'open');
    this.node.querySelector('.crmlab-close').focus();
    return null;
  }

  close() {
    if (WIDE.matches) kept(OPEN, 'closed');
    this.show(false);
    this.page.opener.focus();
  }

  /** Something was chosen: a drawer has done its work. */
  chosen() {
    if (this.open && !WIDE.matches) this.show(false);
  }

  show(open) {
    const drawer = open && !WIDE.matches;
    this.open = open;
    this.node.hidden = !open;
    document.body.classList.toggle('crmlab-beside', open && !drawer);
    for (const one of [this.page.head, document.getElementById('main')]) if (one) one.inert = drawer;
    if (drawer) {
      this.node.setAttribute('role', 'dialog');
      this.node.setAttribute('aria-modal', 'true');
      this.node.setAttribute('aria-label', this.say('course'));
      this.node.before(this.shade);
    } else {
      for (const name of ['role', 'aria-modal', 'aria-label']) this.node.removeAttribute(name);
      this.shade.remove();
    }
    const { opener } = this.page;
    opener.setAttribute('aria-expanded', String(open));
    const label = this.say(open ? 'close' : 'open');
    opener.setAttribute('aria-label', label);
    opener.title = label;
    window.dispatchEvent(new Event('resize'));
    if (open) this.refresh();
  }

  key(event) {
    if (event.key === 'Escape') {
      event.stopPropagation();
      this.close();
    }
    if (event.key !== 'Tab' || WIDE.matches) return;
    const stops = [...this.node.querySelectorAll('a[href], button')].filter((one) => one.offsetParent);
    const [from, to] = event.shiftKey ? [stops[0], stops[stops.length - 1]] : [stops[stops.length - 1], stops[0]];
    if (document.activeElement !== from) return;
    event.preventDefault();
    to.focus();
  }

  // -- what stands in it -----------------------------------------------------------------------------------------------------------

  build() {
    const { page } = this;
    const nav = make('nav', '');
    nav.setAttribute('aria-label', this.say('course'));
    const top = make('div', 'crmlab-course-top');
    this.total = make('span', 'crmlab-total');
    const close = button('crmlab-close', '×', this.say('close'));
    close.addEventListener('click', () => this.close());
    top.append(make('h2', '', this.outline.class || this.say('course')), this.total, close);
    this.step = make('div', 'crmlab-step');
    this.deck = make('div', 'crmlab-deck');
    nav.append(top, this.step, this.deck);
    if (!page.worked) nav.append(new HandIn(page).opener);
    if (this.outline.due) nav.append(make('p', 'crmlab-by', this.say('by', { due: this.outline.due })));
    for (const unit of this.outline.units) {
      const list = make('ul', '');
      list.append(...this.outline.lessons.filter((one) => one.unit === unit.number).map((one) => this.line(one)));
      nav.append(make('h3', '', `${unit.number} ${unit.title}`), list);
    }
    const worked = make('button', 'crmlab-page-switch', this.say('worked'));
    worked.type = 'button';
    worked.setAttribute('role', 'switch');
    worked.setAttribute('aria-checked', String(page.worked));
    worked.addEventListener('click', () => this.turn());
    const foot = make('div', 'crmlab-course-foot');
    if (told.worked) foot.append(worked);
    if (told.edition !== 'site' && !page.worked) foot.append(new InRoom(page).opener);
    if (home()) {
      const link = make('a', '', this.say('home'));
      link.href = home();
      foot.append(link);
    }
    nav.append(foot);
    this.node.append(nav);
  }

  line(one) {
    const item = make('li', '');
    const link = make('a', '');
    link.append(make('span', 'crmlab-lesson-title', one.title));
    this.page.leads(link, () => this.page.edition(one.path));
    if (one.path === moved(this.page.path, { edition: 'notebooks' })) link.setAttribute('aria-current', 'page');
    const stands = make('small', '', this.say('minutes', { minutes: one.minutes }));
    this.lines.set(one.path, stands);
    link.append(stands);
    item.append(link);
    return item;
  }

  /** The same place in the other edition: with the answers, or without. */
  turn() {
    const { page } = this;
    const edition = page.worked ? 'notebooks' : 'solutions';
    const link = make('a', '');
    page.leads(link, () => moved(page.path, { edition }), () => sameIn(page.lesson, 'edition'));
    link.click();
  }

  /** Read every answer again, and show how the course stands. */
  async refresh() {
    const { page } = this;
    const { lessons, review } = this.outline;
    const { standing, due, deck } = await page.answers.all();
    let points = 0;
    let maximum = 0;
    for (const one of lessons) {
      const now = standing.get(one.path);
      points += now.points;
      maximum += one.points;
      const line = this.lines.get(one.path);
      const words = [this.say('minutes', { minutes: one.minutes })];
      if (!one.points) words.push(this.say('unscored'));
      else if (now.begun) words.push(this.say('points', { points: shown(now.points), maximum: shown(one.points) }));
      else words.push(this.say('worth', { maximum: shown(one.points) }));
      if (now.done) words.push(this.say('done'));
      line.textContent = words.join(' · ');
      line.parentElement.classList.toggle('crmlab-done', now.done);
      line.parentElement.classList.toggle('crmlab-begun', now.begun && !now.done);
    }
    this.total.textContent = this.say('points', { points: shown(points), maximum: shown(maximum) });
    await this.next(lessons, standing);
    this.deck.replaceChildren();
    if (!review) return;
    const link = make('a', due ? 'crmlab-due' : '');
    link.append(make('span', '', this.say('review')), make('small', '', due ? this.say('due', { n: due }) : this.say(deck ? 'none' : 'empty')));
    page.leads(link, () => review.path, () => `#task=${review.cell}`);
    this.deck.append(link);
  }

  /** The next step: an exercise of this lesson, or another lesson. */
  async next(lessons, standing) {
    const { page } = this;
    const one = nextStep(lessons, standing, moved(page.path, { edition: 'notebooks' }));
    this.step.replaceChildren();
    if (!one) {
      this.step.append(make('p', '', this.say('all')));
      return;
    }
    const isHere = page.here && one.path === page.here.path;
    const task = openTask(one, await page.answers.lesson(one));
    const link = make('a', 'crmlab-go', this.say('go', { title: isHere && task ? task.title : one.title }));
    page.leads(link, () => page.edition(one.path), () => (isHere && task ? `#task=${task.cell}` : ''));
    this.step.append(link);
  }
}
