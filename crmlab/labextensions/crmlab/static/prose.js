// The style sheet of the page, and a box that moves sideways around each table that is too wide for it.
import { isPage, make, styled } from './told.js';

export function activate(app) {
  if (!isPage(app)) return;
  styled('prose.css');
  const watch = new MutationObserver(() => box(document.body));
  document.addEventListener('crmlab', ({ detail: { lesson } }) => {
    watch.observe(lesson.panel.node, { childList: true, subtree: true });
  });
}

function box(place) {
  for (const table of place.querySelectorAll('.jp-RenderedHTMLCommon table')) {
    if (table.closest('.crmlab-sideways, .crmlab-panel, [style*="overflow-x"]')) continue;
    const around = make('div', 'crmlab-sideways');
    around.tabIndex = 0; // so that the keys can move it
    table.replaceWith(around);
    around.append(table);
  }
}
