// bpmnlint with the rules that fit our diagrams, and its findings in Chinese.
import { Linter } from 'bpmnlint';
import StaticResolver from 'bpmnlint/lib/resolver/static-resolver';
import connected from 'bpmnlint/rules/no-disconnected';
import duplicates from 'bpmnlint/rules/no-duplicate-sequence-flows';
import endRequired from 'bpmnlint/rules/end-event-required';
import implicitEnd from 'bpmnlint/rules/no-implicit-end';
import implicitSplit from 'bpmnlint/rules/no-implicit-split';
import joinFork from 'bpmnlint/rules/no-gateway-join-fork';
import labels from 'bpmnlint/rules/label-required';
import noDi from 'bpmnlint/rules/no-bpmndi';
import overlapping from 'bpmnlint/rules/no-overlapping-elements';
import singleDefinition from 'bpmnlint/rules/single-event-definition';
import singleStart from 'bpmnlint/rules/single-blank-start-event';
import startRequired from 'bpmnlint/rules/start-event-required';
import superfluousGateway from 'bpmnlint/rules/superfluous-gateway';
import { t } from '../t.js';

// severity, what is found, what to do; `server` marks what the server's check finds as well
const RULES = {
  'label-required': [labels, 'warn', t`没有名称。`, t`请写上名称，待办列表和流程图都显示它。`],
  'no-disconnected': [connected, 'error', t`没有连线。`, t`请连上前后环节，或删除。`, 'server'],
  'no-duplicate-sequence-flows': [duplicates, 'error', t`有重复的连线。`, t`两个环节之间同向只留一条。`],
  'end-event-required': [endRequired, 'error', t`没有结束。`, t`请画一个结束。`, 'server'],
  'start-event-required': [startRequired, 'error', t`没有开始。`, t`请画一个开始。`, 'server'],
  'single-blank-start-event': [singleStart, 'error', t`有几个开始。`, t`请只留一个。`, 'server'],
  'no-implicit-end': [implicitEnd, 'warn', t`后面没有环节，办到这里就停了。`, t`请连到下一环节或结束。`],
  'no-implicit-split': [implicitSplit, 'warn', t`有几条出线，会同时往下走。`, t`要择一，请加网关；确要同时走，请加并行网关。`],
  'no-gateway-join-fork': [joinFork, 'warn', t`既汇合又分出，不易看懂。`, t`请分成两个网关。`],
  'no-bpmndi': [noDi, 'warn', t`没有画在图上。`, t`请重新画出，或删除。`],
  'no-overlapping-elements': [overlapping, 'warn', t`与别的图形重叠，或超出了边框。`, t`请移开。`],
  'single-event-definition': [singleDefinition, 'error', t`有几种触发方式。`, t`请拆成几个事件。`, 'server'],
  'superfluous-gateway': [superfluousGateway, 'warn', t`只有一进一出，可以不要。`, t`请删除，直接相连。`]
};

const cache = Object.fromEntries(Object.entries(RULES).map(([name, [rule]]) => [`rule:bpmnlint/${name}`, rule]));
const config = { rules: Object.fromEntries(Object.entries(RULES).map(([name, [, severity]]) => [name, severity])) };
const resolver = new StaticResolver(cache);

/** Tells every node its flows, since the rules count them and files may leave them out; gives their ids. */
function connect(definitions) {
  const flows = new Set();
  const scopes = definitions.get('rootElements').filter(({ $type }) => $type === 'bpmn:Process');
  for (const scope of scopes) {
    for (const element of scope.get('flowElements') ?? []) {
      if (element.get('flowElements')) scopes.push(element);
      if (element.$type !== 'bpmn:SequenceFlow') continue;
      note(element.sourceRef, 'outgoing', element);
      note(element.targetRef, 'incoming', element);
      flows.add(element.id);
    }
  }
  return flows;
}

function note(node, side, flow) {
  const flows = node?.get(side);
  if (flows && !flows.includes(flow)) flows.push(flow);
}

/** Problems of a diagram: [{element, severity, message, hint, overlaps}]; `overlaps`: the server finds it too. */
export async function lint(definitions) {
  const flows = connect(definitions);
  const found = await new Linter({ config, resolver }).lint(definitions); // rules remember what they saw
  return Object.entries(found).flatMap(([name, reports]) => reports.filter(({ category }) => category !== 'rule-error').map(({ id }) => {
    const [, severity, message, general, server] = RULES[name];
    const hint = name === 'label-required' && flows.has(id) ? t`请写上“是”“否”一类的条件。` : general;
    return { element: id, severity: severity === 'error' ? 'error' : 'warning', message, hint, overlaps: Boolean(server) };
  }));
}
