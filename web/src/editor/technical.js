// The groups for what the system does by itself: handlers, timers, repetition.
import { feel, length, lengthWords, select, text } from './controls.js';
import { eventDefinition, feelText, is, property } from './moddle.js';
import { t } from '../t.js';

const PARTS = {
  document: [
    ['document', t`文书模板`, t`模板文件名，如 documents/receipt.docx。`, text],
    ['documentName', t`文件名`, t`表达式，如 "送达回执.docx"。`, feel],
    ['documentForEach', t`每项一份（选填）`, t`一个列表的表达式；不填只做一份。`, feel],
    ['documentItem', t`每项的名称（选填）`, t`模板里用这个名称取当前一项，不填是“项”。`, text],
    ['resultVariable', t`文件名存入（选填）`, '', text]
  ],
  notify: [
    ['notifyGroups', t`通知岗位`, t`用逗号隔开。`, text],
    ['notifyText', t`通知内容`, t`表达式。`, feel]
  ],
  number: [
    ['series', t`编号规则`, t`如 字〔{year}〕{n}号。`, text],
    ['resultVariable', t`编号存入`, '', text]
  ],
  publish: [
    ['publicTitle', t`公开的标题`, t`表达式。`, feel],
    ['publicBody', t`公开的内容`, t`表达式。`, feel],
    ['resultVariable', t`记录存入（选填）`, t`不填是“公开记录”。`, text]
  ]
};
const TOPICS = [['', t`请选择`], ['document', t`生成文书`], ['notify', t`发出通知`], ['number', t`编文号`], ['publish', t`公开`]];

/** What a service or send task hands to a handler. */
export function service({ element, object, writer }) {
  const topic = object.get('camunda:topic') ?? '';
  const parts = PARTS[topic] ?? [];
  return {
    title: topic === 'document' ? t`文书` : t`系统办理`,
    summary: TOPICS.find(([each]) => each === topic)?.[1] ?? topic,
    open: true,
    controls: () => [
      select({
        label: t`做什么`, value: topic, options: TOPICS,
        write: (value) => writer.set(element, { 'camunda:topic': value, 'camunda:type': value ? 'external' : undefined })
      }),
      ...parts.map(([name, label, hint, control]) => control({
        label,
        hint,
        value: control === feel ? formula(name, property(object, name)) : property(object, name),
        write: (value) => (control === feel ? writer.setExpression(element, name, value) : writer.setProperties(element, { [name]: value }))
      }))
    ]
  };
}

/** A property as FEEL; handlers take plain text too, except for a list. */
function formula(name, value) {
  const plain = value && name !== 'documentForEach' && !/^[="$#]/.test(value);
  return plain ? JSON.stringify(value) : feelText(value);
}

const KINDS = [['timeDuration', t`等多久`], ['timeDate', t`到何时`], ['timeCycle', t`每隔多久`]];
const HINTS = {
  timeDate: t`如 2030-01-31，或以“=”开头、结果是日期的表达式。`,
  timeCycle: t`如 R3/P1D（每日一次，共三次）、R/P7D。`
};

/** When a timer event fires. */
export function timer({ element, object, writer }) {
  const definition = eventDefinition(object, 'bpmn:TimerEventDefinition');
  const kind = KINDS.map(([name]) => name).find((name) => definition[name]) ?? 'timeDuration';
  const value = definition[kind]?.body ?? '';
  const write = (name, body) => {
    const values = Object.fromEntries(KINDS.map(([each]) => [each, each === name ? writer.formal(body, definition) : undefined]));
    writer.setPart(element, definition, values);
  };
  return {
    title: t`计时`,
    summary: kind === 'timeDuration' ? lengthWords(value) : value,
    open: true,
    controls: () => [
      select({ label: t`方式`, value: kind, options: KINDS, write: (name) => write(name, value || '=null') }),
      kind === 'timeDuration'
        ? length({ label: t`时间`, value, none: t`未定`, units: ['D', 'M', 'H', 'feel'], hint: t`从办到这里（或所在环节开始）时算起。`, write: (body) => write(kind, body) })
        : text({ label: t`时间`, value, hint: HINTS[kind], write: (body) => write(kind, body) })
    ]
  };
}

const WAYS = [['', t`办一次`], ['loop', t`反复办理`], ['parallel', t`多项同时办理`], ['sequential', t`多项依次办理`]];

/** How often an activity is done: once, again and again, or for each of many. */
export function repetition(context) {
  const { element, object, writer } = context;
  const loop = object.loopCharacteristics;
  const way = !loop ? '' : is(loop, 'bpmn:StandardLoopCharacteristics') ? 'loop' : loop.isSequential ? 'sequential' : 'parallel';
  const make = (next) => next === 'loop'
    ? writer.create('bpmn:StandardLoopCharacteristics', { loopMaximum: 2 }, object)
    : writer.create('bpmn:MultiInstanceLoopCharacteristics', { isSequential: next === 'sequential' }, object);
  const choose = (next) => {
    const kept = loop && next && next !== 'loop' && way !== 'loop';
    if (kept) writer.setPart(element, loop, { isSequential: next === 'sequential' });
    else writer.set(element, { loopCharacteristics: next ? make(next) : undefined });
    if (!next || next === 'loop') forget(context);
  };
  return {
    title: t`办理次数`,
    summary: WAYS.find(([each]) => each === way)[1],
    controls: () => [
      select({ label: t`办理`, value: way, options: WAYS, write: choose }),
      ...(way === 'loop' ? loopControls(context, loop) : loop ? instanceControls(context, loop) : [])
    ]
  };
}

function loopControls({ element, writer }, loop) {
  const set = (properties) => writer.setPart(element, loop, properties);
  return [
    feel({ label: t`满足什么条件再办一次`, value: loop.loopCondition?.body ?? '', write: (value) => set({ loopCondition: writer.formal(value, loop) }) }),
    text({ label: t`最多办几次（选填）`, value: loop.loopMaximum ?? '', write: (value) => set({ loopMaximum: Number.parseInt(value, 10) || undefined }) }),
    select({ label: t`何时看条件`, value: loop.testBefore ? 'before' : 'after', options: [['after', t`办完一次以后`], ['before', t`每次办理以前`]], write: (value) => set({ testBefore: value === 'before' }) })
  ];
}

function instanceControls({ element, object, writer }, many) {
  const own = (name) => (value) => writer.setProperties(element, { [name]: value });
  const formal = (name) => (value) => writer.setPart(element, many, { [name]: writer.formal(value, many) });
  return [
    feel({ label: t`逐项办理的列表`, value: feelText(many.get('camunda:collection') ?? ''), write: (value) => writer.setPart(element, many, { 'camunda:collection': value && `=${feelText(value)}` }) }),
    text({ label: t`每项的名称`, value: many.get('camunda:elementVariable'), write: (value) => writer.setPart(element, many, { 'camunda:elementVariable': value }) }),
    feel({ label: t`次数（没有列表时）`, value: many.loopCardinality?.body ?? '', write: formal('loopCardinality') }),
    feel({ label: t`提前结束的条件（选填）`, value: many.completionCondition?.body ?? '', write: formal('completionCondition') }),
    text({ label: t`结果收入列表（选填）`, value: property(object, 'outputCollection'), write: own('outputCollection') }),
    feel({ label: t`每项收什么（选填）`, value: feelText(property(object, 'outputElement')), write: (value) => writer.setExpression(element, 'outputElement', value) }),
    ...countersignControls({ element, object, writer })
  ];
}

const SIGNS = ['countersign', 'countersignVote', 'countersignWeight', 'countersignRejections', 'countersignAbsent', 'countersignEnds', 'countersignResult'];
const REJECTIONS = [['', t`达不到时才否决`], ['one', t`一人否决即否决`], ['majority', t`过半数否决即否决`]];

function forget({ element, object, writer }) {
  if (SIGNS.some((name) => property(object, name))) writer.setProperties(element, Object.fromEntries(SIGNS.map((name) => [name, ''])));
}

/** How the votes of many make one outcome. */
function countersignControls({ element, object, writer }) {
  const rule = property(object, 'countersign');
  const own = (name) => (value) => writer.setProperties(element, { [name]: value });
  const formula = (label, name) => feel({ label, value: feelText(property(object, name)), write: (value) => writer.setExpression(element, name, value) });
  const change = (value) => (value ? own('countersign')(value) : forget({ element, object, writer }));
  const hint = t`全部同意写 all，一人同意写 any，人数如 2，比例如 60%、2/3，过半数写 >50%。`;
  const first = text({ label: t`会签：几人同意才通过（选填）`, value: rule, hint, write: change });
  if (!rule) return [first];
  return [
    first,
    formula(t`会签：怎样算同意`, 'countersignVote'),
    formula(t`会签：每票的权重（选填）`, 'countersignWeight'),
    select({ label: t`会签：否决`, value: property(object, 'countersignRejections') || '', options: REJECTIONS, write: own('countersignRejections') }),
    text({ label: t`会签：结果存入（选填）`, value: property(object, 'countersignResult'), hint: t`不填是 countersign；条件如 countersign.outcome = "passed"。`, write: own('countersignResult') })
  ];
}
