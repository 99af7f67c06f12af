// Draws what the room tells (crmlab/classroom/room.py). Every text goes in as text; words come with the page.
const { texts, states } = JSON.parse(document.getElementById('told').textContent);
const EVERY = 3000;
const PATTERNS = ['right', 'partly', 'not-yet', 'unreadable', 'blank'];
let hidden = true;
let drawn = '';
let shown = null;

const say = (key, values = {}) => texts[key].replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
const at = (id) => document.getElementById(id);

function make(tag, name, text = '', ...children) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  element.textContent = text;
  element.append(...children);
  return element;
}

const points = (one) => say('points', { points: one.points, maximum: one.maximum });
const called = (one) => (hidden ? say('hidden', { n: one.place }) : one.name);

function person(one) {
  const row = make('tr', one.stuck ? 'stuck' : '');
  const name = make('th', '', called(one));
  name.scope = 'row';
  const cells = [one.title || one.lesson, one.exercise, states[PATTERNS.indexOf(look(one.state))] || '', one.lesson ? points(one) : ''];
  const since = !one.here ? say('away') : one.stuck ? say('stuck', { n: one.minutes }) : say('since', { n: one.minutes });
  row.append(name, ...cells.map((text) => make('td', '', text)), make('td', 'since', since));
  return row;
}

const look = (state) => ({ right: 'right', 'partly right': 'partly', 'not yet right': 'not-yet', unreadable: 'unreadable' })[state] || '';

function bar(task) {
  const counts = [...task.states, task.blank];
  const whole = counts.reduce((sum, one) => sum + one, 0) || 1;
  const names = [...states, texts.blank];
  const line = make('span', 'bar');
  line.setAttribute('role', 'img');
  line.setAttribute('aria-label', counts.map((count, place) => (count ? `${names[place]}: ${count}` : '')).filter(Boolean).join(', '));
  counts.forEach((count, place) => {
    if (!count) return;
    const part = make('span', PATTERNS[place]);
    part.style.width = `${(100 * count) / whole}%`;
    line.append(part);
  });
  return line;
}

function lesson(one) {
  const list = make('ul', 'tasks');
  list.append(...one.tasks.map((task) => make('li', '', '', make('span', 'task', task.title), bar(task), make('span', 'n', `${task.states[0]}/${one.begun}`))));
  return make('section', 'lesson', '', make('h3', '', one.title), make('p', 'note', say('begun', { n: one.begun, here: one.here })), list);
}

function mistake(one) {
  const label = one.label ? `${one.label}: ` : '';
  const chosen = make('p', '', label, make('b', '', one.shown || texts.typed));
  return make('li', '', '', make('p', 'head', '', make('b', '', `${one.lesson} · ${one.exercise}`), ' ', make('span', '', say('chosen', { n: one.count, of: one.of }))), make('p', 'note', one.prompt), chosen);
}

function draw() {
  const key = JSON.stringify([shown, hidden]);
  if (!shown || key === drawn) return; // what somebody is reading or has marked stays
  drawn = key;
  const { people, lessons, wrong, files, left } = shown;
  const here = people.filter((one) => one.here).length;
  at('count').textContent = [people.length ? say('here', { n: here }) : texts.nobody, left ? say('left', { n: left }) : ''].filter(Boolean).join(' · ');
  const rows = people.map((one) => [one, person(one)]);
  // Where names are hidden, their order would tell.
  rows.sort(([one], [other]) => Number(other.stuck) - Number(one.stuck) || (hidden ? one.place - other.place : 0));
  document.querySelector('#who tbody').replaceChildren(...rows.map(([, row]) => row));
  at('lessons').replaceChildren(...(lessons.length ? lessons.map(lesson) : [make('p', '', texts['no-lessons'])]));
  at('mistakes').replaceChildren(...wrong.map(mistake));
  if (!wrong.length) at('mistakes').replaceChildren(make('li', 'none', texts['no-wrong']));
  at('files').parentElement.hidden = !files.length;
  at('handed').replaceChildren(...(hidden ? [...files].sort((one, other) => one.place - other.place) : files).map((one) => make('li', '', say('files', { who: called(one), lessons: one.lessons.map((each) => `${each.lesson} ${each.points}/${each.maximum}`).join(' · ') }))));
}

async function look_again() {
  try {
    const answer = await fetch('/standing');
    if (!answer.ok) throw new Error(`${answer.status}`);
    shown = await answer.json();
    at('lost').textContent = '';
    draw();
  } catch (error) {
    at('lost').textContent = texts.lost;
  }
  setTimeout(look_again, EVERY);
}

at('names').addEventListener('click', () => {
  hidden = !hidden;
  at('names').textContent = hidden ? texts.show : texts.hide;
  draw();
});
at('legend').append(...[...states, texts.blank].map((name, place) => make('span', '', '', make('i', PATTERNS[place]), name)));
if (location.search) history.replaceState(null, '', location.pathname); // the token is in a cookie now, and not on the projector
look_again();
