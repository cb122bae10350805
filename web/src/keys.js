// Keyboard and menus.

const typing = (target) => target.closest('input, textarea, select, [contenteditable], .djs-container') !== null;

/** `/` goes to the search field. */
export function focusSearchOnSlash() {
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const field = document.querySelector('.find input, input[type=search]');
    if (!field || field.offsetParent === null) return;
    event.preventDefault();
    field.focus();
    field.select();
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
