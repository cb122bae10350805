// What events are about: messages, signals, errors, escalations, conditions, links; and whether they interrupt.
import { check, feel, length, text } from './controls.js';
import { eventDefinition, feelText, is, property } from './moddle.js';
import { t } from '../t.js';

const throws = (object) => is(object, 'bpmn:ThrowEvent') || is(object, 'bpmn:SendTask');

/** A group with the name or code of a root element that the event definition refers to. */
function referred({ element, object, writer }, { title, label, type, key, ref, none, hint }) {
  const definition = eventDefinition(object, `bpmn:${type}EventDefinition`) ?? object;
  const value = definition[ref]?.[key] ?? '';
  const write = (next) => writer.setPart(element, definition, { [ref]: next ? writer.root(element, `bpmn:${type}`, key, next) : undefined });
  return { title, summary: value || none, open: true, controls: () => [text({ label, value, hint, write })] };
}

export function message(context) {
  const { element, object, writer } = context;
  const group = referred(context, { title: t`消息`, label: t`消息名称`, type: 'Message', key: 'name', ref: 'messageRef', none: t`未定` });
  const key = {
    label: t`对应依据（选填）`,
    value: feelText(property(object, 'correlationKey')),
    hint: is(object, 'bpmn:StartEvent') && !object.$parent?.triggeredByEvent
      ? t`按消息带来的数据计算；同一依据的已有一件在办时，不再发起。`
      : t`几个事项都在等同名消息时，用它区分；发出和等待的都要填。`,
    write: (value) => writer.setExpression(element, 'correlationKey', value)
  };
  const life = {
    label: t`没有人等待时保留`,
    value: property(object, 'timeToLive'),
    none: t`一天`,
    units: ['D', 'M', 'H', 'feel'],
    hint: t`在这期间开始等待的会收到；过后作废，记入办理记录。`,
    write: (value) => writer.setProperties(element, { timeToLive: value })
  };
  return { ...group, controls: () => [...group.controls(), feel(key), throws(object) ? length(life) : null] };
}

/** What a send task sends by itself, where no handler does it. */
export function letter(context) {
  return context.object.get('camunda:topic') && !context.object.messageRef ? null : message(context);
}

export function signal(context) {
  return referred(context, { title: t`信号`, label: t`信号名称`, type: 'Signal', key: 'name', ref: 'signalRef', none: t`未定`, hint: t`所有在等同名信号的环节都会收到。` });
}

export function error(context) {
  return referred(context, { title: t`错误`, label: t`错误代码`, type: 'Error', key: 'errorCode', ref: 'errorRef', none: throws(context.object) ? t`未定` : t`任何错误` });
}

export function escalation(context) {
  return referred(context, { title: t`升级`, label: t`升级代码`, type: 'Escalation', key: 'escalationCode', ref: 'escalationRef', none: throws(context.object) ? t`未定` : t`任何升级` });
}

export function condition({ element, object, writer }) {
  const definition = eventDefinition(object, 'bpmn:ConditionalEventDefinition');
  const value = feelText(definition.condition?.body ?? '');
  const write = (next) => writer.setPart(element, definition, { condition: writer.formal(next && `=${feelText(next)}`, definition) });
  return { title: t`条件`, summary: value || t`未定`, open: true, controls: () => [feel({ label: t`满足什么条件时发生`, value, rows: 3, placeholder: t`如：金额 > 1000`, write })] };
}

export function link({ element, object, writer }) {
  const definition = eventDefinition(object, 'bpmn:LinkEventDefinition');
  const write = (name) => writer.setPart(element, definition, { name });
  return { title: t`链接`, summary: definition.name || t`未定`, open: true, controls: () => [text({ label: t`链接名称`, value: definition.name, hint: t`从同名的一处接到另一处。`, write })] };
}

/** Whether the event ends what it is attached to, or what its event subprocess stands in. */
export function interrupting({ element, object, writer }) {
  const [name, label] = is(object, 'bpmn:BoundaryEvent')
    ? ['cancelActivity', t`中断所在环节`]
    : ['isInterrupting', t`中断所在流程的其他环节`];
  if (name === 'isInterrupting' && !object.$parent?.triggeredByEvent) return null;
  if (eventDefinition(object, 'bpmn:ErrorEventDefinition')) return null;
  const value = object.get(name) !== false;
  return { title: t`发生时怎样`, summary: value ? t`中断` : t`不中断`, controls: () => [check({ label, value, write: (yes) => writer.set(element, { [name]: yes }) })] };
}
