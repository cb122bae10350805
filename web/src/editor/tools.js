// What can be drawn: our palette with names, and bpmn-js's context pad and replace menu cut down to it.
import ContextPadProvider from 'bpmn-js/lib/features/context-pad/ContextPadProvider';
import ElementFactory from 'bpmn-js/lib/features/modeling/ElementFactory';
import ReplaceMenuProvider from 'bpmn-js/lib/features/popup-menu/ReplaceMenuProvider';
import BpmnSpaceTool from 'bpmn-js/lib/features/space-tool/BpmnSpaceTool';
import { isAny } from 'bpmn-js/lib/util/ModelUtil';
import { is } from './moddle.js';

const TIMER = { eventDefinitionType: 'bpmn:TimerEventDefinition' };

/** Shapes by the name that a palette button has in `data-create`. */
const SHAPES = {
  task: { type: 'bpmn:UserTask' },
  rule: { type: 'bpmn:BusinessRuleTask' },
  subprocess: { type: 'bpmn:SubProcess', isExpanded: true },
  exclusive: { type: 'bpmn:ExclusiveGateway' },
  parallel: { type: 'bpmn:ParallelGateway' },
  start: { type: 'bpmn:StartEvent' },
  timer: { type: 'bpmn:IntermediateCatchEvent', ...TIMER },
  end: { type: 'bpmn:EndEvent' }
};

/** Targets of the replace menu; the engine refuses every other kind. */
const REPLACEMENTS = new Set([
  'user-task', 'manual-task', 'service-task', 'send-task', 'receive-task', 'rule-task', 'script-task', 'call-activity',
  'expanded-subprocess', 'exclusive-gateway', 'parallel-gateway', 'inclusive-gateway', 'event-based-gateway',
  'none-start', 'message-start', 'timer-start', 'message-intermediate-catch', 'message-intermediate-throw',
  'timer-intermediate-catch', 'none-end', 'message-end', 'error-end', 'terminate-end', 'message-boundary',
  'timer-boundary', 'error-boundary', 'non-interrupting-message-boundary', 'non-interrupting-timer-boundary',
  'signal-start', 'signal-intermediate-catch', 'signal-intermediate-throw', 'signal-end', 'signal-boundary',
  'non-interrupting-signal-boundary', 'conditional-intermediate-catch', 'conditional-boundary',
  'non-interrupting-conditional-boundary', 'escalation-intermediate-throw', 'escalation-end', 'escalation-boundary',
  'non-interrupting-escalation-boundary', 'link-intermediate-catch', 'link-intermediate-throw', 'event-subprocess',
  'error-start', 'escalation-start', 'conditional-start', 'compensation-start', 'non-interrupting-message-start',
  'non-interrupting-timer-start', 'non-interrupting-signal-start', 'non-interrupting-conditional-start',
  'non-interrupting-escalation-start',
  'sequence-flow', 'default-flow'
].map((name) => `replace-with-${name}`));

const SUPPORTED_APPENDS = new Set([
  'append.end-event', 'append.gateway', 'append.append-task', 'append.intermediate-event', 'append.text-annotation',
  'append.receive-task', 'append.message-intermediate-event', 'append.timer-intermediate-event',
  'append.signal-intermediate-event', 'connect', 'replace',
  'delete', 'lane-insert-above', 'lane-insert-below', 'lane-divide-two', 'lane-divide-three'
]);

class ContextPad extends ContextPadProvider {
  static $inject = ContextPadProvider.$inject;

  getContextPadEntries(element) {
    const entries = Object.entries(super.getContextPadEntries(element)).filter(([name]) => SUPPORTED_APPENDS.has(name));
    const pad = Object.fromEntries(entries);
    if (pad['append.append-task']) pad['append.append-task'] = this.appending(pad['append.append-task'], SHAPES.task, 'bpmn-icon-user-task');
    if (pad['append.gateway']) pad['append.gateway'] = this.appending(pad['append.gateway'], SHAPES.exclusive, 'bpmn-icon-gateway-xor');
    if (pad['append.intermediate-event']) {
      pad['append.intermediate-event'] = this.appending(pad['append.intermediate-event'], SHAPES.timer, 'bpmn-icon-intermediate-event-catch-timer');
    }
    return pad;
  }

  /** The entry, made to append this shape. */
  appending(entry, shape, className) {
    const make = () => this._elementFactory.createShape(shape);
    return {
      ...entry,
      className,
      action: {
        click: (_event, element) => this._autoPlace.append(element, make()),
        dragstart: (event, element) => this._create.start(event, make(), { source: element }),
        hover: (_event, element) => {
          const { type, ...options } = shape;
          this._appendPreview.create(element, type, options);
          return () => this._appendPreview.cleanUp();
        }
      }
    };
  }
}

/** New tasks are as large as those of a diagram that fits its lanes. */
class Factory extends ElementFactory {
  static $inject = ElementFactory.$inject;

  getDefaultSize(element, di) {
    const fits = is(element, 'bpmn:Task') || is(element, 'bpmn:CallActivity');
    return fits ? { width: 110, height: 64 } : super.getDefaultSize(element, di);
  }
}

/** Makes room in the pool or subprocess around, also when one begins on a lane, a flow or a step. */
class SpaceTool extends BpmnSpaceTool {
  static $inject = BpmnSpaceTool.$inject;

  init(event, context) {
    let { hover } = event;
    while (hover?.parent && !isAny(hover, ['bpmn:Participant', 'bpmn:SubProcess'])) hover = hover.parent;
    return super.init(Object.create(event, { hover: { value: hover } }), context);
  }
}

class ReplaceMenu extends ReplaceMenuProvider {
  static $inject = ReplaceMenuProvider.$inject;

  _createEntries(target, options) {
    const beside = target.businessObject?.$parent?.triggeredByEvent; // a condition can begin an event subprocess only
    const offered = options.filter(({ actionName: name }) => REPLACEMENTS.has(name) && (beside || name !== 'replace-with-conditional-start'));
    return super._createEntries(target, offered);
  }

  getPopupMenuHeaderEntries(target) {
    const { 'toggle-loop': _loop, 'toggle-participant-multiplicity': _many, ...entries } = super.getPopupMenuHeaderEntries(target);
    return entries;
  }
}

export const toolsModule = {
  elementFactory: ['type', Factory],
  spaceTool: ['type', SpaceTool],
  palette: ['value', null], // ours is in the page; bpmn-js's would mark its buttons and fail for want of them
  paletteProvider: ['value', null],
  contextPadProvider: ['type', ContextPad],
  replaceMenuProvider: ['type', ReplaceMenu]
};

/** Makes the buttons in the palette draw; by mouse where one drops it, by keyboard after what is selected. */
export function connectPalette(palette, modeler) {
  const create = modeler.get('create');
  const factory = modeler.get('elementFactory');
  const make = (name) => (name === 'subprocess' ? subprocess(factory) : factory.createShape(SHAPES[name]));
  for (const button of palette.querySelectorAll('[data-create]')) {
    const name = button.dataset.create;
    button.draggable = true;
    button.addEventListener('dragstart', (event) => {
      event.preventDefault();
      create.start(event, make(name));
    });
    button.addEventListener('click', (event) => {
      if (event.detail === 0) place(modeler, make(name)); // from the keyboard
      else create.start(event, make(name));
    });
  }
  palette.querySelector('[data-tool=lane]').addEventListener('click', () => addLane(modeler));
  palette.querySelector('[data-tool=space]').addEventListener('click', (event) => modeler.get('spaceTool').activateSelection(event));
  palette.querySelector('[data-tool=connect]').addEventListener('click', (event) => {
    const source = modeler.get('selection').get()[0];
    if (source && is(source, 'bpmn:FlowNode')) modeler.get('connect').start(event, source);
    else modeler.get('globalConnect').start(event);
  });
}

function subprocess(factory) {
  const shape = factory.createShape({ ...SHAPES.subprocess, x: 0, y: 0 });
  return [shape, factory.createShape({ type: 'bpmn:StartEvent', x: 40, y: 82, parent: shape })];
}

/** Adds a shape behind the selected one, or in the middle of what is seen. */
function place(modeler, shape) {
  const selected = modeler.get('selection').get()[0];
  const single = Array.isArray(shape) ? shape[0] : shape;
  if (selected && is(selected, 'bpmn:FlowNode') && !is(selected, 'bpmn:EndEvent') && !Array.isArray(shape)) {
    modeler.get('autoPlace').append(selected, single);
    return;
  }
  const { x, y, width, height } = modeler.get('canvas').viewbox();
  const root = modeler.get('canvas').getRootElement();
  const parent = modeler.get('elementRegistry').find((each) => is(each, 'bpmn:Participant')) ?? root;
  const made = modeler.get('modeling').createElements([].concat(shape), { x: x + width / 2, y: y + height / 2 }, parent);
  modeler.get('selection').select(made[0]);
}

/** A new lane under the selected one, or under the last; the first one puts a pool around the process. */
function addLane(modeler) {
  const modeling = modeler.get('modeling');
  const registry = modeler.get('elementRegistry');
  const selected = modeler.get('selection').get()[0];
  const pool = registry.find((each) => is(each, 'bpmn:Participant'));
  if (!pool) {
    const { x, y, width, height } = modeler.get('canvas').viewbox();
    const shape = modeler.get('elementFactory').createParticipantShape();
    modeling.createShape(shape, { x: x + width / 2, y: y + height / 2 }, modeler.get('canvas').getRootElement());
    return;
  }
  const lane = modeling.addLane(selected && is(selected, 'bpmn:Lane') ? selected : pool, 'bottom');
  modeler.get('selection').select(lane);
}
