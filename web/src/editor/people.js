// The groups 办理人 and 制约: who does a task, and who must not.
import { area, checks, select, text } from './controls.js';
import { feel } from './controls.js';
import { h, icon } from './dom.js';
import { flowNodes, laneOf, property } from './moddle.js';
import { t } from '../t.js';

const listed = (value) => (value ? value.split(',').map((each) => each.trim()).filter(Boolean) : []);
const WAYS = [['lane', t`所在泳道的岗位`], ['groups', t`指定岗位`], ['feel', t`按表达式选岗位`], ['person', t`指定人`], ['same', t`与另一环节同一人`]];

function wayOf(object) {
  const groups = object.get('camunda:candidateGroups') ?? '';
  if (property(object, 'sameAs')) return 'same';
  if (object.get('camunda:assignee') || object.get('camunda:candidateUsers')) return 'person';
  if (groups.startsWith('=')) return 'feel';
  return groups ? 'groups' : 'lane';
}

const others = ({ object, modeler }) => flowNodes(modeler, 'bpmn:UserTask')
  .filter((each) => each !== object).map((each) => [each.id, each.name || each.id]);

function nameOf(context, id) {
  return others(context).find(([each]) => each === id)?.[1] ?? id;
}

/** Who does the task. */
export function people(context) {
  const { element, object, modeler, writer, catalogue, pending } = context;
  const way = pending.way ?? wayOf(object);
  const groups = object.get('camunda:candidateGroups') ?? '';
  const lane = laneOf(element, modeler);
  const clear = { 'camunda:candidateGroups': undefined, 'camunda:assignee': undefined, 'camunda:candidateUsers': undefined };
  const choose = (next) => {
    pending.way = next;
    if (next === 'lane' || next !== wayOf(object)) {
      writer.set(element, clear);
      if (property(object, 'sameAs')) writer.setProperties(element, { sameAs: '' });
    }
    context.refresh();
  };
  const parts = {
    lane: () => h('div', { class: 'who' }, icon('user'), h('span', {}, lane ? t`${lane}，认领后办理` : t`不在有名称的泳道里，请放进泳道或指定岗位`)),
    groups: () => checks({
      label: t`岗位`, value: listed(groups), options: catalogue.groups.map((each) => [each, each]),
      write: (chosen) => writer.set(element, { 'camunda:candidateGroups': chosen.join(',') })
    }),
    feel: () => feel({
      label: t`岗位表达式`, value: groups.replace(/^=\s*/, ''), hint: t`结果是一个岗位名，或岗位名的列表。`,
      write: (value) => writer.set(element, { 'camunda:candidateGroups': value && `=${value}` })
    }),
    person: () => text({
      label: t`办理人账号`, value: object.get('camunda:assignee') ?? '', hint: t`账号，或以“=”开头的表达式，如 =单位负责人("治安大队")。`,
      write: (value) => writer.set(element, { 'camunda:assignee': value })
    }),
    same: () => select({
      label: t`与哪一环节同一人`, value: property(object, 'sameAs'), options: [['', t`请选择`], ...others(context)],
      write: (value) => writer.setProperties(element, { sameAs: value })
    })
  };
  return {
    title: t`办理人`,
    summary: { lane: lane || t`未定`, groups: listed(groups).join(t`、`), feel: t`按表达式`, person: t`指定人`, same: nameOf(context, property(object, 'sameAs')) }[way],
    controls: () => [select({ label: t`由谁办理`, value: way, options: WAYS, write: choose }), parts[way]()]
  };
}

/** Separation of duty. */
export function separation(context) {
  const { element, object, writer } = context;
  const chosen = listed(property(object, 'separateFrom'));
  return {
    title: t`制约`,
    summary: chosen.length ? t`与${chosen.map((id) => nameOf(context, id)).join(t`、`)}不同人` : t`无`,
    controls: () => [
      checks({
        label: t`不得由办过这些环节的人办理`, value: chosen, options: others(context), empty: t`没有别的人工任务。`,
        write: (ids) => writer.setProperties(element, { separateFrom: ids.join(',') })
      }),
      area({
        label: t`其他流程的环节（选填）`, rows: 1, hint: t`环节编号，用逗号隔开。`,
        value: chosen.filter((id) => nameOf(context, id) === id).join(','),
        write: (value) => {
          const known = chosen.filter((id) => nameOf(context, id) !== id);
          writer.setProperties(element, { separateFrom: [...known, ...listed(value.replaceAll('，', ','))].join(',') });
        }
      })
    ]
  };
}

export { listed };
