// The look of diagrams, shared by viewer and editor: thinner lines, smaller corners, quiet icons.
import BpmnRenderer from 'bpmn-js/lib/draw/BpmnRenderer';
import { is, isAny } from 'bpmn-js/lib/util/ModelUtil';
import { append, attr, create } from 'tiny-svg';

export const INK = '#1c2225';
const EDGE = 7; // between a task's border and its name
const SIZE = 13;
const LINE = '#8f8a80';
const FAINT = '#c6c1b6';
export const FONT = '"PingFang SC", "Microsoft YaHei UI", "Microsoft YaHei", "Noto Sans CJK SC", system-ui, sans-serif';

/** Options that viewer and modeler take. */
export const look = {
  bpmnRenderer: { defaultFillColor: '#ffffff', defaultStrokeColor: LINE, defaultLabelColor: INK },
  textRenderer: {
    defaultStyle: { fontFamily: FONT, fontSize: SIZE, lineHeight: 1.35 },
    externalStyle: { fontFamily: FONT, fontSize: 12, lineHeight: 1.3 }
  }
};

const MAIL = 'M1.5 3.5h13v9h-13zM1.5 4l6.5 5 6.5-5';
const PERSON = 'M8 2.5a2.7 2.7 0 1 1 0 5.4 2.7 2.7 0 0 1 0-5.4M2.8 14c0-3.2 2.2-5 5.2-5s5.2 1.8 5.2 5z';
const KINDS = {
  'bpmn:UserTask': PERSON,
  'bpmn:ManualTask': 'M5 13.5V9L2.8 6.6c-.6-.7.4-1.6 1-1L5.5 7V3c0-1 1.5-1 1.5 0v3.5V2c0-1 1.5-1 1.5 0v4.5V3c0-1 1.5-1 1.5 0v4-2.5c0-1 1.5-1 1.5 0v5c0 1-.4 2-1 2.8v1.2z',
  'bpmn:BusinessRuleTask': 'M1.5 3h13v10h-13zM1.5 6.2h13M6 6.2V13M1.5 9.6h13',
  'bpmn:ServiceTask': 'M8 5.6a2.4 2.4 0 1 1 0 4.8 2.4 2.4 0 0 1 0-4.8M8 1.8v2M8 12.2v2M1.8 8h2M12.2 8h2M3.6 3.6 5 5M11 11l1.4 1.4M12.4 3.6 11 5M5 11l-1.4 1.4',
  'bpmn:ScriptTask': 'M4 1.8h8.5v12.4H4zM6.2 5h4.2M6.2 8h4.2M6.2 11h4.2',
  'bpmn:SendTask': MAIL,
  'bpmn:ReceiveTask': MAIL
};

class Renderer extends BpmnRenderer {
  static $inject = [
    'config.bpmnRenderer', 'eventBus', 'styles', 'pathMap', 'canvas', 'textRenderer'
  ];

  constructor(config, eventBus, styles, pathMap, canvas, textRenderer) {
    super(config, eventBus, styles, pathMap, canvas, textRenderer, 1500);
    this.textRenderer = textRenderer;
  }

  drawConnection(parent, element, attrs = {}) {
    const line = super.drawConnection(parent, element, attrs);
    if (is(element, 'bpmn:SequenceFlow')) attr(line, { strokeWidth: 1.6 });
    return line;
  }

  drawShape(parent, element, attrs = {}) {
    if (element.type === 'label') return super.drawShape(parent, element, attrs);
    if (is(element, 'bpmn:Task')) return this.drawTask(parent, element, attrs);
    if (is(element, 'bpmn:Event')) return this.drawEvent(parent, element, attrs);
    const shape = super.drawShape(parent, element, attrs);
    if (isAny(element, ['bpmn:Lane', 'bpmn:Participant'])) {
      for (const node of parent.querySelectorAll(':scope > rect, :scope > path')) attr(node, { stroke: FAINT, strokeWidth: 1 });
    } else if (isAny(element, ['bpmn:CallActivity', 'bpmn:SubProcess'])) {
      attr(shape, { rx: 6, ry: 6, strokeWidth: is(element, 'bpmn:CallActivity') ? 2.6 : 1.5 });
    } else if (is(element, 'bpmn:Gateway')) {
      attr(shape, { strokeWidth: 1.5 });
    }
    return shape;
  }

  drawTask(parent, element, attrs) {
    const shape = this.handlers['bpmn:Task'](parent, element, attrs);
    attr(shape, { rx: 6, ry: 6, strokeWidth: 1.5, fillOpacity: 1 });
    this.balance(parent, element);
    const path = KINDS[element.type];
    if (path) this.drawKind(parent, path, element.type === 'bpmn:SendTask');
    return shape;
  }

  /** Chinese names in lines of like length, so that no single character is left over. */
  balance(parent, element) {
    const name = element.businessObject.name ?? '';
    const inner = element.width - 2 * EDGE;
    const lines = Math.ceil((name.length * SIZE) / inner);
    const label = parent.querySelector(':scope > text');
    if (!label || lines < 2 || /[\n\x20-\x7e]/.test(name)) return;
    const wide = Math.ceil(name.length / lines) * SIZE + SIZE - 2;
    const text = this.textRenderer.createText(name, {
      align: 'center-middle', box: element, padding: Math.max(EDGE, (element.width - wide) / 2), style: { fill: INK }
    });
    text.classList.add('djs-label');
    label.replaceWith(text);
  }

  drawKind(parent, path, filled) {
    const kind = create('path', { d: path, transform: 'translate(6 5) scale(.94)', class: 'wz-kind' });
    if (filled) kind.classList.add('wz-filled');
    append(parent, kind);
  }

  drawEvent(parent, element, attrs) {
    const definitions = element.businessObject.get('eventDefinitions') ?? [];
    const timer = definitions.length === 1 && is(definitions[0], 'bpmn:TimerEventDefinition');
    const shape = super.drawShape(parent, element, { ...attrs, renderIcon: timer ? false : attrs.renderIcon });
    attr(shape, { strokeWidth: is(element, 'bpmn:EndEvent') ? 3 : 1.5, fillOpacity: 1 });
    const inner = parent.querySelectorAll(':scope > circle')[1];
    if (inner && !is(element, 'bpmn:EndEvent')) attr(inner, { strokeWidth: 1.2, fill: 'none' });
    if (timer) append(parent, create('path', { d: `M${element.width / 2},${element.height / 2}v-7.5m0,7.5l5,3`, class: 'wz-glyph' }));
    return shape;
  }
}

export const rendererModule = {
  __init__: ['wenzeRenderer'],
  wenzeRenderer: ['type', Renderer]
};

const ARROWS = { taken: ['#35667a', 12], skipped: ['#c6c1b6', 9], added: ['#2c6549', 11], removed: ['#a8231a', 9] };

/** Puts the arrowheads that the stylesheet names into the page, unless they are there. */
export function ensureArrows() {
  const missing = Object.entries(ARROWS).filter(([name]) => !document.getElementById(`wz-arrow-${name}`));
  if (!missing.length) return;
  const svg = create('svg', { class: 'defs', 'aria-hidden': 'true' });
  const defs = svg.appendChild(create('defs'));
  for (const [name, [fill, size]] of missing) {
    const marker = defs.appendChild(create('marker', {
      id: `wz-arrow-${name}`, viewBox: '0 0 10 10', refX: 9, refY: 5, markerWidth: size, markerHeight: size,
      markerUnits: 'userSpaceOnUse', orient: 'auto'
    }));
    marker.appendChild(create('path', { d: 'M0,1 9,5 0,9z', fill }));
  }
  document.body.append(svg);
}
