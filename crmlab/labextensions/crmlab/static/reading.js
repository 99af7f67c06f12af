// Code is folded to a thin line with its purpose in words: a click opens it, and one switch opens all.
import { make, say, lessonOf } from './told.js';
import { isPage } from './lesson.js';

const SWITCH = 'crmlab-code';

export function activate(app) {
  if (!isPage(app)) return;
  const style = make('link', '');
  style.rel = 'stylesheet';
  style.href = new URL('./reading.css', import.meta.url).href;
  document.head.append(style);
  document.body.classList.add('crmlab-page');
  document.body.classList.toggle(SWITCH, localStorage.getItem(SWITCH) === 'yes');
  document.addEventListener('crmlab', ({ detail: { lesson } }) => lesson.panel.content.widgets.forEach((cell) => fold(cell, lesson)));
}

/** Show the code of the whole lesson, or fold it again; remembered. */
export function showCode(all) {
  document.body.classList.toggle(SWITCH, all);
  localStorage.setItem(SWITCH, all ? 'yes' : 'no');
}

function fold(cell, lesson) {
  if (cell.model.type !== 'code' || cell.crmlabFolded) return;
  cell.crmlabFolded = true;
  const { language } = lessonOf(lesson.path);
  const own = cell.model.getMetadata('crmlab') || {};
  cell.node.classList.add('crmlab-fold');
  const line = make('button', 'crmlab-line', own.purpose || say(language, 'code'));
  line.type = 'button';
  line.setAttribute('aria-expanded', 'false');
  if (!own.purpose) cell.node.classList.add('crmlab-plain'); // what it shows says what it is
  line.addEventListener('click', () => {
    const open = cell.node.classList.toggle('crmlab-open');
    line.setAttribute('aria-expanded', String(open));
  });
  const failed = make('p', 'crmlab-note crmlab-note-failed', say(language, 'failed'));
  const others = make('p', 'crmlab-note crmlab-note-others', say(language, 'others') + ' ');
  const run = make('button', '', say(language, 'run'));
  run.addEventListener('click', () => lesson.runOne(cell));
  others.append(run);
  cell.node.prepend(line, others, failed);
  if (own.answer) after(cell, lesson.panel.content.widgets);
}

/** An answer in code stands under the form of the same exercise. */
function after(cell, cells) {
  const { answer } = cell.model.getMetadata('crmlab');
  const place = cells.indexOf(cell);
  const form = cells.findIndex((one, number) => number > place && one.model.sharedModel.source.startsWith(`check("${answer}"`));
  if (form < 0) return;
  cells.forEach((one, number) => {
    if (!one.node.style.order) one.node.style.order = String(2 * number);
  });
  cell.node.style.order = String(2 * form + 1);
}
