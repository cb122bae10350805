// Keyboard and menus. Pages say what a key does: `data-key="g d"` on a link is followed by g, then d.
const WAIT = 1200; // milliseconds that the second key may take
const STORE = 'wenze.keys';

const typing = (target) =>
  target.closest('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog, .djs-container') !== null;
const plain = (event) => !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing;
const shown = (element) => element !== null && element.offsetParent !== null;
const lettersOn = () => localStorage.getItem(STORE) !== 'off';

function search() {
  const field = [...document.querySelectorAll('.find input, input[type=search]')].find(shown);
  if (!field) return false;
  field.focus();
  field.select();
  return true;
}

/** The rows of the page's list, and the one that has the focus in it. */
function rows() {
  const all = [...document.querySelectorAll('.list .item')].filter(shown);
  return { all, at: all.findIndex((row) => row.contains(document.activeElement)) };
}

function move(by) {
  const { all, at } = rows();
  const next = all[Math.min(Math.max(at < 0 && by < 0 ? all.length - 1 : at + by, 0), all.length - 1)];
  if (!next) return false;
  next.querySelector('.step, a').focus();
  next.scrollIntoView({ block: 'nearest' });
  return true;
}

function inRow(selector) {
  const { all, at } = rows();
  const found = all[at]?.querySelector(selector);
  if (!found) return false;
  found.click();
  return true;
}

const LETTERS = {
  j: () => move(1),
  k: () => move(-1),
  x: () => inRow('input[type=checkbox]'),
  c: () => inRow('[data-claim]')
};

function follow(keys) {
  const found = document.querySelector(`[data-key="${CSS.escape(keys)}"]`);
  found?.click();
  return Boolean(found);
}

/** `?`, `/`, letters and pairs of letters; nothing while somebody types. */
export function listenToKeys() {
  let first = '';
  let since = 0;
  document.addEventListener('keydown', (event) => {
    if (!plain(event) || !lettersOn() || typing(event.target)) return;
    const pair = first && performance.now() - since < WAIT ? `${first} ${event.key}` : '';
    first = '';
    let done = false;
    if (event.key === '?') done = openHelp();
    else if (event.key === '/') done = search();
    else if (pair) done = follow(pair);
    else if (LETTERS[event.key]) done = LETTERS[event.key]();
    else if (document.querySelector(`[data-key^="${CSS.escape(event.key)} "]`)) [first, since] = [event.key, performance.now()];
    if (done) event.preventDefault();
  });
}

function openHelp() {
  const dialog = document.getElementById('keys');
  if (!dialog || dialog.open) return false;
  dialog.showModal();
  return true;
}

/** The table of keys, from the menu too, and its switch for keys without Ctrl (WCAG 2.1.4). */
export function offerHelp() {
  const toggle = document.getElementById('keys-on');
  if (!toggle) return;
  toggle.checked = lettersOn();
  toggle.addEventListener('change', () => localStorage.setItem(STORE, toggle.checked ? 'on' : 'off'));
  for (const button of document.querySelectorAll('[data-open-keys]')) {
    button.closest('li').hidden = false;
    button.addEventListener('click', () => {
      button.closest('details').open = false;
      openHelp();
    });
  }
}

/** Ctrl+Enter submits the task's form, Ctrl+S keeps it as a draft, even while somebody types. */
export function sendByKeys() {
  document.addEventListener('keydown', (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.isComposing) return;
    const action = { Enter: 'submit', s: 'save' }[event.key];
    const button = action && document.querySelector(`.verbs [name=_action][value=${action}]`);
    if (!button) return;
    event.preventDefault();
    button.click();
  });
}

/** Menus made of `details` close on Escape and on a click elsewhere, as menus do. */
export function closeMenus() {
  const open = () => document.querySelectorAll('details.menu[open]');
  document.addEventListener('click', (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    for (const menu of open()) {
      menu.open = false;
      menu.querySelector('summary').focus();
    }
  });
}
