// Answers that a learner gave in two browsers: what each of them has stays, and where both have one thing the newer file's goes
// first, as in crmlab/course/merging.py. No module: tests run it in Node.
(function () {
  'use strict';
  const COUNTED = ['best', 'hints', 'last', 'seconds', 'tries', 'times']; // both may count the same: the larger number
  const isRecord = (value) => Boolean(value) && typeof value === 'object' && !Array.isArray(value);
  const same = (one, other) => JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
  const sorted = (value) => {
    if (Array.isArray(value)) return value.map(sorted);
    if (!isRecord(value)) return value;
    return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
  };

  /** One content of both, and whether something that the older one said is not in it. */
  function joined(one, other) {
    const [newer, older] = (one.last || 0) >= (other.last || 0) ? [one, other] : [other, one];
    const told = { lost: false };
    return { content: both('', newer, older, told), lost: told.lost };
  }

  function both(name, mine, theirs, told) {
    if (isRecord(mine) && isRecord(theirs)) {
      const keys = [...Object.keys(theirs), ...Object.keys(mine).filter((key) => !(key in theirs))];
      return Object.fromEntries(
        keys.map((key) => [key, !(key in mine) ? theirs[key] : !(key in theirs) ? mine[key] : both(key, mine[key], theirs[key], told)])
      );
    }
    if (COUNTED.includes(name) && typeof mine === 'number' && typeof theirs === 'number') return Math.max(mine, theirs);
    if (name === 'tries' && Array.isArray(mine) && Array.isArray(theirs)) return turns(mine, theirs, told);
    // Points follow from the answers.
    if (!same(mine, theirs) && !['points', 'state', 'maximum', 'format', 'lesson'].includes(name)) told.lost = true;
    return mine;
  }

  // Tries of a talk are paths: each is kept once. Those of an exam are records that go on: the same one is joined.
  function turns(mine, theirs, told) {
    const found = [...theirs];
    mine.forEach((one, place) => {
      if (found.some((other) => same(one, other))) return;
      const other = found[place];
      if (isRecord(one) && isRecord(other) && one.began === other.began) found[place] = both('', one, other, told);
      else found.push(one);
    });
    return found;
  }

  globalThis.crmlabJoining = { joined, same };
})();
