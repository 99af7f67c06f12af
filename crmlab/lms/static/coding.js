// A learner's answers as one short text, for a learning management system that keeps only some thousand characters: JSON in
// which strings of the course have codes of three letters, deflated, as letters that no system changes. What was cut off or
// altered on its way is noticed, never half read. No module: tests run it in Node.
(function () {
  'use strict';
  const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  const MARK = 'c1';

  const TABLE = Uint32Array.from({ length: 256 }, (_one, number) => {
    let rest = number;
    for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
    return rest;
  });
  const sum = (bytes) => (bytes.reduce((rest, byte) => TABLE[(rest ^ byte) & 255] ^ (rest >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0;

  /** The code of a string follows from the string alone, so that another edition of the course reads what an older one wrote. */
  function code(text) {
    let rest = sum(new TextEncoder().encode(text)) % 62 ** 3;
    let found = '';
    for (let place = 0; place < 3; place += 1) {
      found += LETTERS[rest % 62];
      rest = Math.floor(rest / 62);
    }
    return found;
  }

  /** Both ways between strings and codes. Two strings with one code have none. */
  function book(strings) {
    const codes = new Map();
    const clash = new Set();
    for (const text of new Set(strings)) {
      const short = code(text);
      if (codes.has(short)) clash.add(short);
      codes.set(short, text);
    }
    for (const short of clash) codes.delete(short);
    return { strings: codes, codes: new Map([...codes].map(([short, text]) => [text, short])) };
  }

  // A code begins with a letter or a digit, everything else with another sign.
  function write(value, codes) {
    if (value === null || value === undefined) return '_';
    if (value === true) return '+';
    if (value === false) return '-';
    if (typeof value === 'number') return Number.isFinite(value) ? `#${value};` : '_';
    if (typeof value === 'string') return codes.has(value) && value.length > 2 ? codes.get(value) : JSON.stringify(value);
    if (Array.isArray(value)) return `[${value.map((one) => write(one, codes)).join('')}]`;
    return `{${Object.entries(value).map(([key, one]) => write(key, codes) + write(one, codes)).join('')}}`;
  }

  function read(text, strings) {
    let place = 0;
    const wrong = () => new Error(`cannot be read at ${place}`);
    const UNKNOWN = {}; // a string that this edition of the course does not have: what it stands for is gone
    const next = () => {
      const sign = text[place];
      if (sign === undefined) throw wrong();
      if (LETTERS.includes(sign)) {
        const short = text.slice(place, place + 3);
        place += 3;
        return strings.has(short) ? strings.get(short) : UNKNOWN;
      }
      if (sign === '"') {
        const [whole] = /^"(?:[^"\\]|\\.)*"/s.exec(text.slice(place)) || [];
        if (!whole) throw wrong();
        place += whole.length;
        return JSON.parse(whole);
      }
      place += 1;
      if (sign === '_') return null;
      if (sign === '+') return true;
      if (sign === '-') return false;
      if (sign === '#') {
        const end = text.indexOf(';', place);
        const number = Number(text.slice(place, end));
        if (end < 0 || end === place || Number.isNaN(number)) throw wrong();
        place = end + 1;
        return number;
      }
      if (sign === '[') {
        const list = [];
        while (text[place] !== ']') {
          const one = next();
          if (one !== UNKNOWN) list.push(one);
        }
        place += 1;
        return list;
      }
      if (sign !== '{') throw wrong();
      const record = {};
      while (text[place] !== '}') {
        const key = next();
        const one = next();
        if (key !== UNKNOWN && typeof key !== 'string') throw wrong();
        if (key === UNKNOWN || one === UNKNOWN) continue;
        // As JSON.parse does it: "__proto__" is a key like others.
        Object.defineProperty(record, key, { value: one, writable: true, enumerable: true, configurable: true });
      }
      place += 1;
      return record;
    };
    const value = next();
    if (place !== text.length || value === UNKNOWN) throw wrong();
    return value;
  }

  async function through(bytes, stream) {
    return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
  }

  const letters = (bytes) => {
    let found = '';
    for (let place = 0; place < bytes.length; place += 8192) found += String.fromCharCode(...bytes.subarray(place, place + 8192));
    return btoa(found).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  };
  const bytesOf = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (one) => one.charCodeAt(0));

  /** A value as text. */
  async function pack(value, { codes }) {
    // Halves of characters are no text.
    const plain = new TextEncoder().encode(write(value, codes));
    const small = typeof CompressionStream === 'undefined' ? null : await through(plain, new CompressionStream('deflate-raw'));
    const body = small && small.length < plain.length ? `z${letters(small)}` : `p${letters(plain)}`;
    return `${MARK}${sum(new TextEncoder().encode(body)).toString(36).padStart(7, '0')}${body}`;
  }

  /** What {@link pack} made a text of. Fails for any other text. */
  async function unpack(text, { strings }) {
    const [whole, seal, kind, rest] = /^c1([0-9a-z]{7})([zp])([\w-]*)$/.exec(text) || [];
    if (!whole || sum(new TextEncoder().encode(kind + rest)).toString(36).padStart(7, '0') !== seal) throw new Error('damaged');
    const bytes = kind === 'z' ? await through(bytesOf(rest), new DecompressionStream('deflate-raw')) : bytesOf(rest);
    return read(new TextDecoder().decode(bytes), strings);
  }

  /**
   * As much of the work as a system keeps. `work.files` are contents of files of answers by path, `work.points` what was reached
   * in lessons whose answers are not here. First what was written as code goes, then answers: of the lesson that was worked on
   * longest ago first, and in a lesson the longest first. Their points stay. `left` names what had to go: paths, and whether code did.
   * What learners answered about their own customers is never in it.
   */
  async function fit(given, known, limit) {
    const work = { ...given, files: Object.fromEntries(Object.entries(given.files).map(([path, content]) => [path, withoutOwn(content)])) };
    const whole = await pack({ files: work.files, points: work.points }, known);
    if (whole.length <= limit) return { text: whole, left: { paths: [], code: false } };
    const files = Object.fromEntries(Object.entries(work.files).map(([path, content]) => [path, withoutCode(content)]));
    const code = JSON.stringify(files) !== JSON.stringify(work.files);
    const size = (record) => JSON.stringify(record).length;
    const order = Object.keys(files)
      .sort((one, other) => (files[other].last || 0) - (files[one].last || 0))
      .flatMap((path) => {
        const found = Object.entries(files[path].exercises).sort(([, one], [, other]) => size(one) - size(other));
        return found.map(([id, record]) => ({ path, id, record }));
      });
    const some = (number) => {
      const kept = {};
      for (const { path, id, record } of order.slice(0, number)) {
        kept[path] = kept[path] || { ...files[path], exercises: {} };
        kept[path].exercises[id] = record;
      }
      const points = { ...work.points };
      for (const path of gone(number)) points[path] = Math.max(points[path] || 0, globalThis.crmlabPoints.reached(files[path].exercises));
      return { files: kept, points };
    };
    const gone = (number) => [...new Set(order.slice(number).map(({ path }) => path))];
    let [least, most] = [0, order.length]; // so many answers fit, and so many may
    let best = await pack(some(0), known);
    while (least < most) {
      const middle = Math.ceil((least + most) / 2);
      const text = await pack(some(middle), known);
      if (text.length <= limit) [least, best] = [middle, text];
      else most = middle - 1;
    }
    return { text: best.length <= limit ? best : '', left: { paths: gone(least), code } };
  }

  const isRecord = (value) => Boolean(value) && typeof value === 'object' && !Array.isArray(value);
  const each = (content, change) => {
    const exercises = Object.entries(isRecord(content.exercises) ? content.exercises : {});
    return { ...content, exercises: Object.fromEntries(exercises.map(([id, record]) => [id, isRecord(record) ? change(record) : record])) };
  };
  const withoutCode = (content) => each(content, ({ code: _gone, ...rest }) => rest);
  const withoutOwn = (content) =>
    each(content, (record) => {
      if (!isRecord(record.fields)) return record;
      return { ...record, fields: Object.fromEntries(Object.entries(record.fields).filter(([key]) => !key.startsWith('own.'))) };
    });

  globalThis.crmlabCoding = { book, pack, unpack, fit };
})();
