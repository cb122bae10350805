// Live checks of a form's FEEL conditions, with the library that the server uses. The server decides in the
// end; this only shows and hides fields, marks what has become required, and offers the options that fit.
//
// A field's wrapper has data-field (`对象-0-名称`), data-kind, and data-visible, data-required, data-options.
import { evaluate } from 'feelin';
import './feel/index.js';
import { t } from './t.js';
import { cents } from './widgets/amounts.js';
import { isoDate } from './widgets/dates.js';

const ROUNDS = 6; // how often hiding a field may hide another one
const EMPTY = { text: null, list: [] };

/** Watches every form that has conditions, also those that come with a later swap. */
export function watch() {
  const update = (target) => {
    const form = target.closest?.('form[data-context]');
    if (form) new LiveForm(form).update();
  };
  const all = () => document.querySelectorAll('form[data-context]').forEach(update);
  document.addEventListener('input', ({ target }) => update(target));
  document.addEventListener('change', ({ target }) => update(target));
  const swapped = (nodes) => [...nodes].some((node) => node.nodeType === 1 && (node.matches('form, .rows, [data-field]') || node.querySelector('form')));
  new MutationObserver((changes) => { if (changes.some(({ addedNodes }) => swapped(addedNodes))) all(); })
    .observe(document.getElementById('main') ?? document.body, { childList: true, subtree: true });
  all();
}

export class LiveForm {
  constructor(form) {
    this.form = form;
    this.variables = JSON.parse(form.dataset.context || '{}');
    this.fields = [...form.querySelectorAll('[data-field]')];
  }

  update() {
    let before = '';
    for (let round = 0; round < ROUNDS; round += 1) {
      const values = this.values();
      for (const field of this.fields) if (field.dataset.visible) show(field, this.ask(field.dataset.visible, field, values) === true);
      const now = this.fields.map(({ hidden }) => Number(hidden)).join('');
      if (now === before) break;
      before = now;
    }
    const values = this.values();
    for (const field of this.fields) {
      if (field.dataset.required) require(field, this.ask(field.dataset.required, field, values) === true);
      if (field.dataset.options) offer(field, this.ask(field.dataset.options, field, values));
    }
  }

  /** The answer of an expression; true where it can't be computed, so that nothing is hidden by mistake. */
  ask(feel, field, values) {
    try {
      return evaluate(feel.replace(/^=/, ''), { ...this.variables, ...values, ...rowOf(field.dataset.field, values) }).value;
    } catch {
      return true;
    }
  }

  /** What the form would send, as nested values. */
  values() {
    const values = {};
    for (const field of this.fields) {
      const path = field.dataset.field.split('-');
      const value = field.closest('[hidden]') ? null : valueOf(field);
      if (value !== undefined) put(values, path, value);
    }
    return values;
  }
}

/** The value of one field's controls; undefined for tables and groups, whose parts speak for themselves. */
export function valueOf(field) {
  const { kind, field: name } = field.dataset;
  const controls = [...field.querySelectorAll('input, select, textarea')].filter((control) => control.name === name && control.type !== 'hidden');
  const ticked = controls.filter(({ checked }) => checked).map(({ value }) => value);
  const text = (controls[0]?.value ?? '').trim();
  switch (kind) {
    case 'table': case 'group': return undefined;
    case 'read': return readText(field);
    case 'check': return ticked.length > 0;
    case 'checkboxes': return ticked;
    case 'files': return [...ticked, ...controls.flatMap(({ files }) => [...(files ?? [])].map((file) => file.name))];
    case 'radio': return choice(ticked[0] ?? '');
    case 'select': return choice(text);
    case 'lines': return text.split('\n').map((line) => line.trim()).filter(Boolean);
    case 'picks': return text.split('\n').map((line) => line.trim()).filter(Boolean);
    case 'date': return isoDate(text) || EMPTY.text;
    case 'amount': { const found = cents(text); return found === null ? EMPTY.text : Number(found) / 100; }
    case 'number': return text === '' || Number.isNaN(Number(text)) ? EMPTY.text : Number(text);
    default: return text === '' ? EMPTY.text : text;
  }
}

const choice = (text) => ({ '': null, true: true, false: false })[text] ?? (text === '' ? null : text);

function readText(field) {
  const shown = field.querySelector('.value');
  const text = (shown?.dataset.value ?? shown?.textContent ?? '').trim();
  if (text === '—' || text === '') return null;
  return { 是: true, 否: false }[text] ?? text;
}

/** Puts a value at a path; numbers in it are rows of a list. */
export function put(values, path, value) {
  const [name, ...rest] = path;
  if (!rest.length) {
    values[name] = value;
    return;
  }
  const row = /^\d+$/.test(rest[0]);
  if (typeof values[name] !== 'object' || values[name] === null) values[name] = row ? [] : {};
  if (!row) {
    put(values[name], rest, value);
    return;
  }
  const [number, ...inner] = rest;
  const holder = values[name];
  holder[number] ??= {};
  if (inner.length) put(holder[number], inner, value);
}

/** The values of the row or group that a field stands in: its expressions see them first. */
export function rowOf(key, values) {
  const path = key.split('-').slice(0, -1);
  let inside = values;
  for (const part of path) inside = inside?.[part];
  return path.length && inside && !Array.isArray(inside) ? inside : {};
}

/** Shows or hides a field; hidden controls are disabled, so that they aren't sent. */
function show(field, visible) {
  if (field.hidden === !visible) return;
  field.hidden = !visible;
  for (const control of field.querySelectorAll('input, select, textarea, button')) control.disabled = control.closest('[hidden]') !== null;
}

/** Says whether a field may stay empty. */
function require(field, required) {
  const label = field.querySelector('label, legend, .label');
  if (!label) return;
  label.querySelector('[data-optional]')?.remove();
  for (const control of field.querySelectorAll('input:not([type=hidden]), select, textarea')) control.setAttribute('aria-required', String(required));
  if (required) return;
  const mark = document.createElement('small');
  mark.dataset.optional = '';
  mark.textContent = t`（选填）`;
  label.append(mark);
}

/** Offers these options in a select; what was chosen stays, also when it is no longer among them. */
function offer(field, options) {
  const select = field.querySelector('select');
  if (!select || !Array.isArray(options)) return;
  const chosen = select.value;
  const texts = [...new Set([...options.map(String), ...(chosen ? [chosen] : [])])];
  const present = [...select.options].map(({ value }) => value).filter(Boolean);
  if (texts.join('\n') === present.join('\n')) return;
  const labels = (offer.labels ??= new Map()); // an option may be shown in another language than it is kept in
  for (const { value, text } of select.options) labels.set(value, text);
  select.replaceChildren(select.options[0], ...texts.map((text) => new Option(labels.get(text) ?? text, text, false, text === chosen)));
}
