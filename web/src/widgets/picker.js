// Persons, positions and units are found while somebody types: by name, unit, pinyin or its initials. What the
// server lists is only help: it takes the text and looks again.
import { t } from '../t.js';
import { changed, later, make } from './dom.js';

let count = 0;

/** Makes a combobox of an input, or chips with a combobox of a textarea with a name on each line. */
export function picker(control) {
  if (control.matches('textarea')) return chips(control);
  new Combobox(control, control.name, (choice) => {
    control.value = choice.name;
    fill(control, choice);
    changed(control);
  });
}

function chips(area) {
  const list = make('ul', { class: 'picks' });
  const input = make('input', { class: 'form-control', type: 'text', autocomplete: 'off', spellcheck: 'false', placeholder: t`名称、单位或拼音，如 zs` });
  for (const name of ['aria-describedby', 'aria-invalid']) if (area.hasAttribute(name)) input.setAttribute(name, area.getAttribute(name));
  input.id = area.id;
  area.id = `${area.id}-text`;
  area.hidden = true;
  area.after(list, input);
  const names = () => area.value.split('\n').map((line) => line.trim()).filter(Boolean);
  const put = (all) => {
    area.value = [...new Set(all)].join('\n');
    draw();
    changed(area);
  };
  function draw() {
    list.replaceChildren(...names().map((name) => make('li', {}, name, make('button', {
      type: 'button', 'aria-label': t`去掉${name}`, click: () => { put(names().filter((one) => one !== name)); input.focus(); }
    }, '×'))));
  }
  const add = (name) => { input.value = ''; put([...names(), name]); };
  const box = new Combobox(input, area.name, (choice) => add(choice.name));
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Backspace' && !input.value && names().length) put(names().slice(0, -1));
    if (event.key !== 'Enter' || event.defaultPrevented) return;
    event.preventDefault();
    if (input.value.trim()) add(input.value.trim());
  });
  input.addEventListener('blur', () => { box.close(); if (input.value.trim()) add(input.value.trim()); });
  draw();
}

/** Writes what the choice says of itself into the fields beside it. */
function fill(control, choice) {
  const fills = JSON.parse(control.dataset.fill || '{}');
  const prefix = control.name.split('-').slice(0, -1);
  for (const [field, fact] of Object.entries(fills)) {
    const other = control.form.elements.namedItem([...prefix, field].join('-'));
    const value = choice.facts[fact];
    if (!(other instanceof Element) || !value || other.value === value) continue;
    if (other.matches('select') && ![...other.options].some((option) => option.value === value)) continue;
    other.value = value;
    changed(other);
  }
}

class Combobox {
  constructor(input, field, chosen) {
    Object.assign(this, { input, field, chosen, choices: [], at: -1, asked: 0 });
    count += 1;
    this.list = make('ul', { class: 'pickbox', role: 'listbox', id: `pickbox-${count}`, 'aria-label': t`可选`, hidden: true });
    const frame = make('span', { class: 'picker' });
    const focused = document.activeElement === input;
    input.before(frame);
    frame.append(input, this.list);
    if (focused) input.focus();
    for (const [name, value] of [['role', 'combobox'], ['aria-autocomplete', 'list'], ['aria-expanded', 'false'], ['aria-controls', this.list.id]]) input.setAttribute(name, value);
    const ask = later(() => this.ask(), 150);
    input.addEventListener('input', ({ isTrusted }) => { if (isTrusted) ask(); });
    input.addEventListener('focus', () => { if (!input.value) ask(); });
    input.addEventListener('keydown', (event) => this.key(event));
    input.addEventListener('blur', () => this.close());
    this.list.addEventListener('mousedown', (event) => {
      event.preventDefault(); // the focus stays in the input
      const option = event.target.closest('[role=option]');
      if (option) this.choose(Number(option.dataset.at));
    });
  }

  async ask() {
    this.asked += 1;
    const mine = this.asked;
    const query = new URLSearchParams({ field: this.field, q: this.input.value.trim() });
    const answer = await fetch(`${this.input.form.dataset.pickUrl}?${query}`, { headers: { Accept: 'application/json' } }).catch(() => null);
    if (mine !== this.asked || document.activeElement !== this.input) return;
    if (!answer?.ok || answer.redirected) return this.show([], '');
    const { choices } = await answer.json();
    if (mine === this.asked) this.show(choices, this.input.value.trim() ? t`没有找到` : '');
  }

  show(choices, nothing) {
    this.choices = choices;
    this.at = -1;
    const rows = choices.map(({ name, note }, at) => make('li', { role: 'option', id: `${this.list.id}-${at}`, 'data-at': String(at), 'aria-selected': 'false' }, make('b', {}, name), ...(note ? [make('small', {}, note)] : [])));
    if (!rows.length && nothing) rows.push(make('li', { class: 'pickbox__none' }, nothing));
    this.list.replaceChildren(...rows);
    this.list.hidden = !rows.length;
    this.input.setAttribute('aria-expanded', String(choices.length > 0));
    this.mark(choices.length && this.input.value.trim() ? 0 : -1);
  }

  mark(at) {
    this.at = at;
    [...this.list.children].forEach((row, number) => row.setAttribute('aria-selected', String(number === at)));
    const marked = this.list.children[at];
    if (marked) { marked.scrollIntoView({ block: 'nearest' }); this.input.setAttribute('aria-activedescendant', marked.id); } else this.input.removeAttribute('aria-activedescendant');
  }

  key(event) {
    if (event.isComposing) return; // an input method is at work
    if (event.key === 'ArrowDown' && this.list.hidden) { event.preventDefault(); this.ask(); return; }
    if (this.list.hidden || !this.choices.length) {
      if (event.key === 'Enter' && this.input.name) event.preventDefault();
      return;
    }
    const size = this.choices.length;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) { event.preventDefault(); this.mark((this.at + steps[event.key] + size) % size); }
    if (event.key === 'Enter' && this.at >= 0) { event.preventDefault(); this.choose(this.at); }
    if (event.key === 'Escape') { event.preventDefault(); event.stopPropagation(); this.close(); }
  }

  choose(at) {
    const choice = this.choices[at];
    this.close();
    this.chosen(choice);
  }

  close() {
    this.asked += 1;
    this.list.hidden = true;
    this.choices = [];
    this.input.setAttribute('aria-expanded', 'false');
    this.input.removeAttribute('aria-activedescendant');
  }
}
