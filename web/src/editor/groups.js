// What the properties panel offers for each kind of element: groups with a title, a summary and controls.
import { limits, moving } from './clocks.js';
import { area, check, checks, feel, length, lengthWords, select, text } from './controls.js';
import { h } from './dom.js';
import { condition, error, escalation, interrupting, letter, link, message, signal } from './events.js';
import { eventDefinition, feelText, is, processOf, property } from './moddle.js';
import { listed, people, separation } from './people.js';
import { choosing, joining, receiving } from './rare.js';
import { repetition, service, timer } from './technical.js';
import { t } from '../t.js';

const documentationOf = (object) => object.get('documentation')?.[0]?.text ?? '';

function basic({ element, object, writer }) {
  const nameless = is(object, 'bpmn:SequenceFlow') || is(object, 'bpmn:Gateway');
  return {
    title: t`基本`,
    summary: t`名称、说明`,
    open: true,
    controls: () => [
      area({ label: t`名称`, value: object.name, rows: 1, write: (name) => writer.set(element, { name }), hint: nameless ? t`写在图上，如“是”“属本机关？”。` : '' }),
      area({ label: t`说明（选填）`, value: documentationOf(object), write: (value) => writer.setDocumentation(element, value) }),
      text({ label: t`编号`, value: object.id, readonly: true, hint: t`系统内部使用，案件记录引用它，不可改。` })
    ]
  };
}

function note({ element, object, writer }) {
  return { title: t`基本`, open: true, controls: () => [area({ label: t`文字`, value: object.text, rows: 3, write: (value) => writer.set(element, { text: value }) })] };
}

function lane({ element, object, writer, catalogue }) {
  const options = [['', t`未定`], ...catalogue.groups.map((each) => [each, each])];
  return {
    title: t`泳道`,
    open: true,
    controls: () => [
      select({ label: t`岗位`, value: object.name ?? '', options, write: (name) => writer.set(element, { name }), hint: t`泳道里没有另行指定的任务，由这个岗位认领办理。` })
    ]
  };
}

function form({ element, object, writer, catalogue }) {
  const value = object.get('camunda:formRef') ?? object.get('camunda:formKey') ?? '';
  const task = is(object, 'bpmn:UserTask');
  const title = catalogue.forms.find(({ id }) => id === value)?.title;
  return {
    title: t`表单`,
    summary: value ? title ?? value : t`无`,
    controls: () => [
      select({
        label: t`办理时填写`, value, options: [['', t`不填表`], ...catalogue.forms.map(({ id, title: name }) => [id, name])],
        write: (id) => writer.set(element, { 'camunda:formRef': id, 'camunda:formRefBinding': id && 'latest', 'camunda:formKey': undefined })
      }),
      task ? feel({
        label: t`区分（选填）`, value: feelText(property(object, 'about')), placeholder: t`如：当前对象.名称`,
        hint: t`几个同样的任务同时在办时，待办里用它区分。`, write: (value) => writer.setExpression(element, 'about', value)
      }) : null,
      task ? text({ label: t`提交按钮的文字（选填）`, value: property(object, 'submitLabel'), placeholder: t`提交`, write: (label) => writer.setProperties(element, { submitLabel: label }) }) : null
    ]
  };
}

function clock({ element, object, writer, part }) {
  const read = (name) => property(part ?? object, name);
  const write = (name) => (value) => writer.setProperties(element, { [name]: value }, part);
  return {
    title: t`期限与依据`,
    summary: lengthWords(read('clock')) || t`不限时`,
    open: Boolean(read('clock')),
    controls: () => [
      length({ label: t`期限`, value: read('clock'), write: write('clock'), hint: t`从开始的次日起算，到期日遇休息日顺延。` }),
      text({ label: t`期限的依据`, value: read('clockBasis'), write: write('clockBasis') }),
      check({ label: t`依据待核`, value: read('clockUnverified') === 'true', write: (yes) => write('clockUnverified')(yes ? 'true' : '') }),
      length({ label: t`到期前提醒`, value: read('clockWarn'), write: write('clockWarn'), none: t`提前3日` }),
      ...limits(read, write, object.$type.endsWith('Event')),
      part ? null : text({ label: t`办理的依据（选填）`, value: read('basis'), write: write('basis') })
    ]
  };
}

/** The legal basis of what has no clock. */
function legal({ element, object, writer }) {
  const value = property(object, 'basis');
  return { title: t`依据`, summary: value, controls: () => [text({ label: t`办理的依据（选填）`, value, write: (basis) => writer.setProperties(element, { basis }) })] };
}

function rule({ element, object, writer, catalogue }) {
  const decision = object.get('camunda:decisionRef') ?? '';
  const name = catalogue.decisions.find(({ id }) => id === decision)?.name;
  const ways = [['', t`自动`], ['singleEntry', t`一个值`], ['singleResult', t`一行`], ['collectEntries', t`一列值`], ['resultList', t`多行`]];
  return {
    title: t`规则`,
    summary: name ?? decision ?? t`未定`,
    open: true,
    controls: () => [
      select({
        label: t`规则表`, value: decision, options: [['', t`请选择`], ...catalogue.decisions.map(({ id, name: label }) => [id, label])],
        write: (id) => writer.set(element, { 'camunda:decisionRef': id })
      }),
      text({ label: t`结果存入`, value: object.get('camunda:resultVariable'), write: (value) => writer.set(element, { 'camunda:resultVariable': value }) }),
      select({ label: t`结果的形式`, value: object.get('camunda:mapDecisionResult') ?? '', options: ways, write: (value) => writer.set(element, { 'camunda:mapDecisionResult': value }) })
    ]
  };
}

function script({ element, object, writer }) {
  return {
    title: t`计算`,
    open: true,
    controls: () => [
      feel({ label: t`表达式`, rows: 5, value: object.script, write: (value) => writer.set(element, { script: value, scriptFormat: 'feel' }) }),
      text({ label: t`结果存入`, value: object.get('camunda:resultVariable'), write: (value) => writer.set(element, { 'camunda:resultVariable': value }) })
    ]
  };
}

function call({ element, object, writer, catalogue }) {
  const has = (type) => (object.get('extensionElements')?.get('values') ?? []).some((each) => is(each, type) && each.variables === 'all');
  const pass = (type) => (yes) => writer.replaceExtensions(element, object, type, yes ? [writer.create(type, { variables: 'all' })] : []);
  const mapped = (type) => (object.get('extensionElements')?.get('values') ?? []).filter((each) => is(each, type) && each.target).length;
  const called = object.calledElement ?? '';
  const some = mapped('camunda:In') + mapped('camunda:Out');
  return {
    title: t`调用流程`,
    summary: catalogue.processes.find(({ key }) => key === called)?.name ?? called,
    open: true,
    controls: () => [
      select({
        label: t`流程`, value: called, options: [['', t`请选择`], ...catalogue.processes.map(({ key, name }) => [key, name])],
        write: (key) => writer.set(element, { calledElement: key }), hint: t`按案件开始时现行的版本办理。`
      }),
      some ? h('p', { class: 'hint' }, t`这里按文件里写的对应关系带入、带回数据。`) : null,
      some ? null : check({ label: t`带入全部数据`, value: has('camunda:In'), write: pass('camunda:In') }),
      some ? null : check({ label: t`带回全部数据`, value: has('camunda:Out'), write: pass('camunda:Out') })
    ]
  };
}

function flow({ element, object, writer, modeler }) {
  const source = object.sourceRef;
  const branching = ['bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway', 'bpmn:ComplexGateway', 'bpmn:Activity'].some((type) => is(source, type));
  if (!branching) return null;
  const isDefault = source.default === object;
  const body = object.conditionExpression?.body ?? '';
  const gateway = modeler.get('elementRegistry').get(source.id);
  return {
    title: t`条件`,
    summary: isDefault ? t`默认出口` : '',
    open: true,
    controls: () => [
      check({
        label: t`默认出口`, value: isDefault, hint: t`别的条件都不满足时走这里。`,
        write: (yes) => {
          if (yes) writer.set(element, { conditionExpression: undefined });
          writer.set(gateway, { default: yes ? object : undefined });
        }
      }),
      isDefault ? null : feel({
        label: t`满足什么条件走这里`, value: body, rows: 3, placeholder: t`如：处置方式 = "初步核实"`,
        write: (value) => writer.set(element, { conditionExpression: writer.formal(value, object) })
      })
    ]
  };
}

/** The process itself: shown when nothing, the pool or the canvas is selected. */
function wholeProcess(context) {
  const { element, modeler, writer, catalogue } = context;
  const process = processOf(modeler);
  const write = (values) => writer.setPart(element, process, values);
  const groups = catalogue.groups.map((each) => [each, each]);
  const extra = (name) => (value) => writer.setProperties(element, { [name]: value }, process);
  return [
    {
      title: t`基本`,
      open: true,
      controls: () => [
        text({
          label: t`名称`, value: process.name,
          write: (name) => {
            write({ name });
            if (is(element, 'bpmn:Participant')) writer.set(element, { name });
          }
        }),
        area({ label: t`说明（选填）`, value: documentationOf(process), write: (value) => writer.setDocumentation(element, value, process) }),
        text({ label: t`编号`, value: process.id, readonly: true, hint: t`其他流程按编号调用它，不可改。` })
      ]
    },
    {
      title: t`谁可以发起`,
      summary: listed(process.get('camunda:candidateStarterGroups')).join(t`、`) || t`只由其他流程调用`,
      controls: () => [checks({ label: t`岗位`, value: listed(process.get('camunda:candidateStarterGroups')), options: groups, write: (chosen) => write({ 'camunda:candidateStarterGroups': chosen.join(',') || undefined }) })]
    },
    {
      title: t`编号、依据与密级`,
      summary: property(process, 'caseNumber'),
      controls: () => [
        text({ label: t`编号规则（选填）`, value: property(process, 'caseNumber'), hint: t`{year}是年份，{n}是序号。`, write: extra('caseNumber') }),
        text({ label: t`依据（选填）`, value: property(process, 'basis'), write: extra('basis') }),
        text({ label: t`密级（选填）`, value: property(process, 'secrecy'), write: extra('secrecy') }),
        checks({ label: t`可查看全部事项的岗位`, value: listed(property(process, 'visibleTo')), options: groups, write: (chosen) => extra('visibleTo')(chosen.join(',')) })
      ]
    },
    clock({ element, object: process, writer, part: process })
  ];
}

const BY_TYPE = [
  ['bpmn:UserTask', [people, form, clock, moving, separation, repetition]],
  ['bpmn:ManualTask', [people, form, clock, moving, separation, repetition]],
  ['bpmn:BusinessRuleTask', [rule, legal, repetition]],
  ['bpmn:ScriptTask', [script, legal, repetition]],
  ['bpmn:ServiceTask', [service, legal, repetition]],
  ['bpmn:SendTask', [letter, service, legal, repetition]],
  ['bpmn:ReceiveTask', [message, receiving, clock, moving, repetition]],
  ['bpmn:CallActivity', [call, clock, repetition]],
  ['bpmn:SubProcess', [clock, repetition]],
  ['bpmn:AdHocSubProcess', [choosing, clock, repetition]],
  ['bpmn:ComplexGateway', [joining]],
  ['bpmn:SequenceFlow', [flow]],
  ['bpmn:StartEvent', [form]]
];
const BY_EVENT = [
  ['bpmn:TimerEventDefinition', timer],
  ['bpmn:MessageEventDefinition', message],
  ['bpmn:SignalEventDefinition', signal],
  ['bpmn:ErrorEventDefinition', error],
  ['bpmn:EscalationEventDefinition', escalation],
  ['bpmn:ConditionalEventDefinition', condition],
  ['bpmn:LinkEventDefinition', link]
];

/** The groups for an element, in the order in which they are shown. */
export function groupsFor(context) {
  const { object } = context;
  if (['bpmn:Process', 'bpmn:Collaboration', 'bpmn:Participant'].some((type) => is(object, type))) return wholeProcess(context);
  if (is(object, 'bpmn:TextAnnotation')) return [note(context)];
  if (is(object, 'bpmn:Lane')) return [lane(context)];
  const own = BY_TYPE.filter(([type]) => object.$type === type).flatMap(([, groups]) => groups);
  const events = BY_EVENT.filter(([type]) => eventDefinition(object, type)).map(([, group]) => group);
  const attached = ['bpmn:BoundaryEvent', 'bpmn:StartEvent'].some((type) => is(object, type)) ? [interrupting] : [];
  return [basic, ...own, ...events, ...attached].map((group) => group(context)).filter(Boolean);
}
