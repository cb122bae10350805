// The controls of the properties panel. Each gives an element; a change calls `write` once.
import { h } from './dom.js';
import { feelProblem } from './feel.js';
import { feelText } from './moddle.js';
import { t } from '../t.js';

let number = 0;

/** A labelled control with its hint; `control` gets the id that the label points to. */
export function stack({ label, hint }, make) {
  const id = `pp-${(number += 1)}`;
  const control = make(id);
  return h('div', { class: 'stack' }, h('label', { for: id }, label), control, hint ? h('p', { class: 'hint' }, hint) : null);
}

export function text({ label, value, write, hint, placeholder, list, readonly }) {
  return stack({ label, hint }, (id) => h('input', {
    class: 'form-control', id, value: value ?? '', placeholder, list, readonly, autocomplete: 'off',
    on: { change: (event) => write(event.target.value.trim()) }
  }));
}

export function area({ label, value, write, hint, rows = 2, placeholder }) {
  return stack({ label, hint }, (id) => h('textarea', {
    class: 'form-control', id, rows, value: value ?? '', placeholder,
    on: { change: (event) => write(event.target.value.trim()) }
  }));
}

/** A FEEL expression, checked while it is typed; shown without the sign that marks it, which it keeps. */
export function feel({ label, value, write, hint, rows = 2, placeholder, test }) {
  const id = `pp-${(number += 1)}`;
  const wrong = h('p', { class: 'error', id: `${id}-wrong`, 'aria-live': 'polite' });
  const control = h('textarea', {
    class: 'form-control feel', id, rows, value: feelText(value ?? ''), placeholder, spellcheck: 'false', 'aria-describedby': wrong.id,
    on: { input: () => check(), change: () => write(signed(feelText(control.value))) }
  });
  const signed = (source) => (source && value?.trim().startsWith('=') ? `=${source}` : source);
  const check = () => {
    wrong.textContent = feelProblem(control.value, { test });
    control.classList.toggle('is-invalid', wrong.textContent !== '');
  };
  check();
  return h('div', { class: 'stack' }, h('label', { for: id }, label), control, wrong, hint ? h('p', { class: 'hint' }, hint) : null);
}

/** A choice; a value that isn't among the options is offered as it stands. */
export function select({ label, value, options, write, hint }) {
  const known = options.some(([each]) => each === value);
  const all = known ? options : [...options, [value, t`${value}（没有找到）`]];
  return stack({ label, hint }, (id) => h('select', {
    class: 'form-select', id, on: { change: (event) => write(event.target.value) }
  }, ...all.map(([each, name]) => h('option', { value: each, selected: each === value }, name))));
}

export function check({ label, value, write, hint }) {
  const id = `pp-${(number += 1)}`;
  return h('div', { class: 'stack' }, h('div', { class: 'choice' },
    h('input', { class: 'form-check-input', type: 'checkbox', id, checked: Boolean(value), on: { change: (event) => write(event.target.checked) } }),
    h('label', { for: id }, label)), hint ? h('p', { class: 'hint' }, hint) : null);
}

/** Several of many; `value` is a list, and so is what `write` gets. Unknown ones stay, to be unticked. */
export function checks({ label, value, options, write, hint, empty }) {
  const chosen = new Set(value);
  const known = new Set(options.map(([each]) => each));
  const all = [...options, ...value.filter((each) => !known.has(each)).map((each) => [each, t`${each}（没有找到）`])];
  const changed = (event) => {
    if (event.target.checked) chosen.add(event.target.value);
    else chosen.delete(event.target.value);
    write(all.map(([each]) => each).filter((each) => chosen.has(each)));
  };
  const boxes = all.map(([each, name]) => {
    const id = `pp-${(number += 1)}`;
    return h('div', { class: 'choice' },
      h('input', { class: 'form-check-input', type: 'checkbox', id, value: each, checked: chosen.has(each), on: { change: changed } }),
      h('label', { for: id }, name));
  });
  return h('fieldset', { class: 'stack' }, h('legend', { class: 'label' }, label),
    boxes.length ? h('div', { class: 'choices choices--col choices--scroll' }, ...boxes) : h('p', { class: 'hint' }, empty ?? t`没有可选的。`),
    hint ? h('p', { class: 'hint' }, hint) : null);
}

const UNITS = { WD: t`个工作日`, D: t`日（自然日）`, M: t`个月`, H: t`小时`, feel: t`按表达式` };

/** A length of time: 15WD, P30D, P1M, PT2H, or FEEL after "="; by default in the units of a clock. */
export function length({ label, value, write, hint, none = t`不限时`, units: offered = ['WD', 'D', 'M', 'feel'] }) {
  const { amount, unit } = readLength(value);
  const shown = unit in UNITS && !offered.includes(unit) ? [...offered, unit] : offered;
  const options = [['', none], ...shown.map((each) => [each, UNITS[each]])];
  if (unit === 'other') options.push(['other', value]);
  return stack({ label, hint }, (id) => {
    const box = h('input', { class: 'form-control', id, value: amount, autocomplete: 'off', inputmode: unit === 'feel' ? 'text' : 'numeric' });
    const units = h('select', { class: 'form-select', 'aria-label': t`${label}的单位` },
      ...options.map(([each, name]) => h('option', { value: each, selected: each === unit }, name)));
    const changed = () => {
      const written = writeLength(box.value.trim(), units.value);
      if (written !== null && written !== value) write(written);
    };
    box.addEventListener('change', changed);
    units.addEventListener('change', () => {
      if (units.value && units.value !== 'feel' && !box.value.trim()) box.focus();
      else changed();
    });
    return h('div', { class: 'row2' }, box, units);
  });
}

export function readLength(value = '') {
  if (!value) return { amount: '', unit: '' };
  if (value.startsWith('=')) return { amount: value.slice(1).trim(), unit: 'feel' };
  const match = /^(\d+)(WD)$|^P(\d+)([DM])$|^PT(\d+)(H)$/.exec(value);
  if (!match) return { amount: '', unit: 'other' };
  const [amount, unit] = match.slice(1).filter(Boolean);
  return { amount, unit };
}

/** The length as text; null when it isn't complete yet. */
export function writeLength(amount, unit) {
  if (!unit) return '';
  if (unit === 'feel') return amount ? `=${amount}` : null;
  if (unit === 'other' || !/^\d{1,4}$/.test(amount) || Number(amount) === 0) return null;
  const number = Number(amount);
  return { WD: `${number}WD`, H: `PT${number}H` }[unit] ?? `P${number}${unit}`;
}

/** A length in words, for the group's summary. */
export function lengthWords(value) {
  const { amount, unit } = readLength(value);
  return { '': '', WD: t`${amount}个工作日`, D: t`${amount}日`, M: t`${amount}个月`, H: t`${amount}小时`, feel: t`按表达式`, other: value }[unit];
}
