// Menus that open upward turn over where there is no room above them, as on a short page.
const HEADER = 60; // pixels that the head of the page covers

export function turnMenus() {
  document.addEventListener('toggle', ({ target }) => {
    if (!target.matches?.('details.menu--up') || !target.open) return;
    const list = target.querySelector('.menu__list');
    if (list.getBoundingClientRect().top < HEADER) target.classList.remove('menu--up');
  }, { capture: true });
}
