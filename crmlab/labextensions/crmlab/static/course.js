// The course around a lesson: which lessons there are, where they are, and how far the trainee has come in each.
import { told, lessonOf } from './told.js';
import './points.js';

const { amount, records, reached } = globalThis.crmlabPoints;
const DAY = 24 * 60 * 60 * 1000;

/** Units, lessons and review deck in a language; see crmlab/course/outline.py. */
export const outline = (language) => told.course[language] || { units: [], lessons: [], review: null };

/** The same lesson in another edition ("notebooks" or "solutions") or language. */
export const moved = (path, { edition, language } = {}) => {
  const [first, second, ...rest] = path.split('/');
  return [edition || first, language || second, ...rest].join('/');
};

/** The lesson of a path, with those before and after it; null of a notebook that is none of the course. */
export function lessonAt(path) {
  const { language } = lessonOf(path) || {};
  const { lessons } = outline(language);
  const number = lessons.findIndex((one) => one.path === moved(path, { edition: 'notebooks' }));
  return number < 0 ? null : { ...lessons[number], before: lessons[number - 1], after: lessons[number + 1] };
}

/** The address of the page of a notebook. */
export function address(app, path, at = '') {
  const words = path.split('/').map(encodeURIComponent).join('/');
  if (told.edition !== 'site') return `${app.serviceManager.serverSettings.baseUrl}notebooks/${words}${at}`;
  return `${root()}/${told.apps[lessonOf(path).language]}/index.html?path=${words}${at}`;
}

/** The notebook that a link in the text of another one means: as it is written there, or as Jupyter has made it the address of a
 * file; null of any other link. */
export function linked(href, from) {
  const plain = href.replace(/[?#].*$/, '');
  const file = /(?:^|\/)(?:files|notebooks|tree)\/((?:notebooks|solutions)\/.+)$/.exec(plain);
  const path = file ? file[1] : /^[a-z]+:|^\//i.test(plain) ? '' : new URL(plain, `http://x/${from}`).pathname.slice(1);
  return lessonOf(path) ? path : null;
}

/** The start page of the site; the installed course has none. */
export const home = () => (told.edition === 'site' ? `${root()}/index.html` : '');

const root = () => document.getElementById('jupyter-config-data').dataset.jupyterLiteRoot || '..';

/** The notebook that this page was loaded for. */
export function pathOfPage(app) {
  if (told.edition === 'site') return new URLSearchParams(location.search).get('path') || '';
  const { baseUrl } = app.serviceManager.serverSettings;
  const start = `${new URL(baseUrl, location.href).pathname}notebooks/`;
  return location.pathname.startsWith(start) ? decodeURIComponent(location.pathname.slice(start.length)) : '';
}

/** A trainee's answers in one language, read from their files: only those that are there, and again only when they have changed. */
export class Answers {
  constructor(app, language) {
    this.contents = app.serviceManager.contents;
    this.language = language;
    this.kept = new Map(); // path -> [when it was changed, records]
  }

  /** The records of a lesson, by exercise. */
  async lesson(one) {
    const path = one.path.replace(/\.ipynb$/, '.json');
    return (await this.some(path.slice(0, path.lastIndexOf('/')), [path])).get(path) || {};
  }

  /** How the whole course stands: points, done and begun for each lesson by path, and questions of the review that are due. */
  async all() {
    const { lessons } = outline(this.language);
    const paths = lessons.map((one) => one.path.replace(/\.ipynb$/, '.json'));
    const deck = `notebooks/${this.language}/review.json`;
    const folders = new Set([...paths, deck].map((path) => path.slice(0, path.lastIndexOf('/'))));
    const found = new Map();
    await Promise.all([...folders].map(async (folder) => (await this.some(folder, [...paths, deck])).forEach((value, path) => found.set(path, value))));
    const standing = new Map();
    lessons.forEach((one, number) => standing.set(one.path, stands(one, found.get(paths[number]))));
    return { standing, due: due(found.get(deck)), deck: found.has(deck) };
  }

  /** The records of those of these files that are in a folder. */
  async some(folder, paths) {
    const listed = await this.contents.get(folder, { content: true }).catch(() => ({ content: [] }));
    const there = new Map((listed.content || []).map((file) => [file.path, file.last_modified]));
    const found = new Map();
    await Promise.all(
      paths.filter((path) => there.has(path)).map(async (path) => {
        const [when, before] = this.kept.get(path) || [];
        const now = when === there.get(path) ? before : await this.read(path);
        this.kept.set(path, [there.get(path), now]);
        if (now) found.set(path, now);
      })
    );
    return found;
  }

  async read(path) {
    const file = await this.contents.get(path, { content: true, type: 'file', format: 'text' }).catch(() => null);
    if (!file) return null;
    return records(typeof file.content === 'string' ? file.content : JSON.stringify(file.content));
  }
}

/** How a lesson stands, by the records of its answers. */
export function stands(one, found) {
  const points = Math.min(reached(found), one.points);
  return { points, begun: Boolean(found && Object.keys(found).length), done: one.points > 0 && points >= one.points };
}

/** The first exercise of a lesson that has not all its points. */
export const openTask = (one, found) =>
  one.tasks.find((task) => amount((found || {})[task.id], 'points') < task.points) || null;

/** The lesson to go on with, as crmlab.course.progress.next_step: this one, else the first begun one, else the first new one. */
export function nextStep(lessons, standing, here) {
  const left = lessons.filter((one) => one.points > 0 && !standing.get(one.path).done);
  return left.find((one) => one.path === here) || left.find((one) => standing.get(one.path).begun) || left[0] || null;
}

/** How many questions of the review deck are due, as crmlab.course.bank.review.Deck.due counts. */
function due(found) {
  const now = Date.now();
  return Object.values(found || {}).filter((record) => {
    if (!record || typeof record !== 'object') return false;
    const card = record.card || {};
    const when = Date.parse(card.due);
    if (Number.isNaN(when) || when > now + 366 * DAY) return true; // what cannot be right is asked now
    return card.step === null ? when < new Date().setHours(24, 0, 0, 0) : when <= now;
  }).length;
}
