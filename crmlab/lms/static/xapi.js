// What a learning record store is told and asked: with cmi5, where the learning management system hands over a token, and with the
// launch of Tin Can packages (xAPI), where all stands in the address. Nothing that fails may stop a lesson.
(function () {
  'use strict';
  const VERB = 'http://adlnet.gov/expapi/verbs/';
  const CMI5 = 'https://w3id.org/xapi/cmi5/context/';
  const PROGRESS = 'https://w3id.org/xapi/cmi5/result/extensions/progress';
  const WORK = 'crmlab-work'; // under this name the store keeps the learner's work
  // What is sent when a page goes away may have 64 KiB altogether.
  const LIMIT = 55000;

  const parameters = new URLSearchParams(location.search);
  const parsed = (text) => {
    try {
      return JSON.parse(text);
    } catch (error) {
      return null;
    }
  };
  const iso = (seconds) => `PT${Math.round(100 * seconds) / 100}S`;
  const whole = (share) => Math.floor(100 * share + 1e-9);
  const first = (value) => (Array.isArray(value) ? value[0] : value);

  // Older systems write an actor as lists.
  function actorOf(text) {
    const given = parsed(text);
    if (!given || typeof given !== 'object') return null;
    const actor = { objectType: 'Agent' };
    const name = first(given.name);
    const account = first(given.account);
    if (name) actor.name = name;
    if (account) {
      const homePage = account.homePage || account.accountServiceHomePage;
      return { ...actor, account: { homePage, name: String(account.name || account.accountName) } };
    }
    for (const key of ['mbox', 'mbox_sha1sum', 'openid']) if (first(given[key])) return { ...actor, [key]: first(given[key]) };
    return null;
  }

  // What a launch by Tin Can wants to see again in every statement.
  function asked() {
    const platform = parameters.get('activity_platform');
    const grouping = parameters.get('grouping') || '';
    const activity = grouping.includes(':') && { contextActivities: { grouping: [{ objectType: 'Activity', id: grouping }] } };
    return { ...(platform && { platform }), ...activity };
  }

  // A token is given once: a page that is loaded again finds it where it was kept for this window.
  async function token(address) {
    const key = `crmlab-token ${address}`;
    const kept = sessionStorage.getItem(key);
    if (kept) return kept;
    const answer = await fetch(address, { method: 'POST' });
    const given = answer.ok ? (await answer.json())['auth-token'] : '';
    if (!given) throw new Error('no token');
    sessionStorage.setItem(key, given);
    return given;
  }

  async function connect({ standard, activity, pass }) {
    const cmi5 = standard === 'cmi5';
    const endpoint = (parameters.get('endpoint') || '').replace(/\/*$/, '/');
    const actor = actorOf(parameters.get('actor'));
    const id = parameters.get(cmi5 ? 'activityId' : 'activity_id') || (cmi5 ? '' : activity.id);
    const registration = parameters.get('registration') || '';
    if (!/^https?:\/\/./.test(endpoint) || !actor || !id) return null;
    // A token without the name of a scheme is one of HTTP Basic, in both standards.
    const own = (given) => (!given || /\s/.test(given) ? given : `Basic ${given}`);
    const authorization = own(cmi5 ? await token(parameters.get('fetch')) : (parameters.get('auth') || '').trim());
    const headers = { 'X-Experience-API-Version': '1.0.3', ...(authorization && { Authorization: authorization }) };
    const here = `activityId=${encodeURIComponent(id)}&agent=${encodeURIComponent(JSON.stringify(actor))}`;
    const state = (name) =>
      `${endpoint}activities/state?stateId=${encodeURIComponent(name)}&${here}${registration && `&registration=${encodeURIComponent(registration)}`}`;

    async function ask(address) {
      const answer = await fetch(address, { headers });
      if (answer.status === 404 || answer.status === 204) return null;
      if (!answer.ok) throw new Error(String(answer.status));
      return parsed(await answer.text());
    }
    async function send(method, address, content, keepalive) {
      const answer = await fetch(address, { method, keepalive, headers: { ...headers, 'Content-Type': 'application/json' }, body: JSON.stringify(content) });
      // Of a statement that is there already nothing is wanted any more.
      if (!answer.ok && answer.status !== 409) throw new Error(String(answer.status));
    }

    const launch = cmi5 ? await ask(state('LMS.LaunchData')) : { contextTemplate: asked() };
    if (cmi5 && !launch) throw new Error('no launch data');
    const preferences = `${endpoint}agents/profile?profileId=cmi5LearnerPreferences&agent=${encodeURIComponent(JSON.stringify(actor))}`;
    const wishes = cmi5 ? ((await ask(preferences).catch(() => null)) || {}).languagePreference : parameters.get('Accept-Language');
    const kept = (await ask(state(WORK))) || {};
    const before = kept.result || {};
    const silent = cmi5 && launch.launchMode !== 'Normal';
    const mastery = typeof launch.masteryScore === 'number' ? launch.masteryScore : null;

    function statement(verb, result, moveOn) {
      const context = structuredClone(launch.contextTemplate || {});
      if (registration) context.registration = registration;
      const activities = (context.contextActivities = { ...context.contextActivities });
      const categories = [];
      // What only goes on is no statement of cmi5's own, but one that it allows.
      if (cmi5 && verb !== 'progressed') categories.push({ objectType: 'Activity', id: `${CMI5}categories/cmi5` });
      if (moveOn) categories.push({ objectType: 'Activity', id: `${CMI5}categories/moveon` });
      if (categories.length) activities.category = [...[activities.category || []].flat(), ...categories];
      if (!Object.keys(activities).length) delete context.contextActivities;
      if (cmi5 && mastery !== null && ['passed', 'failed'].includes(verb)) {
        context.extensions = { ...context.extensions, [`${CMI5}extensions/masteryscore`]: mastery };
      }
      const definition = { type: 'http://adlnet.gov/expapi/activities/course', name: activity.name };
      return {
        id: crypto.randomUUID(),
        timestamp: new Date().toISOString(),
        actor,
        verb: { id: VERB + verb, display: { en: verb } },
        object: { objectType: 'Activity', id, ...(!cmi5 && { definition }) },
        ...(result && { result }),
        ...(Object.keys(context).length && { context }),
      };
    }

    // Statements in their order; one that did not get through is sent again, with what follows it.
    const queue = [statement('initialized')];
    const said = { ...(before.said || {}) };
    let failed = false;
    let open = true;
    let underway = null;
    let sending = Promise.resolve();
    let stored = '';
    let last = null;

    function add({ result, seconds }) {
      const score = { scaled: result.share, raw: whole(result.share), min: 0, max: 100 };
      const duration = iso(seconds);
      const often = JSON.stringify([result.share, result.progress]);
      if (often !== last && last !== null && !silent) {
        // What is completed makes no progress any more.
        const progress = !said.completed && { extensions: { [PROGRESS]: whole(result.progress) } };
        if (progress || result.scored) queue.push(statement('progressed', { ...progress, ...(result.scored && { score }) }));
      }
      last = often;
      if (silent) return;
      if (result.passed && result.scored && !said.passed && !failed) {
        said.passed = true;
        queue.push(statement('passed', { score, success: true, duration }, cmi5));
      }
      if (result.done && !said.completed) {
        said.completed = true;
        queue.push(statement('completed', { completion: true, duration, ...(!cmi5 && result.scored && { score }) }, cmi5));
      }
    }

    // A statement that is on its way when the page goes away arrives all the same.
    async function flush() {
      while (queue.length) {
        underway = queue[0];
        await send('POST', `${endpoint}statements`, underway, true).finally(() => (underway = null));
        queue.shift();
      }
    }

    const content = ({ result, place, suspended }) => ({ work: suspended, place, result: { share: result.share, passed: result.passed, done: result.done, said } });

    async function save(now) {
      if (!open) return [];
      add(now);
      const fresh = content(now);
      const refused = [];
      const turn = sending.then(async () => {
        await flush().catch((error) => refused.push(`statements (${error.message})`));
        if (silent || stored === JSON.stringify(fresh)) return;
        await send('PUT', state(WORK), fresh, false).then(
          () => (stored = JSON.stringify(fresh)),
          (error) => refused.push(`${WORK} (${error.message})`)
        );
      });
      sending = turn.catch(() => null);
      await sending;
      return refused;
    }

    // All at once and without waiting for one another's answers: the page may be gone by then.
    function end(now) {
      if (!open) return null;
      if (now) add(now);
      open = false;
      const seconds = now ? now.seconds : 0;
      if (now && !silent && now.result.success === 'failed' && !said.passed) {
        failed = true;
        const { share } = now.result;
        queue.push(statement('failed', { score: { scaled: share, raw: whole(share), min: 0, max: 100 }, success: false, duration: iso(seconds) }, cmi5));
      }
      queue.push(statement('terminated', { duration: iso(seconds) }));
      const rest = queue.splice(0).filter((one) => one !== underway);
      const done = [send('POST', `${endpoint}statements`, rest.length === 1 ? rest[0] : rest, true)];
      if (now && !silent && stored !== JSON.stringify(content(now))) done.push(send('PUT', state(WORK), content(now), true));
      return Promise.allSettled(done);
    }

    const back = launch.returnURL || '';
    return {
      learner: JSON.stringify(actor.account || actor.mbox || actor.mbox_sha1sum || actor.openid),
      suspended: typeof kept.work === 'string' ? kept.work : '',
      place: typeof kept.place === 'string' ? kept.place : '',
      before: { share: Number(before.share) || 0, passed: Boolean(before.passed), done: Boolean(before.done) },
      silent,
      languages: String(wishes || '').split(',').map((one) => one.split(';')[0].trim()),
      pass: mastery ?? pass,
      limit: LIMIT,
      place_limit: 1000,
      leave: /^https?:\/\/./.test(back) ? back : null,
      save,
      end,
    };
  }

  window.crmlabLms = { ...window.crmlabLms, cmi5: connect, xapi: connect };
})();
