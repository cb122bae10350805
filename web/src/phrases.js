// Common opinions below long texts: one click, or Tab and Enter, inserts one where the cursor stands.
// `data-opinions` on a text offers the first ones at once, other long texts a menu.
const AT_ONCE = 4;
const SHORT = 16; // characters of what is offered at once
const TEXTS = '#task-form textarea:enabled:not([readonly]), textarea[data-opinions]:enabled';

function insert(area, text) {
  const { selectionStart: from, selectionEnd: to, value } = area;
  const room = area.maxLength < 0 || value.length - (to - from) + text.length <= area.maxLength;
  if (!room) return;
  area.setRangeText(text, from, to, 'end');
  area.dispatchEvent(new Event('input', { bubbles: true }));
  area.focus();
}

function button(area, text, name) {
  const made = document.createElement('button');
  made.type = 'button';
  made.className = name;
  made.textContent = text;
  made.addEventListener('click', () => {
    made.closest('details')?.removeAttribute('open');
    insert(area, text);
  });
  return made;
}

function bar(area, texts, words) {
  const made = document.createElement('div');
  made.className = 'phrasebar no-print';
  const first = 'opinions' in area.dataset ? texts.filter((text) => text.length <= SHORT).slice(0, AT_ONCE) : [];
  made.append(...first.map((text) => button(area, text, 'phrase')));
  const menu = document.createElement('details');
  menu.className = 'menu';
  const summary = document.createElement('summary');
  summary.className = 'phrase phrase--more';
  summary.textContent = words.more;
  const list = document.createElement('ul');
  list.className = 'menu__list';
  for (const text of texts) {
    const item = document.createElement('li');
    item.append(button(area, text, ''));
    list.append(item);
  }
  const last = document.createElement('li');
  last.className = 'line';
  const link = document.createElement('a');
  link.href = words.manage;
  link.textContent = words.manageTitle;
  last.append(link);
  list.append(last);
  menu.append(summary, list);
  made.append(menu);
  return made;
}

/** Puts the bars below the texts of this page, and below those that a swap brings. */
export function offer() {
  const source = document.getElementById('phrases');
  const texts = [...source.children].map(({ textContent }) => textContent);
  const place = () => {
    for (const area of document.querySelectorAll(TEXTS)) {
      if (!area.nextElementSibling?.classList.contains('phrasebar')) area.after(bar(area, texts, source.dataset));
    }
  };
  place();
  document.addEventListener('htmx:after:swap', place);
}
