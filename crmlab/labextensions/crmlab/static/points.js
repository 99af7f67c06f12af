// Points in a trainee's file of answers, for the page of a lesson and for the start page of the site; no module, so that both
// can load it. What was damaged counts for nothing, as in crmlab.course.state.amount.
(function () {
  'use strict';
  const amount = (record, key) => {
    const value = record && typeof record === 'object' ? record[key] : 0;
    return typeof value === 'number' && Number.isFinite(value) ? Math.max(value, 0) : 0;
  };

  /** The records of a file by exercise; null where it is none. */
  const records = (text) => {
    try {
      const found = JSON.parse(text).exercises;
      return found && typeof found === 'object' && !Array.isArray(found) ? found : null;
    } catch (error) {
      return null;
    }
  };

  /** Points reached; what was played for none is no exercise. */
  const reached = (found) =>
    Object.values(found || {}).reduce((sum, record) => sum + (amount(record, 'maximum') ? amount(record, 'points') : 0), 0);

  /** As crmlab.course.panel.points shows them: 3, 2.5. */
  const shown = (points) => points.toFixed(2).replace(/\.?0+$/, '');

  globalThis.crmlabPoints = { amount, records, reached, shown };
})();
