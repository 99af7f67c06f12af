// Live slides (crmlab/workshop/live.py): in JupyterLab a lesson does not run by itself; as a presentation it does, and then begins.
import { isPage, styled, told } from './told.js';
import { mayRun } from './trust.js';

export function activate(app) {
  if (isPage(app) || !told.slides) return;
  const looking = setInterval(() => {
    const panel = app.shell.currentWidget;
    if (!panel?.context?.path?.startsWith('slides/') || !panel.content?.widgets) return;
    clearInterval(looking);
    begin(app, panel);
  }, 200);
}

async function begin(app, panel) {
  styled('slides.css');
  await panel.context.ready;
  await panel.sessionContext.ready;
  const cells = panel.content.widgets.filter((cell) => cell.model.type === 'code');
  const allowed = await mayRun(app, panel.context.path, cells.map((cell) => cell.model.sharedModel.source));
  // Somebody has changed it: then it is for them to run.
  if (allowed.every(Boolean)) await app.commands.execute('notebook:run-all-cells');
  if (app.commands.hasCommand('deck:start')) await app.commands.execute('deck:start');
  panel.content.activeCellIndex = 0; // having run, it stands at the last
  document.body.dataset.crmlab = 'slides';
}
