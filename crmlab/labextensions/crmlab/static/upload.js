// A file that is handed over in a lesson: one that is too large is refused before it is read, and the button says only what it is for.
// How large it may be, and what is said then, stands in data-crmlab-most, -most-of-books and -too-large beside the button
// (crmlab/course/own_told.py).
export function activate() {
  let button = null; // that was pressed last
  document.addEventListener('click', (event) => (button = event.target.closest?.('.crmlab-own-upload') || button), true);

  // The field for the file is made by ipywidgets and is in no page: it is met when it is opened.
  const open = HTMLInputElement.prototype.click;
  HTMLInputElement.prototype.click = function click() {
    if (this.type === 'file' && !this.isConnected && button && !this.crmlabLimited) {
      this.crmlabLimited = true;
      const mine = button;
      // Before the widget's own, which reads the file.
      this.addEventListener('change', (event) => refuse(event, mine), { capture: true });
    }
    return open.call(this);
  };

  function refuse(event, mine) {
    const limit = mine.closest('.crmlab')?.querySelector('[data-crmlab-most]');
    const told = mine.parentElement?.querySelector('.crmlab-own-refused') || note(mine);
    const [file] = event.target.files;
    const most = limit && Number(/\.xls[xm]$/i.test(file?.name) ? limit.dataset.crmlabMostOfBooks : limit.dataset.crmlabMost);
    const much = Boolean(file && limit && file.size > most);
    const words = { file: file?.name, size: file && String(Math.ceil(file.size / 1e6)), most: String(Math.round(most / 1e6)) };
    told.textContent = much ? limit.dataset.crmlabTooLarge.replace(/\{(\w+)\}/g, (whole, name) => words[name] ?? whole) : '';
    if (!much) return;
    event.stopImmediatePropagation();
    event.target.value = '';
  }

  function note(mine) {
    const made = document.createElement('p');
    made.className = 'crmlab-own-refused';
    made.setAttribute('role', 'alert');
    mine.after(made);
    return made;
  }

  // ipywidgets counts the files behind the name: "Choose a file (0)".
  const name = () =>
    document.querySelectorAll('.crmlab-own-upload').forEach((one) => {
      for (const text of one.childNodes) {
        if (text.nodeType === Node.TEXT_NODE && / \(\d+\)$/.test(text.data)) text.data = text.data.replace(/ \(\d+\)$/, '');
      }
    });
  new MutationObserver(name).observe(document.body, { childList: true, subtree: true, characterData: true });
  name();
}
