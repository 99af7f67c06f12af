// Where the reader is in a lesson: remembered for each lesson, found again when it is opened, and the same in the other language.
// A reader who scrolls is left alone.
import { kept } from './told.js';

const KEY = 'crmlab-places';
const asked = /^#(cell|at|task)=([\w-]+)(?:~([\d.]+))?$/.exec(location.hash);

const scroller = (lesson) => lesson.panel.node.querySelector('.jp-WindowedPanel-outer');

function places() {
  try {
    const found = JSON.parse(kept(KEY));
    return found && typeof found === 'object' && !Array.isArray(found) ? found : {};
  } catch (error) {
    return {};
  }
}

/** The cell at the top of the window, its number, and how much of it is scrolled away; null at the very top. */
export function where(lesson) {
  const outer = scroller(lesson);
  if (!outer || outer.scrollTop < 40) return null;
  const top = outer.getBoundingClientRect().top;
  const cells = lesson.panel.content.widgets;
  // A cell may stand elsewhere than its number says: an answer in code stands under its form.
  const boxes = cells.map((cell) => cell.node.getBoundingClientRect());
  const seen = boxes.map((_box, number) => number).filter((number) => boxes[number].bottom > top + 1);
  if (!seen.length) return null;
  const number = seen.reduce((first, one) => (boxes[one].top < boxes[first].top ? one : first));
  const box = boxes[number];
  return { cell: cells[number].model.id, number, part: Math.max(0, top - box.top) / (box.height || 1) };
}

/** The end of an address that leads to the same place: in the other language cells have the same number, in the other edition
 * the same name. */
export function sameIn(lesson, what) {
  const here = lesson && where(lesson);
  if (!here) return '';
  return `#${what === 'language' ? `at=${here.number}` : `cell=${here.cell}`}~${here.part.toFixed(3)}`;
}

/** Begin to watch a lesson: to its place, and remember where the reader goes. */
export function follow(lesson) {
  const outer = scroller(lesson);
  const cells = () => lesson.panel.content.widgets;
  const byName = (name) => () => cells().find((cell) => cell.model.id === name)?.node;
  let target = null;
  if (asked) {
    history.replaceState(history.state, '', location.href.replace(/#.*$/, ''));
    const find = { at: () => cells()[Number(asked[2])]?.node, cell: byName(asked[2]), task: () => headingOf(lesson, asked[2]) };
    target = { find: find[asked[1]], part: Number(asked[3] || 0) };
  } else {
    const [name, part] = places()[lesson.path] || [];
    if (typeof name === 'string') target = { find: byName(name), part: Number(part) || 0 };
  }
  if (target) hold(lesson, target);
  let later = 0;
  const note = () => {
    clearTimeout(later);
    later = 0;
    if (lesson.held || !outer.isConnected) return;
    const here = where(lesson);
    const { [lesson.path]: _before, ...others } = places();
    const all = here ? { ...others, [lesson.path]: [here.cell, Number(here.part.toFixed(3))] } : others;
    kept(KEY, JSON.stringify(Object.fromEntries(Object.entries(all).slice(-200))));
  };
  lesson.note = note;
  outer.addEventListener('scroll', () => (later = later || setTimeout(note, 500)), { passive: true });
  window.addEventListener('pagehide', () => later && note());
}

/** Go to an element, and keep it at its place while what stands above it grows. */
export function hold(lesson, { find, part = 0 }) {
  const outer = scroller(lesson);
  const turn = (lesson.held = {});
  const events = ['wheel', 'touchmove', 'pointerdown', 'keydown'];
  let before = null;
  let still = 0;
  const end = () => {
    clearInterval(timer);
    events.forEach((name) => window.removeEventListener(name, end, true));
    if (lesson.held !== turn) return;
    lesson.held = null;
    if (lesson.note) lesson.note();
  };
  const step = () => {
    const element = find();
    if (lesson.held !== turn || !outer.isConnected) return end();
    if (!element) return lesson.state === 'ready' ? end() : null;
    const box = element.getBoundingClientRect();
    const place = box.top - outer.getBoundingClientRect().top + outer.scrollTop;
    const here = { place, height: box.height, top: outer.scrollTop };
    const grew = !before || Math.abs(before.place - place) > 1 || Math.abs(before.height - box.height) > 1;
    if (!grew && Math.abs(before.top - here.top) > 1) return end(); // somebody has scrolled
    const busy = ['starting', 'running', 'again'].includes(lesson.state);
    if (grew) outer.scrollTop = place + part * box.height;
    still = grew || busy ? 0 : still + 1;
    before = { ...here, top: outer.scrollTop };
    return still > 12 ? end() : null;
  };
  const timer = setInterval(step, 100);
  events.forEach((name) => window.addEventListener(name, end, { capture: true, passive: true }));
  step();
}

/** The heading above a cell. */
function headingOf(lesson, name) {
  const cells = lesson.panel.content.widgets;
  const number = cells.findIndex((cell) => cell.model.id === name);
  const above = cells.slice(0, Math.max(0, number)).reverse();
  for (const cell of above) {
    const found = [...cell.node.querySelectorAll('.jp-MarkdownOutput :is(h1, h2)')];
    if (found.length) return found.pop();
  }
  return number < 0 ? null : cells[number].node;
}

/** Go to the exercise of a cell, and give its heading the focus. */
export function goTo(lesson, name) {
  const element = headingOf(lesson, name);
  if (!element) return;
  element.tabIndex = -1;
  element.focus({ preventScroll: true });
  hold(lesson, { find: () => headingOf(lesson, name) });
}
