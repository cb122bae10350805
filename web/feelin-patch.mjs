// What feelin 8 computes differently from the DMN standard and no function of ours can override, changed at
// build time. Each change must find its place exactly once, so that a new version of feelin fails the build.
import { readFile } from 'node:fs/promises';

const CHANGES = [
  // arithmetic with durations and zoned times
  [
    'const right = b(context);\n                if (isArray(left)',
    'const right = b(context);\n                const own = hooks.arithmetic?.(node.input, left, right);\n' +
      '                if (own !== undefined) return own;\n                if (isArray(left)'
  ],
  ['return op(context)(() => 0, value);', 'return ((v) => hooks.negate?.(v) ?? op(context)(() => 0, () => v))(value(context));'],
  // filters that are decided by what they give, not by how they are written
  [
    '            const type = filterFn.type;\n',
    '            if (hooks.filter) return hooks.filter(filterTarget, filterFn, context);\n            const type = filterFn.type;\n'
  ],
  // only true is true, as a condition
  ['return obj !== false && obj !== null;', 'return obj === true;'],
  // durations of two kinds are not comparable
  ['return durationEquals(a, b);', 'return hooks.equalDurations(a, b);'],
  // numbers as FEEL writes them
  ['return String(obj);', 'return hooks.written(obj);'],
  // iteration over dates
  ['    const { start, end, valueType } = range;\n    // empty range\n', '    const { start, end, valueType } = range;\n    if (valueType === \'date\') return hooks.eachDay(range).map(fn);\n    // empty range\n'],
  // functions whose parameters have types
  [
    "case 'FormalParameters': return args;",
    "case 'FormalParameters': return Object.assign(args.map(([name]) => name), { types: args.map((each) => each.find(isTypeDescriptor)) });"
  ],
  ["case 'FormalParameter': return args[0];", "case 'FormalParameter': return args;"],
  [
    'context[name] = args[idx];',
    'context[name] = hooks.argument(args[idx], parameterNames.types?.[idx], context, matchesType);'
  ],
  // an entry that is null is of any type
  ['matchesType(value[name], type, context))', '(value[name] === null || matchesType(value[name], type, context)))'],
  // dates and times in the one form that FEEL knows
  [
    "function parseDate(str) {\n    if (str.startsWith('-')) {\n        throw notImplemented('negative date');\n    }\n",
    'function parseDate(str) {\n    if (!hooks.isDate(str)) return null;\n'
  ],
  ['function parseTime(str) {\n', 'function parseTime(str) {\n    if (!hooks.isTime(str)) return null;\n'],
  [
    "function parseDateTime(str) {\n    if (str.startsWith('-')) {\n        throw notImplemented('negative date');\n    }\n",
    'function parseDateTime(str) {\n    if (!hooks.isDateTime(str)) return null;\n'
  ],
  // years of more than four digits and before the year 1
  ['Temporal.PlainDate.from(str)', 'Temporal.PlainDate.from(hooks.expanded(str))'],
  ['Temporal.PlainDateTime.from(value)', 'Temporal.PlainDateTime.from(hooks.expanded(value))'],
  ['this.iso = this.value.toString();', 'this.iso = hooks.plainYear(this.value.toString());'],
  [
    'class FeelDateTime {\n    constructor(value, zone = null) {\n        this.value = value;\n        this.zone = zone;\n' +
      '        this.iso = this.value.toString()',
    'class FeelDateTime {\n    constructor(value, zone = null) {\n        this.value = value;\n        this.zone = zone;\n' +
      '        this.iso = hooks.plainYear(this.value.toString())'
  ],
  // a duration is of years and months or of days and time, never of both
  [
    '/^-?P(?=\\d|T\\d)(?:\\d+Y)?(?:\\d+M)?(?:\\d+D)?(?:T(?=\\d)(?:\\d+H)?(?:\\d+M)?(?:\\d+(?:\\.\\d+)?S)?)?$/',
    '/^-?P(?:(?=\\d)(?:\\d+Y)?(?:\\d+M)?|(?=\\d|T\\d)(?:\\d+D)?(?:T(?=\\d)(?:\\d+H)?(?:\\d+M)?(?:\\d+(?:\\.\\d+)?S)?)?)$/'
  ],
  [
    "return d.round({ largestUnit: 'year', relativeTo: REFERENCE_DATE });",
    'const months = d.years * 12 + d.months;\n' +
      '        return Temporal.Duration.from({ years: Math.trunc(months / 12), months: months % 12 });'
  ],
  // values of unlike types are not comparable; a range whose start comes after its end is empty
  [
    'if (range.valueType !== null &&\n        TEMPORAL_INSTANT_TYPES.has(valueType) &&\n' +
      '        TEMPORAL_INSTANT_TYPES.has(range.valueType) &&\n        valueType !== range.valueType) {',
    'if (hooks.unlike(range, value)) {'
  ],
  ['if (start !== null && end !== null && cmp(start, end) > 0) {', 'if (false) {'],
  ['return createRange(start, end).includes(args[0](context));', 'return hooks.between(args[0](context), start, end);'],
  ['return args[0](context)(args[1](context));', 'return hooks.unary(node.input.match(/^\\S=?/)[0], args[1](context), args[0](context));'],
  // a context in which a key stands twice is none
  ['const [key, value] = arg(merged);', 'const [key, value] = arg(merged);\n                    if (Object.hasOwn(result, key)) return null;'],
  // ranges as text
  ["return '<range>';", 'return hooks.rangeText(obj);'],
  // times finer than a millisecond
  ['return toComparable(a) === toComparable(b);', 'return toComparable(a) === toComparable(b) && hooks.sameNanosecond(a, b);'],
  // types of ranges
  [
    "top: 'Expression',\n        contextTracker: trackVariables(context),\n        dialect\n    }).parse(expression);",
    "top: 'Expression',\n        contextTracker: trackVariables(context),\n        dialect\n    }).parse(hooks.grammatical(expression));"
  ],
  [
    "top: 'UnaryTests',\n        contextTracker: trackVariables(context),\n        dialect\n    }).parse(expression);",
    "top: 'UnaryTests',\n        contextTracker: trackVariables(context),\n        dialect\n    }).parse(hooks.grammatical(expression));"
  ],
  ["kind: 'list',\n            element:", "kind: node.input.startsWith('range') ? 'range' : 'list',\n            element:"],
  [
    "    switch (descriptor.kind) {\n        case 'name': {",
    "    switch (descriptor.kind) {\n" +
      "        case 'range': return hooks.isRangeOf(value, (end) => matchesType(end, descriptor.element, context));\n" +
      "        case 'name': {"
  ],
  // regular expressions with all flags
  [
    "function createRegexp(pattern, flags, defaultFlags = '') {",
    "function createRegexp(pattern, flags, defaultFlags = '') {\n    return hooks.regexp(pattern, flags, defaultFlags);"
  ],
  // three-valued quantifiers
  ['return contexts.every(ctx => isTruthy(_condition(ctx)));', 'return hooks.quantified(false, contexts.map(_condition));'],
  ['return contexts.some(ctx => isTruthy(_condition(ctx)));', 'return hooks.quantified(true, contexts.map(_condition));'],
  // keys are text, and what has keys is a context
  ['if (key === null) {', "if (typeof key !== 'string') {"],
  ["if (getType(context) === 'nil') {", "if (getType(context) !== 'context') {"],
  ['export { FeelDate,', 'export const hooks = {};\nexport { builtins, equals, getType, isTypeDescriptor, toComparable, FeelDate,']
];

/** An esbuild plugin. */
export const feelinPatch = {
  name: 'feelin-patch',
  setup(build) {
    build.onLoad({ filter: /node_modules[\\/]feelin[\\/]dist[\\/]index\.js$/ }, async ({ path }) => {
      let contents = await readFile(path, 'utf8');
      for (const [old, changed] of CHANGES) {
        if (contents.split(old).length !== 2) throw new Error(`feelin has changed: ${old}`);
        contents = contents.replace(old, () => changed);
      }
      return { contents, loader: 'js' };
    });
  }
};
