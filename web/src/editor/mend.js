// What the library's picture of BPMN gets wrong, so that a file is written as it was read: the script of a
// global task is an element, and the parts of a complex behaviour are called by their names.
export function mend(moddle) {
  const of = (type, name) => moddle.registry.typeMap[`bpmn:${type}`].properties.find(({ ns }) => ns.localName === name);
  of('GlobalScriptTask', 'script').isAttr = false;
  of('ComplexBehaviorDefinition', 'condition').xml = { serialize: 'xsi:type' };
  of('ComplexBehaviorDefinition', 'event').xml = { serialize: 'property' };
}
