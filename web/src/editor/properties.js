// The panel at the right: our own form for the selected element.
import { h, icon } from './dom.js';
import { groupsFor } from './groups.js';
import { getBusinessObject, is, processOf, Writer } from './moddle.js';
import { kindOf } from '../diagram/zh.js';
import { t } from '../t.js';

export class Properties {
  constructor(root, modeler, catalogue) {
    this.root = root;
    this.modeler = modeler;
    this.catalogue = catalogue;
    this.writer = new Writer(modeler);
    this.opened = new Map();
    this.pending = {};
    const bus = modeler.get('eventBus');
    bus.on('selection.changed', ({ newSelection }) => this.show(newSelection));
    bus.on('elements.changed', ({ elements }) => {
      if (elements.some(({ id }) => id === this.element?.id || id === this.element?.label?.id)) this.refresh();
    });
    bus.on('root.set', () => this.show([]));
  }

  show(selection) {
    if (selection.length > 1) {
      this.element = null;
      this.root.replaceChildren(head(t`选中了几个`, t`${selection.length}个图形`), h('p', { class: 'group hint' }, t`选中一个图形，可以修改它的属性。`));
      return;
    }
    const chosen = selection[0] ?? this.modeler.get('canvas').getRootElement();
    const next = chosen?.labelTarget ?? chosen;
    if (next !== this.element) this.pending = {};
    this.element = next;
    this.refresh();
  }

  refresh() {
    const { element } = this;
    if (!element) return;
    const focused = this.root.contains(document.activeElement) ? labelOf(document.activeElement) : null;
    const object = getBusinessObject(element);
    const whole = is(object, 'bpmn:Collaboration') || is(object, 'bpmn:Participant') || is(object, 'bpmn:Process');
    const name = whole ? processOf(this.modeler)?.name : object.name;
    const context = {
      element, object, modeler: this.modeler, writer: this.writer, catalogue: this.catalogue, pending: this.pending,
      refresh: () => this.refresh()
    };
    const groups = groupsFor(context).map((group) => this.group(group));
    this.root.replaceChildren(head(whole ? t`流程` : kindOf(element), name || t`（未命名）`), ...groups);
    if (focused) this.focus(focused);
  }

  group({ title, summary, open, controls }) {
    const isOpen = this.opened.get(title) ?? Boolean(open);
    const body = h('div', { class: 'group' });
    const details = h('details', { open: isOpen, 'data-group': title },
      h('summary', {}, icon('right'), title, summary && !isOpen ? h('small', {}, summary) : null), body);
    const fill = () => { if (!body.childElementCount) body.append(...controls().filter(Boolean)); };
    if (isOpen) fill();
    details.addEventListener('toggle', () => {
      const untouched = details.open === isOpen && !this.opened.has(title); // browsers tell of the first state too
      if (!untouched) this.opened.set(title, details.open);
      if (details.open) fill();
      details.querySelector('summary small')?.toggleAttribute('hidden', details.open);
    });
    return details;
  }

  /** Keeps the place of someone who goes through the panel with the Tab key. */
  focus({ group, label }) {
    const inside = [...this.root.querySelectorAll('details')].find((each) => each.dataset.group === group);
    const target = [...(inside?.querySelectorAll('input, select, textarea, summary') ?? [])].find((each) => labelOf(each).label === label);
    target?.focus();
  }
}

function labelOf(control) {
  const label = control.labels?.[0]?.textContent ?? control.getAttribute('aria-label') ?? control.tagName;
  return { group: control.closest('details')?.dataset.group, label };
}

const head = (kind, name) => h('header', {}, h('div', { class: 'small dim' }, kind), h('h2', {}, name));
