// What makes a form's controls better than they are without script: loaded where a page has such controls.
import { amount } from './amounts.js';
import { date } from './dates.js';
import { dropZone } from './files.js';
import { picker } from './picker.js';
import { richText } from './richtext.js';

const PARTS = [
  ['[data-pick]', picker],
  ['[data-kind=date] input[name]', date],
  ['[data-kind=amount] input[name]', amount],
  ['textarea[data-rich]', richText],
  ['.drop', dropZone]
];

/** Improves all controls of the page, once each, also those that come with a later swap. */
export function improve() {
  const all = () => PARTS.forEach(([selector, part]) => document.querySelectorAll(selector).forEach((control) => {
    if ('improved' in control.dataset || control.closest('fieldset:disabled')) return;
    control.dataset.improved = '';
    part(control);
  }));
  let asked = false;
  new MutationObserver(() => {
    if (asked) return;
    asked = true;
    queueMicrotask(() => { asked = false; all(); });
  }).observe(document.getElementById('main') ?? document.body, { childList: true, subtree: true });
  all();
}
