// What a learning management system with SCORM 1.2 or SCORM 2004 is told and asked. Its calls answer at once, and none of them
// may stop a lesson: what fails is said and tried again.
(function () {
  'use strict';
  const MOST = 500; // frames within each other, as SCORM advises

  // The system's object lies in a frame around this one, or in or around the window that opened this one.
  function found(name) {
    const above = (start) => {
      let one = start;
      for (let count = 0; one && count < MOST; count += 1) {
        try {
          if (one[name]) return one[name];
        } catch (error) {
          return null; // of another host
        }
        if (one.parent === one) return null;
        one = one.parent;
      }
      return null;
    };
    const from = (start) => above(start) || (start.opener && above(start.opener));
    try {
      return from(window) || (window.top !== window && from(window.top)) || null;
    } catch (error) {
      return null;
    }
  }

  const clock = (seconds) => {
    const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
    return `${String(Math.min(parts[0], 9999)).padStart(4, '0')}:${parts.slice(1).map((one) => String(one).padStart(2, '0')).join(':')}`;
  };
  const percent = (share) => String(Math.round(1e4 * share) / 100);
  // Of one field for everything "failed" says that it is over: systems open what failed for looking back only. Here the learner may go on.
  const status = ({ success, done }) => (success === 'passed' ? 'passed' : success === 'unknown' && done ? 'completed' : 'incomplete');
  const EDITIONS = {
    'scorm-1.2': {
      name: 'API',
      calls: ['LMSInitialize', 'LMSGetValue', 'LMSSetValue', 'LMSCommit', 'LMSFinish', 'LMSGetLastError'],
      ask: {
        learner: 'cmi.core.student_id',
        suspended: 'cmi.suspend_data',
        place: 'cmi.core.lesson_location',
        score: 'cmi.core.score.raw',
        mode: 'cmi.core.lesson_mode',
        status: 'cmi.core.lesson_status',
      },
      optional: ['cmi.core.score.min', 'cmi.core.score.max'], // a system need not have them
      limit: 4095, // and one sign more where all is told anew
      place: 255,
      tell: ({ result, place, seconds, suspended }) => [
        ['cmi.core.lesson_status', status(result)],
        ...(result.scored ? [['cmi.core.score.min', '0'], ['cmi.core.score.max', '100'], ['cmi.core.score.raw', percent(result.share)]] : []),
        ['cmi.core.lesson_location', place],
        ['cmi.suspend_data', suspended],
        ['cmi.core.session_time', clock(seconds)],
        ['cmi.core.exit', 'suspend'],
      ],
    },
    'scorm-2004': {
      name: 'API_1484_11',
      calls: ['Initialize', 'GetValue', 'SetValue', 'Commit', 'Terminate', 'GetLastError'],
      ask: {
        learner: 'cmi.learner_id',
        suspended: 'cmi.suspend_data',
        place: 'cmi.location',
        score: 'cmi.score.scaled',
        mode: 'cmi.mode',
        status: 'cmi.success_status',
        completion: 'cmi.completion_status',
      },
      optional: [],
      limit: 63999,
      place: 1000,
      tell: ({ result, place, seconds, suspended }) => [
        ['cmi.completion_status', result.done ? 'completed' : 'incomplete'],
        ...(result.scored
          ? [
              ['cmi.success_status', result.success],
              ['cmi.score.min', '0'],
              ['cmi.score.max', '100'],
              ['cmi.score.raw', percent(result.share)],
              ['cmi.score.scaled', String(result.share)],
            ]
          : []),
        ['cmi.progress_measure', String(result.progress)],
        ['cmi.location', place],
        ['cmi.suspend_data', suspended],
        ['cmi.session_time', `PT${Math.round(100 * seconds) / 100}S`],
        ['cmi.exit', 'suspend'],
      ],
    },
  };

  // A value beside this one that does no harm if it is the last that arrives; null where there is none.
  function beside(name, value) {
    if (name === 'cmi.suspend_data') return `${value} `;
    if (/score\.(raw|scaled)$|progress_measure$/.test(name)) {
      const step = name.endsWith('raw') ? 0.01 : 0.0001;
      return String(Number((Number(value) > step ? Number(value) - step : Number(value) + step).toFixed(4)));
    }
    if (/status$/.test(name)) return { passed: 'incomplete', completed: 'incomplete' }[value] && (name === 'cmi.success_status' ? 'unknown' : 'incomplete');
    return /(location|exit)$/.test(name) && value ? '' : null;
  }

  /** The connection to the system; null where there is none. */
  async function connect({ standard }) {
    const edition = EDITIONS[standard];
    const api = found(edition.name);
    if (!api) return null;
    const [begin, get, set, commit, finish, fault] = edition.calls;
    const call = (name, ...values) => {
      try {
        return String(api[name](...values));
      } catch (error) {
        return 'false';
      }
    };
    const ask = (name) => {
      const value = call(get, name);
      return value === 'false' || value === 'undefined' ? '' : value;
    };
    if (call(begin, '') !== 'true' && !['101', '103'].includes(call(fault))) return null;
    const told = Object.fromEntries(Object.entries(edition.ask).map(([key, name]) => [key, ask(name)]));
    const score = Number(told.score) / (standard === 'scorm-1.2' ? 100 : 1);
    const silent = ['browse', 'review'].includes(told.mode);
    const sent = new Map();
    let open = true;
    let lost = false;

    /** Tell it all that has changed; gives the names of what it did not take. */
    function save(state) {
      if (!open) return [];
      const refused = [];
      // Moodle says that it has kept what it could not even send.
      if (globalThis.navigator && navigator.onLine === false) return [`${commit} (offline)`];
      // What did not arrive Moodle holds for kept all the same, and sends again only what changes: all is told anew, by way of
      // values beside it.
      if (lost) {
        sent.clear();
        for (const [name, value] of edition.tell(state)) {
          const other = beside(name, value);
          if (other !== null && other !== undefined) call(set, name, other);
        }
        if (call(commit, '') !== 'true') return [`${commit} (${call(fault)})`];
      }
      for (const [name, value] of edition.tell(state)) {
        if (sent.get(name) === value) continue;
        if (call(set, name, value) === 'true' || edition.optional.includes(name)) sent.set(name, value);
        else refused.push(`${name} (${call(fault)})`);
      }
      lost = call(commit, '') !== 'true';
      if (lost) refused.push(`${commit} (${call(fault)})`);
      return refused;
    }

    return {
      learner: told.learner,
      suspended: told.suspended.trim(),
      place: told.place,
      before: {
        share: Number.isFinite(score) && told.score !== '' ? Math.min(1, Math.max(0, score)) : 0,
        passed: told.status === 'passed',
        done: ['passed', 'completed'].includes(told.status) || told.completion === 'completed',
      },
      silent,
      languages: [],
      pass: null,
      limit: edition.limit,
      place_limit: edition.place,
      leave: null,
      save: async (state) => save(state),
      // The page goes away: only what answers at once is done.
      end: (state) => {
        if (!open) return;
        if (state && !silent) save(state);
        open = false;
        call(finish, '');
      },
    };
  }

  window.crmlabLms = { ...window.crmlabLms, 'scorm-1.2': connect, 'scorm-2004': connect };
})();
