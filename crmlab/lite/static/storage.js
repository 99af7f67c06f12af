// When the browser has no room left: says so, as long as something is not stored, and offers it for download.
(function () {
  'use strict';
  const told = JSON.parse(document.getElementById('crmlab-told').textContent);
  const unsaved = {};
  let box = null;
  let asked = false;

  function show() {
    const waiting = Object.keys(unsaved).length > 0;
    if (!waiting && box) {
      box.remove();
      box = null;
    }
    if (!waiting || box) return;
    box = document.createElement('div');
    box.className = 'crmlab-newer crmlab-full';
    box.setAttribute('role', 'alert');
    box.textContent = told.texts.full;
    const button = document.createElement('button');
    button.textContent = told.texts.download;
    button.onclick = () => window.crmlabWork.download(unsaved);
    const buttons = document.createElement('div');
    buttons.append(button);
    box.append(buttons);
    document.body.append(box);
  }

  function full(path, text) {
    unsaved[path] = text;
    show();
  }

  function stored(path) {
    delete unsaved[path];
    show();
    // From now on there is something to lose: the browser must not clear it away when it wants room for other sites.
    if (!asked && navigator.storage && navigator.storage.persist) {
      navigator.storage.persisted().then((already) => already || navigator.storage.persist(), () => null);
    }
    asked = true;
  }

  new BroadcastChannel('crmlab-storage').onmessage = ({ data }) => (data.stored ? stored(data.path) : full(data.path, data.text));
  window.addEventListener('beforeunload', (event) => {
    if (Object.keys(unsaved).length) event.preventDefault();
  });
  window.crmlabStorage = { full, stored, unsaved };
})();
