// A lesson runs itself when it is opened, from top to bottom; what fails stops nothing else; and when Python stops, or the
// connection is lost, it mends itself. How far it is stands in body[data-crmlab] and goes out as the event "crmlab".
import { isPage, lessonOf, told } from './told.js';
import { mayRun, remember } from './trust.js';

// In the browser edition Python is loaded first, and packages while cells wait for them.
const SITE = told.edition === 'site';
const LONG = SITE ? 90 : 20; // seconds after which a cell that does not end is offered to be stopped
const wait = (seconds) => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));

export function activate(app) {
  if (!isPage(app)) return;
  // Else a second press may be handled by another thread of the kernel while the first one is at it.
  app.serviceManager.kernels.commsOverSubshells = 'disabled';
  const seen = new WeakSet();
  setInterval(() => {
    const panel = app.shell.currentWidget;
    if (!panel || !panel.context || !panel.content || seen.has(panel) || !lessonOf(panel.context.path)) return;
    seen.add(panel);
    new Lesson(app, panel).open();
  }, 100);
}

class Lesson {
  constructor(app, panel) {
    this.app = app;
    this.panel = panel;
    this.session = panel.context.sessionContext;
    this.turn = 0; // of running it: a later one ends those before it
    this.running = new Set(); // cells that run by themselves just now
    this.known = new Set(); // sources that were there when it was opened, or are noted
    this.died = [];
    window.crmlabLesson = this;
    // The browser edition's Python has stopped for good, or could not be loaded (crmlab/lite/changes.py).
    window.addEventListener('crmlab-died', () => {
      this.dead = true;
      this.stopped('dead');
    });
  }

  get path() {
    return this.panel.context.path;
  }

  get cells() {
    return this.panel.content.widgets.filter((cell) => cell.model.type === 'code' && cell.model.sharedModel.source.trim());
  }

  tell(state, detail = {}) {
    this.state = state;
    document.body.dataset.crmlab = state;
    document.dispatchEvent(new CustomEvent('crmlab', { detail: { state, lesson: this, ...detail } }));
  }

  async open() {
    this.tell('starting');
    await this.panel.context.ready;
    for (const cell of this.panel.content.widgets) if (cell.model.type === 'code') this.watch(cell);
    this.panel.content.model.cells.changed.connect(() => {
      clearTimeout(this.looking);
      this.looking = setTimeout(() => this.look());
    });
    this.cells.forEach((cell) => this.known.add(cell.model.sharedModel.source));
    this.panel.content.model.stateChanged.connect((_model, change) => change.name === 'dirty' && this.settle());
    this.settle();
    // Jupyter's own dialog that a kernel has died: the page says it, and starts it again.
    Object.defineProperty(this.panel, '_autorestarting', { get: () => true, set() {} });
    this.forget();
    this.tell('starting'); // now with cells
    await this.start();
  }

  /** Cells came or went. Where none is left of those before, the file was read again from the disk: somebody else may have
   * written it, and it is opened like one that was never seen. */
  look() {
    const cells = this.panel.content.widgets.filter((cell) => cell.model.type === 'code');
    const another = !cells.some((cell) => cell.crmlabWatched);
    cells.forEach((cell) => this.watch(cell));
    if (!another) return this.changed();
    cells.forEach((cell) => this.known.add(cell.model.sharedModel.source));
    clearTimeout(this.saving);
    this.written = false;
    this.settle();
    this.forget();
    return this.start();
  }

  /** Take views of widgets away that the kernel does not know any more: they would be shown as errors. */
  forget() {
    for (const cell of this.cells) {
      const outputs = cell.model.outputs;
      for (let n = 0; n < outputs.length; n += 1) {
        if ('application/vnd.jupyter.widget-view+json' in outputs.get(n).data) {
          outputs.clear();
          break;
        }
      }
    }
  }

  /** Wait for a kernel that answers, then run the lesson. */
  async start() {
    const turn = (this.turn += 1);
    await this.session.ready;
    this.listen();
    const begun = Date.now();
    for (let tries = 0; turn === this.turn && !(await this.answers()); tries += 1) {
      if (!tries) this.tell('starting');
      const seconds = Math.round((Date.now() - begun) / 1000);
      // A kernel that was there before and is at something that does not end.
      if (!SITE && seconds >= LONG && this.kernel?.connectionStatus === 'connected') this.tell('stuck', { seconds });
      if (this.dead || this.status === 'dead' || !this.kernel) await this.renew();
      else if (!SITE && tries % 10 === 9 && !(await this.lives())) await this.renew();
      await wait(0.3);
    }
    if (turn === this.turn) await this.run(turn);
  }

  get kernel() {
    return this.session.session && this.session.session.kernel;
  }

  get status() {
    return this.kernel ? this.kernel.status : 'unknown';
  }

  async answers() {
    const kernel = this.kernel;
    if (!kernel || kernel.connectionStatus !== 'connected') return false;
    const info = Promise.race([kernel.info.then(() => true, () => false), wait(10).then(() => false)]);
    return (await info) && kernel === this.kernel && kernel.connectionStatus === 'connected';
  }

  /** Whether the server still has this kernel; true where the server does not say. */
  async lives() {
    const { kernels } = this.app.serviceManager;
    return kernels.findById ? kernels.refreshRunning().then(() => kernels.findById(this.kernel.id), () => true) : true;
  }

  /** Run what stands below a cell again: it follows from what was answered there. */
  async runBelow(cell) {
    const at = this.cells.indexOf(cell);
    if (at >= 0 && this.state === 'ready') await this.run((this.turn += 1), at + 1);
  }

  /** Run every cell that may run by itself, from the one with that number on. */
  async run(turn, from = 0) {
    const cells = this.cells.slice(from);
    this.tell('running', { done: 0, all: cells.length });
    const sources = cells.map((cell) => cell.model.sharedModel.source);
    const allowed = await mayRun(this.app, this.path, sources).catch(() => sources.map(() => false));
    if (turn !== this.turn) return;
    cells.forEach((cell, number) => cell.node.classList.toggle('crmlab-others', !allowed[number]));
    const mine = cells.filter((_cell, number) => allowed[number]);
    await this.inTurn(mine, turn, (done) => this.tell('running', { done, all: mine.length }));
    if (turn === this.turn) this.tell('ready');
  }

  /** Run these cells one after the other, and tell how many are done; say so if one of them does not end. */
  async inTurn(cells, turn, tell) {
    let done = 0;
    let last = Date.now();
    tell(done);
    const slow = setInterval(() => {
      const seconds = Math.round((Date.now() - last) / 1000);
      if (turn === this.turn && seconds >= LONG && this.status === 'busy') this.tell('stuck', { seconds });
    }, 5000);
    await Promise.all(
      cells.map(async (cell) => {
        this.running.add(cell);
        await this.execute(cell).catch(() => null);
        this.running.delete(cell);
        last = Date.now();
        done += 1;
        if (turn === this.turn) tell(done);
      })
    );
    clearInterval(slow);
  }

  /** Run the cells of others as well, because the user asks for it. */
  async runAll() {
    this.cells.forEach((cell) => cell.node.classList.remove('crmlab-others'));
    await this.mine(this.cells.map((cell) => cell.model.sharedModel.source));
    await this.run((this.turn += 1));
  }

  /** End a cell that does not end by itself. */
  async startAgain() {
    await this.session.restartKernel();
  }

  /** Run a cell; an error in it does not keep those after it from running. */
  execute(cell) {
    return cell.constructor.execute(cell, this.session, { tags: ['raises-exception'] });
  }

  /** Run a cell because the user asks for it. */
  async runOne(cell) {
    cell.node.classList.remove('crmlab-others');
    this.mine([cell.model.sharedModel.source]);
    await this.execute(cell).catch(() => null);
  }

  // -- what the user wrote here ------------------------------------------------------------------------------------------------

  watch(cell) {
    if (cell.crmlabWatched) return;
    cell.crmlabWatched = true;
    const failed = () => {
      const outputs = cell.model.outputs;
      let wrong = false;
      for (let n = 0; n < outputs.length; n += 1) wrong = wrong || outputs.get(n).type === 'error';
      cell.node.classList.toggle('crmlab-failed', wrong);
    };
    cell.model.outputs.changed.connect(failed);
    failed();
    cell.model.sharedModel.changed.connect((_model, change) => change.sourceChange && this.changed());
    cell.model.stateChanged.connect((_model, change) => {
      if (change.name !== 'executionCount' || !change.newValue || this.running.has(cell)) return;
      cell.node.classList.remove('crmlab-others');
      this.mine([cell.model.sharedModel.source]);
    });
  }

  /** Only what was written is worth saving: what cells show comes again when the lesson is opened. */
  settle() {
    const model = this.panel.content.model;
    if (model.dirty && !this.written) model.dirty = false;
  }

  /** Save what was written, a moment later, and note that it was written here. */
  changed() {
    this.written = true;
    this.panel.content.model.dirty = true;
    clearTimeout(this.saving);
    this.saving = setTimeout(() => this.save(), 1500);
  }

  async save() {
    if (!this.written) return;
    this.mine(this.cells.map((cell) => cell.model.sharedModel.source).filter((source) => !this.known.has(source)));
    this.written = false;
    await this.panel.context.save().catch(() => (this.written = true));
  }

  mine(sources) {
    sources.forEach((source) => this.known.add(source));
    return remember(this.app, sources).catch(() => null);
  }

  // -- when Python stops, or the connection is lost ------------------------------------------------------------------------------

  listen() {
    if (this.listening) return;
    this.listening = true;
    this.session.statusChanged.connect((_session, status) => {
      if (['restarting', 'autorestarting', 'dead', 'terminating'].includes(status)) this.stopped(status);
    });
    this.session.connectionStatusChanged.connect((_session, status) => {
      if (status !== 'connected') this.lost();
    });
    window.addEventListener('online', () => this.reconnect());
    document.addEventListener('visibilitychange', () => document.hidden || this.reconnect());
  }

  async stopped(status) {
    if (this.healing) return;
    this.healing = true;
    this.turn += 1;
    this.tell('again', { status });
    try {
      if (status === 'dead' || status === 'terminating') await this.renew();
      await this.start();
    } finally {
      this.healing = false;
    }
  }

  /** A new kernel; more and more slowly where they keep dying. */
  async renew() {
    const now = Date.now();
    this.died = this.died.filter((when) => now - when < 60_000);
    this.died.push(now);
    if (this.died.length > 2) {
      this.tell('gone');
      await wait(Math.min(30, 2 ** this.died.length));
    }
    this.dead = false;
    // JupyterLite knows no other kernel in a session than the one that it began with.
    const fresh = SITE && this.kernel ? this.session.restartKernel() : this.session.changeKernel({ name: 'python3' });
    await fresh.catch(() => null);
  }

  async lost() {
    if (this.losing) return;
    this.losing = true;
    const kernel = this.kernel;
    const before = this.state;
    await wait(1); // a new kernel is connected within that time
    try {
      for (let tries = 0; !this.healing && this.kernel && this.kernel.connectionStatus !== 'connected'; tries += 1) {
        this.tell(tries > 15 ? 'gone' : 'lost');
        await this.reconnect();
        await wait(2);
      }
      if (this.healing || !['lost', 'gone'].includes(this.state)) return;
      if (this.kernel === kernel && before === 'ready' && (await this.answers())) this.tell('ready');
      else await this.start();
    } finally {
      this.losing = false;
    }
  }

  async reconnect() {
    const kernel = this.kernel;
    if (kernel && kernel.connectionStatus === 'disconnected') await kernel.reconnect().catch(() => null);
  }
}
