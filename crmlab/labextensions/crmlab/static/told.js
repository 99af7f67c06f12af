// What the course told the page before it started (crmlab/app/page.py): its words, and which edition this is.
const settings = JSON.parse(document.getElementById('jupyter-config-data').textContent);

export const told = settings.crmlab || { edition: '', texts: {} };

const PATH = /^(notebooks|solutions)\/([a-z]{2})\/([^/]+)\/([^/]+)\.ipynb$/;

/** What a path says of a lesson: edition, language, unit and name; null of any other file. */
export function lessonOf(path) {
  const found = PATH.exec(path || '');
  return found && { edition: found[1], language: found[2], unit: found[3], name: found[4] };
}

/** A text in the language of the lesson, with {names} filled in. */
export function say(language, key, values = {}) {
  const texts = told.texts[language] || Object.values(told.texts)[0] || {};
  return (texts[key] || key).replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

/** An element with a class and a text. */
export function make(tag, name, text = '') {
  const element = document.createElement(tag);
  element.className = name;
  element.textContent = text;
  return element;
}

/** A sign for the eye alone. */
export function sign(text) {
  const made = make('span', '', text);
  made.setAttribute('aria-hidden', 'true');
  return made;
}

/** A button with a sign and a name. */
export function button(name, text, label) {
  const made = make('button', name);
  if (text) made.append(sign(text));
  made.type = 'button';
  made.setAttribute('aria-label', label);
  made.title = label;
  return made;
}

/** Whether this is the page of one document, and not JupyterLab with all its tools. */
export const isPage = (app) => !/Lab/.test(app.name);

/** Load a style sheet that lies beside these scripts. */
export function styled(name) {
  const style = make('link', '');
  style.rel = 'stylesheet';
  style.href = new URL(`./${name}`, import.meta.url).href;
  document.head.append(style);
}

/** A note in the browser: read, or written with a value. A browser that keeps nothing stops nothing. */
export function kept(key, value) {
  try {
    if (value === undefined) return localStorage.getItem(key);
    localStorage.setItem(key, value);
  } catch (error) {
    // Then it is as at the first visit.
  }
  return null;
}
