// How a learner stands in the lessons of the package: points of all, and how much was tried. An exercise counts once, in whichever
// language it was answered. No module: tests run it in Node.
(function () {
  'use strict';
  const isRecord = (value) => Boolean(value) && typeof value === 'object' && !Array.isArray(value);
  const { amount } = globalThis.crmlabPoints;

  function tried(record) {
    if (!isRecord(record)) return false;
    if (amount(record, 'points') || amount(record, 'tries') || (Array.isArray(record.tries) && record.tries.length)) return true;
    return typeof record.state === 'string' && !['', 'blank', 'unreadable'].includes(record.state);
  }

  /** `lessons` as the launch page is told them, `files` contents of files of answers by path, `points` what counts without them, `seen`
   * the paths of lessons that were open. */
  function of(lessons, files, points = {}, seen = []) {
    const standing = { points: 0, maximum: 0, tried: 0, tasks: 0, opened: 0, lessons: lessons.length };
    for (const one of lessons) {
      const found = one.paths.map((path) => files[path]).filter(isRecord).map((content) => content.exercises).filter(isRecord);
      const best = {};
      for (const records of found) {
        for (const [id, record] of Object.entries(records)) {
          if (amount(record, 'maximum')) best[id] = Math.max(best[id] || 0, amount(record, 'points'));
        }
      }
      const reached = Object.values(best).reduce((sum, some) => sum + some, 0);
      const before = Math.max(0, ...one.paths.map((path) => amount(points, path)));
      standing.points += Math.min(one.points, Math.max(reached, before));
      standing.maximum += one.points;
      standing.tasks += one.tasks.length;
      standing.tried += one.tasks.filter((id) => found.some((records) => tried(records[id]))).length;
      standing.opened += found.length || before || one.paths.some((path) => seen.includes(path)) ? 1 : 0;
    }
    standing.share = standing.maximum ? Math.round((1e4 * standing.points) / standing.maximum) / 1e4 : 0;
    return standing;
  }

  /** What is reported: `share` of the points, `status`, and how far the learner has come. What was passed stays passed. */
  function result(standing, pass, before = {}) {
    const share = Math.max(standing.share, before.share || 0);
    const all = standing.tasks ? standing.tried >= standing.tasks : standing.opened >= standing.lessons;
    const passed = Boolean(before.passed) || (standing.maximum > 0 && share >= pass - 1e-9);
    const done = passed || Boolean(before.done) || all;
    const success = standing.maximum ? (passed ? 'passed' : all ? 'failed' : 'unknown') : 'unknown';
    const progress = done ? 1 : standing.tasks ? standing.tried / standing.tasks : standing.opened / (standing.lessons || 1);
    return { share, scored: standing.maximum > 0, passed, done, success, progress: Math.round(100 * progress) / 100 };
  }

  globalThis.crmlabStanding = { of, result };
})();
