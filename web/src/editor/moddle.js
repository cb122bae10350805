// Reads and writes what the properties panel shows; every write is one step of undo.
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';

export { getBusinessObject, is };

const extension = (object, type) => object.get('extensionElements')?.get('values').find((entry) => is(entry, type));

/** The value of a camunda:property, or "". */
export function property(object, name) {
  const found = extension(object, 'camunda:Properties')?.get('values').find((entry) => entry.name === name);
  return found?.value ?? '';
}

export class Writer {
  constructor(modeler) {
    this.modeling = modeler.get('modeling');
    this.factory = modeler.get('bpmnFactory');
    this.modeler = modeler;
  }

  /** Sets attributes of an element; "" removes one. */
  set(element, values) {
    const cleaned = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value === '' ? undefined : value]));
    this.modeling.updateProperties(element, cleaned);
  }

  /** Sets attributes of a part of an element, such as its event definition. */
  setPart(element, part, values) {
    const cleaned = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value === '' ? undefined : value]));
    this.modeling.updateModdleProperties(element, part, cleaned);
  }

  create(type, values, parent) {
    const made = this.factory.create(type, values);
    if (parent) made.$parent = parent;
    return made;
  }

  /** Sets camunda:properties of `object` (the element's own by default); "" removes one. */
  setProperties(element, values, object = getBusinessObject(element)) {
    const before = extension(object, 'camunda:Properties')?.get('values') ?? [];
    const merged = new Map([...before.map(({ name, value }) => [name, value]), ...Object.entries(values)]); // each in its old place
    const holder = this.create('camunda:Properties', {});
    holder.values = [...merged].filter(([, value]) => value !== '').map(([name, value]) => this.create('camunda:Property', { name, value }, holder));
    this.replaceExtensions(element, object, 'camunda:Properties', holder.values.length ? [holder] : []);
  }

  /** Puts `entries` in the place of all extensions of this type. */
  replaceExtensions(element, object, type, entries) {
    const others = (object.get('extensionElements')?.get('values') ?? []).filter((entry) => !is(entry, type));
    const values = [...others, ...entries];
    const made = values.length ? this.create('bpmn:ExtensionElements', { values }, object) : undefined;
    for (const value of values) value.$parent = made;
    this.setPart(element, object, { extensionElements: made });
  }

  /** Sets a camunda:property to an expression, with the sign that marks one. */
  setExpression(element, name, text) {
    const source = feelText(text);
    this.setProperties(element, { [name]: source && `=${source}` });
  }

  setDocumentation(element, text, object = getBusinessObject(element)) {
    const made = text ? [this.create('bpmn:Documentation', { text }, object)] : [];
    this.setPart(element, object, { documentation: made });
  }

  formal(body, parent) {
    return body ? this.create('bpmn:FormalExpression', { body }, parent) : undefined;
  }

  /** The root element of this type whose `key` is `value`; made if there is none. */
  root(element, type, key, value) {
    const definitions = this.modeler.getDefinitions();
    const found = definitions.get('rootElements').find((entry) => is(entry, type) && entry.get(key) === value);
    if (found) return found;
    const made = this.create(type, { name: value, [key]: value }, definitions);
    this.setPart(element, definitions, { rootElements: [...definitions.get('rootElements'), made] });
    return made;
  }
}

/** The event definition of an element, if it has one of this type. */
export function eventDefinition(object, type) {
  return object.get('eventDefinitions')?.find((entry) => is(entry, type));
}

/** A FEEL value without the sign that marks it. */
export const feelText = (text) => text.trim().replace(/^=/, '').trim();

/** All flow nodes of the process, at any depth, in drawing order. */
export function flowNodes(modeler, type = 'bpmn:FlowNode') {
  return modeler.get('elementRegistry').filter((element) => !element.labelTarget && is(element, type)).map(getBusinessObject);
}

/** The process that the diagram is about. */
export function processOf(modeler) {
  const root = getBusinessObject(modeler.get('canvas').getRootElement());
  if (is(root, 'bpmn:Process')) return root;
  return modeler.getDefinitions().get('rootElements').find((entry) => is(entry, 'bpmn:Process'));
}

/** The name of the innermost lane around an element, or "". */
export function laneOf(element, modeler) {
  const object = getBusinessObject(element);
  const lanes = modeler.get('elementRegistry').filter((each) => is(each, 'bpmn:Lane'));
  const around = lanes.filter((lane) => (lane.businessObject.get('flowNodeRef') ?? []).includes(object));
  const smallest = around.sort((a, b) => a.width * a.height - b.width * b.height)[0];
  return smallest?.businessObject.name ?? '';
}
