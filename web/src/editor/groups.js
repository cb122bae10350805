// What the properties panel offers for each kind of element: groups with a title, a summary and controls.
import { area, check, checks, feel, length, lengthWords, select, text } from './controls.js';
import { h } from './dom.js';
import { condition, error, escalation, interrupting, letter, link, message, signal } from './events.js';
import { eventDefinition, feelText, is, processOf, property } from './moddle.js';
import { listed, people, separation } from './people.js';
import { choosing, joining, receiving } from './rare.js';
import { repetition, service, timer } from './technical.js';

const documentationOf = (object) => object.get('documentation')?.[0]?.text ?? '';

function basic({ element, object, writer }) {
  const nameless = is(object, 'bpmn:SequenceFlow') || is(object, 'bpmn:Gateway');
  return {
    title: '基本',
    summary: '名称、说明',
    open: true,
    controls: () => [
      area({ label: '名称', value: object.name, rows: 1, write: (name) => writer.set(element, { name }), hint: nameless ? '写在图上，如“是”“属本机关？”。' : '' }),
      area({ label: '说明（选填）', value: documentationOf(object), write: (value) => writer.setDocumentation(element, value) }),
      text({ label: '编号', value: object.id, readonly: true, hint: '系统内部使用，案件记录引用它，不可改。' })
    ]
  };
}

function note({ element, object, writer }) {
  return { title: '基本', open: true, controls: () => [area({ label: '文字', value: object.text, rows: 3, write: (value) => writer.set(element, { text: value }) })] };
}

function lane({ element, object, writer, catalogue }) {
  const options = [['', '未定'], ...catalogue.groups.map((each) => [each, each])];
  return {
    title: '泳道',
    open: true,
    controls: () => [
      select({ label: '岗位', value: object.name ?? '', options, write: (name) => writer.set(element, { name }), hint: '泳道里没有另行指定的任务，由这个岗位认领办理。' })
    ]
  };
}

function form({ element, object, writer, catalogue }) {
  const value = object.get('camunda:formRef') ?? object.get('camunda:formKey') ?? '';
  const task = is(object, 'bpmn:UserTask');
  const title = catalogue.forms.find(({ id }) => id === value)?.title;
  return {
    title: '表单',
    summary: value ? title ?? value : '无',
    controls: () => [
      select({
        label: '办理时填写', value, options: [['', '不填表'], ...catalogue.forms.map(({ id, title: name }) => [id, name])],
        write: (id) => writer.set(element, { 'camunda:formRef': id, 'camunda:formRefBinding': id && 'latest', 'camunda:formKey': undefined })
      }),
      task ? feel({
        label: '区分（选填）', value: feelText(property(object, 'about')), placeholder: '如：当前对象.名称',
        hint: '几个同样的任务同时在办时，待办里用它区分。', write: (value) => writer.setExpression(element, 'about', value)
      }) : null,
      task ? text({ label: '提交按钮的文字（选填）', value: property(object, 'submitLabel'), placeholder: '提交', write: (label) => writer.setProperties(element, { submitLabel: label }) }) : null
    ]
  };
}

function clock({ element, object, writer }) {
  const read = (name) => property(object, name);
  const write = (name) => (value) => writer.setProperties(element, { [name]: value });
  return {
    title: '期限与依据',
    summary: lengthWords(read('clock')) || '不限时',
    open: Boolean(read('clock')),
    controls: () => [
      length({ label: '期限', value: read('clock'), write: write('clock'), hint: '从开始的次日起算，到期日遇休息日顺延。' }),
      text({ label: '期限的依据', value: read('clockBasis'), write: write('clockBasis') }),
      check({ label: '依据待核', value: read('clockUnverified') === 'true', write: (yes) => writer.setProperties(element, { clockUnverified: yes ? 'true' : '' }) }),
      length({ label: '到期前提醒', value: read('clockWarn'), write: write('clockWarn'), none: '提前3日' }),
      text({ label: '办理的依据（选填）', value: read('basis'), write: write('basis') })
    ]
  };
}

/** The legal basis of what has no clock. */
function legal({ element, object, writer }) {
  const value = property(object, 'basis');
  return { title: '依据', summary: value, controls: () => [text({ label: '办理的依据（选填）', value, write: (basis) => writer.setProperties(element, { basis }) })] };
}

function rule({ element, object, writer, catalogue }) {
  const decision = object.get('camunda:decisionRef') ?? '';
  const name = catalogue.decisions.find(({ id }) => id === decision)?.name;
  const ways = [['', '自动'], ['singleEntry', '一个值'], ['singleResult', '一行'], ['collectEntries', '一列值'], ['resultList', '多行']];
  return {
    title: '规则',
    summary: name ?? decision ?? '未定',
    open: true,
    controls: () => [
      select({
        label: '规则表', value: decision, options: [['', '请选择'], ...catalogue.decisions.map(({ id, name: label }) => [id, label])],
        write: (id) => writer.set(element, { 'camunda:decisionRef': id })
      }),
      text({ label: '结果存入', value: object.get('camunda:resultVariable'), write: (value) => writer.set(element, { 'camunda:resultVariable': value }) }),
      select({ label: '结果的形式', value: object.get('camunda:mapDecisionResult') ?? '', options: ways, write: (value) => writer.set(element, { 'camunda:mapDecisionResult': value }) })
    ]
  };
}

function script({ element, object, writer }) {
  return {
    title: '计算',
    open: true,
    controls: () => [
      feel({ label: '表达式', rows: 5, value: object.script, write: (value) => writer.set(element, { script: value, scriptFormat: 'feel' }) }),
      text({ label: '结果存入', value: object.get('camunda:resultVariable'), write: (value) => writer.set(element, { 'camunda:resultVariable': value }) })
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
    title: '调用流程',
    summary: catalogue.processes.find(({ key }) => key === called)?.name ?? called,
    open: true,
    controls: () => [
      select({
        label: '流程', value: called, options: [['', '请选择'], ...catalogue.processes.map(({ key, name }) => [key, name])],
        write: (key) => writer.set(element, { calledElement: key }), hint: '按案件开始时现行的版本办理。'
      }),
      some ? h('p', { class: 'hint' }, '这里按文件里写的对应关系带入、带回数据。') : null,
      some ? null : check({ label: '带入全部数据', value: has('camunda:In'), write: pass('camunda:In') }),
      some ? null : check({ label: '带回全部数据', value: has('camunda:Out'), write: pass('camunda:Out') })
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
    title: '条件',
    summary: isDefault ? '默认出口' : '',
    open: true,
    controls: () => [
      check({
        label: '默认出口', value: isDefault, hint: '别的条件都不满足时走这里。',
        write: (yes) => {
          if (yes) writer.set(element, { conditionExpression: undefined });
          writer.set(gateway, { default: yes ? object : undefined });
        }
      }),
      isDefault ? null : feel({
        label: '满足什么条件走这里', value: body, rows: 3, placeholder: '如：处置方式 = "初步核实"',
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
      title: '基本',
      open: true,
      controls: () => [
        text({
          label: '名称', value: process.name,
          write: (name) => {
            write({ name });
            if (is(element, 'bpmn:Participant')) writer.set(element, { name });
          }
        }),
        area({ label: '说明（选填）', value: documentationOf(process), write: (value) => writer.setDocumentation(element, value, process) }),
        text({ label: '编号', value: process.id, readonly: true, hint: '其他流程按编号调用它，不可改。' })
      ]
    },
    {
      title: '谁可以发起',
      summary: listed(process.get('camunda:candidateStarterGroups')).join('、') || '只由其他流程调用',
      controls: () => [checks({ label: '岗位', value: listed(process.get('camunda:candidateStarterGroups')), options: groups, write: (chosen) => write({ 'camunda:candidateStarterGroups': chosen.join(',') || undefined }) })]
    },
    {
      title: '编号、依据与密级',
      summary: property(process, 'caseNumber'),
      controls: () => [
        text({ label: '编号规则（选填）', value: property(process, 'caseNumber'), hint: '{year}是年份，{n}是序号。', write: extra('caseNumber') }),
        text({ label: '依据（选填）', value: property(process, 'basis'), write: extra('basis') }),
        text({ label: '密级（选填）', value: property(process, 'secrecy'), write: extra('secrecy') }),
        checks({ label: '可查看全部事项的岗位', value: listed(property(process, 'visibleTo')), options: groups, write: (chosen) => extra('visibleTo')(chosen.join(',')) })
      ]
    }
  ];
}

const BY_TYPE = [
  ['bpmn:UserTask', [people, form, clock, separation, repetition]],
  ['bpmn:ManualTask', [people, form, clock, separation, repetition]],
  ['bpmn:BusinessRuleTask', [rule, legal, repetition]],
  ['bpmn:ScriptTask', [script, legal, repetition]],
  ['bpmn:ServiceTask', [service, legal, repetition]],
  ['bpmn:SendTask', [letter, service, legal, repetition]],
  ['bpmn:ReceiveTask', [message, receiving, clock, repetition]],
  ['bpmn:CallActivity', [call, legal, repetition]],
  ['bpmn:SubProcess', [legal, repetition]],
  ['bpmn:AdHocSubProcess', [choosing, legal, repetition]],
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
