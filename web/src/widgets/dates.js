// A date is written as people write it; beside it stands what day that is. The calendar of the browser helps.
import { t } from '../t.js';
import { changed, later, make } from './dom.js';

const WRITTEN = /^(\d{4})\s*[-年/.]\s*(\d{1,2})\s*[-月/.]\s*(\d{1,2})\s*[日号]?$|^(\d{4})(\d{2})(\d{2})$/;

/** The ISO text of a written date, or "". */
export function isoDate(text) {
  const wide = text.trim().replace(/[０-９]/g, (one) => String.fromCharCode(one.charCodeAt(0) - 0xfee0));
  const match = WRITTEN.exec(wide);
  if (!match) return '';
  const [year, month, day] = match.slice(1).filter(Boolean).map(Number);
  const found = new Date(Date.UTC(year, month - 1, day));
  if (found.getUTCMonth() !== month - 1 || found.getUTCDate() !== day || year < 1000) return '';
  return found.toISOString().slice(0, 10);
}

const chinese = (iso) => iso.replace(/^(\d+)-0?(\d+)-0?(\d+)$/, '$1年$2月$3日');

/** Adds the calendar and keeps the echo up to date. */
export function date(input) {
  const field = input.closest('[data-field]');
  const echo = field.querySelector('.echo');
  const native = make('input', { type: 'date', class: 'calendar__native', tabindex: '-1', 'aria-hidden': 'true' });
  const button = make('button', { type: 'button', class: 'calendar', 'aria-label': t`打开日历`, title: t`打开日历`, click: open }, glyph());
  const frame = make('span', { class: 'withtool' });
  input.before(frame);
  frame.append(input, native, button);

  function open() {
    native.value = isoDate(input.value);
    try { native.showPicker(); } catch { native.focus(); }
  }
  native.addEventListener('change', () => {
    if (!native.value) return;
    input.value = chinese(native.value);
    changed(input);
    input.focus();
  });
  native.addEventListener('input', (event) => event.stopPropagation());
  let last = '';
  const ask = later(async () => {
    const iso = isoDate(input.value);
    if (iso === last) return;
    last = iso;
    const answer = iso && await fetch(`/days/${iso}`, { headers: { Accept: 'application/json' } }).catch(() => null);
    if (iso !== last) return;
    echo.textContent = answer?.ok ? (await answer.json()).echo : '';
  }, 200);
  last = isoDate(input.value);
  input.addEventListener('input', ask);
  input.addEventListener('blur', () => {
    const iso = isoDate(input.value);
    if (iso) input.value = chinese(iso);
    else if (input.value.trim()) echo.textContent = t`看不出是哪一天，请写作 2026年3月5日`;
  });
}

function glyph() {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', 'i');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', 'M2.5 4h11v9.5h-11zM2.5 7h11M5.5 2v3M10.5 2v3');
  path.setAttribute('fill', 'none');
  path.setAttribute('stroke', 'currentColor');
  path.setAttribute('stroke-width', '1.3');
  svg.append(path);
  return svg;
}
