// Names and groups for the course's widgets. ipywidgets gives the buttons of a radio group no common name, so that each
// is a stop of the Tab key and an arrow key runs into the next question; it gives the handle of a slider no name at all,
// and a pressed button no state. This sets them in the page, for widgets of the course only.
export function activate() {
  let groups = 0;

  function radios(box) {
    const inputs = box.querySelectorAll('input[type=radio]');
    const label = box.querySelector('.widget-label');
    const frame = box.querySelector('.widget-radio-box');
    if (!box.dataset.crmlabGroup) box.dataset.crmlabGroup = 'crmlab-' + ++groups;
    for (const input of inputs) {
      if (input.name !== box.dataset.crmlabGroup) input.name = box.dataset.crmlabGroup;
    }
    if (frame && label && frame.getAttribute('aria-label') !== label.textContent) {
      frame.setAttribute('role', 'radiogroup');
      frame.setAttribute('aria-label', label.textContent);
    }
  }

  function slider(box) {
    const label = box.querySelector('.widget-label');
    const handle = box.querySelector('.noUi-handle');
    if (handle && label && handle.getAttribute('aria-label') !== label.textContent) {
      handle.setAttribute('aria-label', label.textContent);
    }
  }

  function pick(button) {
    const chosen = String(button.classList.contains('crmlab-chosen'));
    if (button.getAttribute('aria-pressed') !== chosen) button.setAttribute('aria-pressed', chosen);
  }

  // What a chart shows is what its cell is for.
  function picture(image) {
    image.alt = image.closest('.jp-Cell')?.querySelector(':scope > .crmlab-purpose')?.textContent || '';
  }

  function name() {
    document.querySelectorAll('.jp-RenderedImage img:not([alt])').forEach(picture);
    document.querySelectorAll('.crmlab .widget-radio').forEach(radios);
    document.querySelectorAll('.crmlab .crmlab-slider').forEach(slider);
    document.querySelectorAll('.crmlab .crmlab-pick').forEach(pick);
  }

  let waiting = false;
  function soon() {
    if (waiting) return;
    waiting = true;
    setTimeout(() => {
      waiting = false;
      name();
    }, 20);
  }

  new MutationObserver(soon).observe(document.body, { childList: true, subtree: true });
  name();
}
