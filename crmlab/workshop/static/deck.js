// The deck: what does not fit a slide goes on in the next, then keys, clicks and swipes turn the pages.
(() => {
  'use strict';
  const WIDE = 1280, HIGH = 720, NARROW = 700, LEAST = 0.55;
  const { body } = document;
  const main = document.querySelector('main');
  const all = () => [...main.children];
  const over = (box) => box.scrollHeight > box.clientHeight + 1 || box.scrollWidth > box.clientWidth + 1;
  const high = (box) => box.scrollHeight > box.clientHeight + 1;

  // A slide with the same heading behind this one.
  function another(section) {
    const next = section.cloneNode(false);
    next.className = '';
    const heading = document.createElement('h2');
    heading.innerHTML = section.firstElementChild.innerHTML;
    if (!heading.querySelector('.again')) {
      heading.append(Object.assign(document.createElement('span'), { className: 'again', textContent: body.dataset.again }));
    }
    next.append(heading, section.querySelector('.box').cloneNode(false));
    section.after(next);
    return next.querySelector('.box');
  }

  const LED = 'P, H3, H4, .options';
  const rowsOf = (block) => block.querySelector('tbody') || (/^[OU]L$/.test(block.tagName) ? block : null);

  // The last rows of a table or items of a list, so many that the others fit, in a copy of it.
  function cut(block, box, least) {
    const rows = rowsOf(block);
    if (!rows || rows.children.length < 2 * least) return null;
    const copy = block.cloneNode(true);
    const there = rowsOf(copy);
    there.replaceChildren();
    while (rows.children.length > least && (high(box) || there.children.length < least)) there.prepend(rows.lastElementChild);
    if (copy.tagName === 'OL') copy.start = (block.start || 1) + rows.children.length;
    return copy;
  }

  // What stands below a table that was cut, stands below its end.
  function trim(block) {
    const table = rowsOf(block).closest('table');
    if (table && table !== block) while (table.nextElementSibling) table.nextElementSibling.remove();
  }

  function fit(section) {
    const box = section.querySelector('.box');
    if (!high(box)) return shrink(box);
    const rest = another(section);
    while (high(box) && box.children.length > 1) {
      const last = box.lastElementChild;
      // A long list begins here and goes on there, if some of it fits.
      const copy = last.offsetTop + 160 < box.offsetTop + box.clientHeight ? cut(last, box, /^[OU]L$/.test(last.tagName) ? 1 : 4) : null;
      // Where even its beginning does not fit, it goes as a whole.
      if (copy && high(box)) {
        rowsOf(last).append(...rowsOf(copy).children);
        rest.prepend(last);
      } else {
        rest.prepend(copy || last);
        if (copy) trim(last);
      }
    }
    if (high(box)) {
      const last = box.lastElementChild;
      const copy = cut(last, box, 1);
      if (copy) {
        rest.prepend(copy);
        trim(last);
      }
    }
    // What leads to a table or a chart goes with it.
    const first = rest.firstElementChild;
    while (first && !first.matches(LED) && box.children.length > 1 && box.lastElementChild.matches(LED) && box.lastElementChild.offsetHeight < 120) {
      rest.prepend(box.lastElementChild);
    }
    if (!rest.children.length) rest.parentElement.remove();
    return shrink(box);
  }

  function shrink(box) {
    for (let zoom = 0.95; over(box) && zoom >= LEAST; zoom -= 0.05) box.style.zoom = zoom.toFixed(2);
  }

  body.className = 'measuring';
  for (let section = main.firstElementChild; section; section = section.nextElementSibling) fit(section);
  body.className = '';

  const title = document.title;
  const slides = all();
  slides.forEach((section, number) => {
    const foot = document.createElement('div');
    foot.className = 'foot';
    foot.append(Object.assign(document.createElement('span'), { textContent: number ? title : '' }),
      Object.assign(document.createElement('span'), { textContent: `${number + 1} / ${slides.length}` }));
    section.append(foot);
  });
  const notes = Object.assign(document.createElement('aside'), { id: 'notes', tabIndex: 0 });
  notes.setAttribute('aria-label', body.dataset.speaker);
  let apart = null; // the speaker's window
  const nav = document.createElement('nav');
  const make = (sign, name, act) => {
    const button = Object.assign(document.createElement('button'), { textContent: sign, type: 'button', onclick: act });
    button.setAttribute('aria-label', name);
    nav.append(button);
  };
  let at = 0;
  make('‹', body.dataset.previous, () => turn(-1));
  make('›', body.dataset.next, () => turn(1));
  make('S', body.dataset.speaker, tell);
  body.append(notes, nav);

  function show(number, note = true) {
    at = Math.max(0, Math.min(slides.length - 1, number));
    slides.forEach((section, n) => section.classList.toggle('now', n === at));
    // What goes on from the slide before is spoken of there.
    let from = at;
    while (from && slides[from].querySelector('.again')) from -= 1;
    const aside = slides[from].querySelector('.speaker');
    notes.innerHTML = `<h2>${slides[from].firstElementChild.innerHTML}</h2>`;
    notes.append(aside ? document.createRange().createContextualFragment(aside.innerHTML) : body.dataset.nothing);
    tellApart();
    if (note) history.replaceState(null, '', `#${at + 1}`);
  }
  function turn(by) {
    if (body.classList.contains('stack')) window.scrollBy({ top: by * innerHeight * 0.9 });
    else show(at + by);
  }
  // What is for the speaker has a window of its own, for the projector shows this one.
  function tellApart() {
    if (apart && !apart.closed) apart.document.querySelector('main').innerHTML = notes.innerHTML;
  }
  function tell() {
    if (apart && !apart.closed) {
      apart.close();
      return;
    }
    if (body.classList.contains('deck') && !body.classList.contains('told') && (apart = open('', '', 'popup,width=640,height=720'))) {
      const { document: page } = apart;
      page.documentElement.lang = document.documentElement.lang;
      page.title = body.dataset.speaker;
      page.head.append(document.querySelector('style').cloneNode(true));
      page.body.className = 'apart';
      page.body.append(page.createElement('main'));
      apart.addEventListener('keydown', keys);
      tellApart();
      return;
    }
    // Where no window may be opened, and on a phone, it stands beside or below the slide.
    body.classList.toggle('told');
    slides.forEach((section) => section.querySelectorAll('.speaker').forEach((one) => { one.hidden = !body.classList.contains('stack') || !body.classList.contains('told'); }));
    lay();
  }
  function lay() {
    const narrow = innerWidth < NARROW;
    body.classList.toggle('stack', narrow);
    body.classList.toggle('deck', !narrow);
    const wide = innerWidth * (body.classList.contains('told') ? 0.64 : 1);
    const scale = Math.min(wide / WIDE, innerHeight / HIGH);
    slides.forEach((section) => {
      section.style.transform = narrow ? '' : `scale(${scale})`;
      section.style.left = narrow ? '' : `${Math.max(0, (wide - WIDE * scale) / 2)}px`;
      section.style.top = narrow ? '' : `${Math.max(0, (innerHeight - HIGH * scale) / 2)}px`;
    });
  }

  const KEYS = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, ' ': 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1 };
  function keys(event) {
    // In the speaker's window these scroll long notes.
    if (event.currentTarget === apart && ['ArrowDown', 'ArrowUp', ' '].includes(event.key)) return;
    if (event.ctrlKey || event.metaKey || event.altKey || (event.key === ' ' && event.target.closest('button'))) return;
    if (event.key === 'Home') show(0);
    else if (event.key === 'End') show(slides.length - 1);
    else if (event.key.toLowerCase() === 's') tell();
    else if (!body.classList.contains('stack') && event.key in KEYS) turn(event.key === ' ' && event.shiftKey ? -1 : KEYS[event.key]);
    else return;
    event.preventDefault();
  }
  addEventListener('keydown', keys);
  addEventListener('pagehide', () => apart?.close());
  main.addEventListener('click', (event) => {
    if (body.classList.contains('stack') || event.target.closest('a') || String(getSelection())) return;
    turn(event.clientX < innerWidth * 0.25 ? -1 : 1);
  });
  let from = null;
  main.addEventListener('touchstart', (event) => { from = event.touches.length === 1 ? event.touches[0] : null; }, { passive: true });
  main.addEventListener('touchend', (event) => {
    if (!from || body.classList.contains('stack')) return;
    const across = event.changedTouches[0].clientX - from.clientX;
    if (Math.abs(across) > 40 && Math.abs(across) > Math.abs(event.changedTouches[0].clientY - from.clientY)) {
      event.preventDefault(); // else a click follows
      turn(across < 0 ? 1 : -1);
    }
  });
  addEventListener('resize', lay);
  addEventListener('hashchange', () => show(Number(location.hash.slice(1)) - 1, false));
  lay();
  show((Number(location.hash.slice(1)) || 1) - 1, false);
})();
