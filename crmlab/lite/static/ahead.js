// On the start page, what a lesson loads is fetched while the visitor reads, so that the lesson opens sooner: at once where that
// costs nobody anything; where a connection may be paid by the megabyte, or is slow, only when the visitor does something here.
// On a lesson's page, what Python needs is fetched while JupyterLite is still being set up.
(function () {
  'use strict';
  const place = document.getElementById('crmlab-ahead');
  if (!place || !window.isSecureContext || !('serviceWorker' in navigator) || !window.caches) return;
  const lesson = 'lesson' in place.dataset;
  const network = navigator.connection || {};
  const paid =
    network.saveData ||
    network.type === 'cellular' ||
    (network.effectiveType && network.effectiveType !== '4g') ||
    // A browser that says nothing of its connection, on a phone or a tablet.
    (!navigator.connection && !matchMedia('(pointer: fine)').matches);

  async function fetchAll() {
    // The one that JupyterLite's page registers: through it all is kept.
    if (!lesson) await navigator.serviceWorker.register('service-worker.js?enableCache=false');
    if (!navigator.serviceWorker.controller) {
      await new Promise((go) => navigator.serviceWorker.addEventListener('controllerchange', go, { once: true }));
    }
    const left = JSON.parse(place.textContent).map((name) => new URL(name, document.baseURI).href);
    const one = async () => {
      for (let url = left.shift(); url; url = left.shift()) {
        if (!(await caches.match(url))) await fetch(url, { priority: 'low' }).then((answer) => answer.arrayBuffer());
      }
    };
    await Promise.all([one(), one(), one()]);
  }
  let begun = false;
  const begin = () => {
    if (begun || location.protocol === 'file:') return;
    begun = true;
    // Whatever is not to be had now is loaded with the lesson.
    fetchAll().catch(() => null);
  };
  const signs = ['pointerdown', 'keydown', 'scroll'];
  if (lesson) begin();
  else if (paid && !network.saveData) for (const sign of signs) addEventListener(sign, begin, { once: true, passive: true });
  else if (!paid) addEventListener('load', () => setTimeout(begin, 300), { once: true });
})();
