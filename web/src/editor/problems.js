// The table of problems below the canvas, their marks on the diagram, and whether they block.
import { h, icon } from './dom.js';
import { getBusinessObject } from './moddle.js';
import { kindOf } from '../diagram/zh.js';
import { t } from '../t.js';

// What the server says for those who write XML, for those who have the panel before them.
const HINTS = [
  ['camunda:decisionRef', t`请在右侧“规则”里选一个。`],
  ['camunda:resultVariable', t`请在右侧填写“结果存入”。`],
  ['camunda:topic', t`请在右侧选定做什么。`],
  ['calledElement', t`请在右侧“调用流程”里选一个。`],
  ['loopCardinality', t`请在右侧“办理次数”里填写列表或次数。`],
  ['scriptFormat', t`请在右侧“计算”里改写。`]
];
const hintOf = ({ hint = '' }) => HINTS.find(([word]) => hint.includes(word))?.[1] ?? hint;

export class Problems {
  constructor(root, modeler) {
    this.root = root;
    this.modeler = modeler;
    this.body = root.querySelector('tbody');
    this.counts = root.querySelector('[data-counts]');
    this.why = root.querySelector('[data-why]');
    this.local = [];
    this.server = [];
    this.marked = [];
    this.onchange = () => {};
  }

  setLocal(problems) {
    this.local = problems;
    this.render();
  }

  setServer(problems) {
    this.server = problems;
    this.render();
  }

  get all() {
    const told = new Set(this.server.map(({ element }) => element));
    const own = this.local.filter(({ element, overlaps }) => !(overlaps && told.has(element)));
    const rank = ({ severity }) => (severity === 'error' ? 0 : 1);
    return [...this.server, ...own].sort((a, b) => rank(a) - rank(b));
  }

  get errors() {
    return this.all.filter(({ severity }) => severity === 'error').length;
  }

  render() {
    const all = this.all;
    this.body.replaceChildren(...(all.length ? all.map((problem) => this.row(problem)) : [nothing()]));
    const errors = this.errors;
    const warnings = all.length - errors;
    this.counts.replaceChildren(...[
      errors ? h('span', { class: 'n n--hot', title: t`${errors}个错误` }, String(errors)) : null,
      warnings ? h('span', { class: 'n', title: t`${warnings}个提醒` }, String(warnings)) : null
    ].filter(Boolean));
    this.why.textContent = errors ? t`有错误时不能施行` : '';
    this.mark(all);
    this.onchange(errors);
  }

  row(problem) {
    const error = problem.severity === 'error';
    const element = this.element(problem);
    const name = element ? nameOf(element) : problem.element;
    const go = () => this.locate(element);
    return h('tr', {},
      h('td', {}, h('span', { class: `sev sev--${error ? 'e' : 'w'}` }, icon(error ? 'alert' : 'info'), error ? t`错误` : t`提醒`)),
      h('td', {}, name && !problem.message.includes(`“${name}”`) ? h('b', {}, `${name}\u3000`) : null, problem.message, hintOf(problem)),
      h('td', {}, element ? h('button', { class: 'btn btn-text btn-sm', type: 'button', on: { click: go } }, t`定位`) : where(problem)));
  }

  element({ element: id }) {
    return id ? this.modeler.get('elementRegistry').get(id) : undefined;
  }

  /** Selects an element and brings it into sight. */
  locate(element) {
    const canvas = this.modeler.get('canvas');
    const root = canvas.findRoot?.(element);
    if (root && root !== canvas.getRootElement()) canvas.setRootElement(root);
    if (element !== canvas.getRootElement()) canvas.scrollToElement(element, 120);
    this.modeler.get('selection').select(element);
    canvas.focus?.();
  }

  mark(problems) {
    const canvas = this.modeler.get('canvas');
    const overlays = this.modeler.get('overlays');
    for (const id of this.marked) if (this.modeler.get('elementRegistry').get(id)) canvas.removeMarker(id, 'wz-problem');
    overlays.remove({ type: 'problem' });
    const worst = new Map();
    for (const problem of problems) {
      const element = this.element(problem);
      if (!element?.parent || element.waypoints) continue;
      if (!worst.has(element.id) || problem.severity === 'error') worst.set(element.id, problem);
    }
    this.marked = [...worst].filter(([, { severity }]) => severity === 'error').map(([id]) => id);
    for (const id of this.marked) canvas.addMarker(id, 'wz-problem');
    for (const [id, problem] of worst) {
      const { severity, message } = problem;
      const pill = h('span', { class: `wz-count ${severity === 'error' ? 'err' : 'mod'}`, title: message + hintOf(problem) }, '!');
      const { width } = this.modeler.get('elementRegistry').get(id);
      overlays.add(id, 'problem', { position: { top: -11, left: width - 12 }, html: pill });
    }
  }
}

function nameOf(element) {
  const object = getBusinessObject(element);
  if (object.name?.trim()) return object.name.trim();
  return object.sourceRef?.name ? t`${object.sourceRef.name}的出线` : kindOf(element);
}

const where = ({ line, resource }) => h('span', { class: 'dim small' }, [resource, line ? t`第${line}行` : ''].filter(Boolean).join('　'));

const nothing = () => h('tr', {}, h('td', { colspan: '3', class: 'none' }, t`没有问题。`));
