// Code is folded to a thin line with its purpose in words: a click opens it, and one switch opens all.
import { isPage, kept, lessonOf, make, say, styled } from './told.js';

export const SWITCH = 'crmlab-code';

export function activate(app) {
  if (!isPage(app)) return;
  styled('reading.css');
  document.body.classList.add('crmlab-page');
  document.body.classList.toggle(SWITCH, kept(SWITCH) === 'yes');
  app.restored.then(() => bare(app.shell));
  document.addEventListener('crmlab', ({ detail }) => {
    detail.lesson.panel.content.widgets.forEach((cell) => fold(cell, detail.lesson));
    notices(detail);
    bare(app.shell); // Jupyter shows its head again when it has read its settings
    tools(detail.lesson);
    // A "feed" of articles is what the list of cells is called, and not what it is.
    document.querySelectorAll('.jp-Notebook[role=feed], .jp-Notebook [role=feed]').forEach((list) => list.removeAttribute('role'));
  });
}

/** Above the lesson: that it was written elsewhere, or that a cell does not end, each with a button. */
function notices({ state, lesson, seconds }) {
  const others = state === 'ready' && lesson.cells.some((cell) => cell.node.classList.contains('crmlab-others'));
  notice(lesson, 'others-all', others, () => lesson.runAll(), 'run');
  notice(lesson, 'stuck', state === 'stuck', () => lesson.startAgain(), 'stop', { seconds });
}

function notice(lesson, key, there, run, button, values) {
  const { language } = lessonOf(lesson.path);
  document.querySelector(`.crmlab-notice-${key}`)?.remove();
  if (!there) return;
  const box = make('div', `crmlab-notice crmlab-notice-${key}`, say(language, key, values) + ' ');
  box.setAttribute('role', 'status');
  const press = make('button', '', say(language, button));
  press.addEventListener('click', () => {
    box.remove();
    run();
  });
  box.append(press);
  lesson.panel.content.node.before(box);
}

/** Without Jupyter's own head and menus. */
function bare(widget) {
  for (const part of widget.layout || []) {
    if (/^(top|menu)-panel-wrapper$|^spacer-widget-top$/.test(part.id)) part.hide();
    else if (part.id !== 'main-panel') bare(part);
  }
}

/** Show the code of the whole lesson and the tools for it, or fold it again; remembered. */
export function showCode(all) {
  document.body.classList.toggle(SWITCH, all);
  kept(SWITCH, all ? 'yes' : 'no');
  if (window.crmlabLesson) tools(window.crmlabLesson);
}

/** The tools of a notebook come with its code. */
function tools(lesson) {
  lesson.panel.toolbar.setHidden(!document.body.classList.contains(SWITCH));
}

function fold(cell, lesson) {
  cell.node.setAttribute('role', 'group'); // Jupyter gives it a name, which only something with a role may have
  if (cell.model.type !== 'code' || cell.crmlabFolded) return;
  cell.crmlabFolded = true;
  const { language } = lessonOf(lesson.path);
  const own = cell.model.getMetadata('crmlab') || {};
  cell.node.classList.add('crmlab-fold');
  const line = make('button', 'crmlab-purpose', own.purpose || say(language, 'code'));
  line.type = 'button';
  line.setAttribute('aria-expanded', 'false');
  // A form says what it is; and that a lesson is opened nobody needs to be told.
  const source = cell.model.sharedModel.source.trim();
  const form = !own.purpose && /^\w+\([^\n]*\)$/.test(source);
  if (form || /^lesson\(/m.test(source)) cell.node.classList.add('crmlab-plain');
  line.addEventListener('click', () => {
    const open = cell.node.classList.toggle('crmlab-open');
    line.setAttribute('aria-expanded', String(open));
  });
  cell.ready.then(() => cell.node.querySelector('.cm-content')?.setAttribute('aria-label', line.textContent));
  const failed = make('div', 'crmlab-note crmlab-note-failed', say(language, 'failed'));
  const others = make('div', 'crmlab-note crmlab-note-others', say(language, 'others') + ' ');
  const run = make('button', '', say(language, 'run'));
  run.addEventListener('click', () => lesson.runOne(cell));
  others.append(run);
  const first = () => cell.node.prepend(line, others, failed);
  first();
  cell.ready.then(first); // what is out of sight is drawn later, above what stands there
  if (own.answer && (cell.model.getMetadata('nbgrader') || {}).solution) after(cell, lesson.panel.content.widgets);
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
