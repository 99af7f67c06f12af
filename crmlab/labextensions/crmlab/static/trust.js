// Which cells may run by themselves: those as the course brings them, and those that this user wrote or ran here. The installed
// course asks its server; the browser edition compares with the lesson on the site, and keeps its list in the browser.
import { ask } from './asking.js';
import { kept, told } from './told.js';

const KEY = 'crmlab-mine';

/** For each source whether it may run by itself in the lesson at `path`. */
export function mayRun(app, path, sources) {
  return told.edition === 'site' ? onSite(path, sources) : ask(app, 'cells', { path, sources }).then((answer) => answer.run);
}

/** Note sources that the user wrote or ran here. */
export function remember(app, sources) {
  if (!sources.length) return Promise.resolve();
  return told.edition === 'site' ? keep(sources) : ask(app, 'cells', { mine: sources });
}

async function digest(source) {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(source.trim()));
  return Array.from(new Uint8Array(bytes), (one) => one.toString(16).padStart(2, '0')).join('');
}

function mine() {
  try {
    const found = JSON.parse(kept(KEY));
    return Array.isArray(found) ? found : [];
  } catch (error) {
    return [];
  }
}

async function keep(sources) {
  const all = [...new Set([...mine(), ...(await Promise.all(sources.map(digest)))])];
  kept(KEY, JSON.stringify(all.slice(-5000)));
}

async function onSite(path, sources) {
  const answer = await fetch(`../files/${path}`).catch(() => null);
  const cells = answer && answer.ok ? (await answer.json()).cells : [];
  const shipped = cells.filter((cell) => cell.cell_type === 'code').map((cell) => [cell.source].flat().join(''));
  const known = new Set([...mine(), ...(await Promise.all(shipped.map(digest)))]);
  return Promise.all(sources.map(async (source) => known.has(await digest(source))));
}
