// Decisions and all that they require, each evaluated once (DMN 6, 7).
import { evaluate, getType, unaryTest } from 'feelin';
import { Callable, callable, valueOf } from './boxed.js';
import { literal, plain } from './literals.js';
import { Mismatch, fit, namedType } from './types.js';

const MOST_PROBLEMS = 50;
const FATAL = new Set(['NO_FUNCTION_FOUND', 'FUNCTION_INVOCATION_FAILURE', 'UNSUPPORTED']);

/** Variables that feelin does not copy on each evaluation, as it does with plain objects. */
export class Scope {
  static over(...layers) {
    // spread defines entries, so one that is named `__proto__` stays an entry
    const entries = layers.reduce((all, layer) => ({ ...all, ...layer }), {});
    return Object.setPrototypeOf(entries, Scope.prototype);
  }
}

/** What went wrong, and the warnings of FEEL, in one evaluation of a graph. */
class Findings {
  problems = [];
  warnings = [];
}

/** One evaluation of a graph of nodes over variables; `given` are values that need no evaluation. */
export class Run {
  constructor({ nodes, types, variables, clock, findings = new Findings(), given = new Map() }) {
    Object.assign(this, { nodes, types, variables, clock, findings, given });
    this.evaluations = new Map();
    this.frame = { hits: [] };
  }

  // what expressions need

  within(scope, entries) {
    return Scope.over(scope, entries);
  }

  problem(found) {
    if (this.findings.problems.length < MOST_PROBLEMS) this.findings.problems.push(found);
  }

  /** Notes the problem; the value is null. */
  failed(found) {
    this.problem(found);
    return null;
  }

  value(expression, scope) {
    return valueOf(this, expression, scope);
  }

  feel(text, scope, at) {
    return this.computed(() => evaluate(text, scope), text, at);
  }

  test(text, value, scope, at) {
    return this.computed(() => unaryTest(text, Scope.over(scope, { '?': value })), text, at) === true;
  }

  computed(work, text, at) {
    try {
      const { value, warnings } = work();
      for (const warning of warnings) this.warn(warning, text, at);
      return value ?? null;
    } catch (error) {
      if (isOverflow(error)) throw error;
      return this.failed({ code: 'feel', ...at, text, failure: failure(error) });
    }
  }

  /** A mistake of the author is a problem, what the data lack is not. */
  warn({ type, position }, text, at) {
    const found = { code: 'feel', ...at, text, warning: { type, from: position.from, to: position.to } };
    if (FATAL.has(type)) this.problem(found);
    else if (this.findings.warnings.length < MOST_PROBLEMS) this.findings.warnings.push(found);
  }

  /** The value as the type has it; undefined after noting that it is not of the type. */
  fitted(value, type, at, { read = false } = {}) {
    const allows = (tests, each) => this.test(tests, each, this.clock, { ...at, allowed: true });
    try {
      return fit(value, type, { read, allows });
    } catch (error) {
      if (!(error instanceof Mismatch)) throw error;
      this.problem({ code: 'type', ...at, ...error.wrong, value: plain(error.wrong.value) });
      return undefined;
    }
  }

  // nodes of the graph

  /** The value of a node: input data, decision, or knowledge as a function. */
  node(key) {
    if (this.given.has(key)) return this.given.get(key);
    const node = this.nodes[key];
    const value = this[node.kind](key, node);
    this.given.set(key, value);
    return value;
  }

  input(key, node) {
    const at = { node: key, inputData: node.name };
    return this.fitted(this.variable(node), node.type, at, { read: true }) ?? null;
  }

  /** The variable for input data; for that of an imported file also behind the import's name. */
  variable({ name, prefixes = [] }) {
    for (const prefix of prefixes) {
      const inside = prefix.reduce((held, each) => held?.[each], this.variables);
      if (inside?.[name] !== undefined) return inside[name];
    }
    return this.variables[name];
  }

  /** What a node sees of what it requires, by name; what is imported stands under the import's name. */
  required(node) {
    const entries = {};
    for (const { path, key } of node.requires) {
      const place = path.slice(0, -1).reduce((inside, name) => (inside[name] ??= {}), entries);
      place[path.at(-1)] = this.node(key);
    }
    return entries;
  }

  decision(key, node) {
    const required = node.requires.filter((each) => this.nodes[each.key].kind === 'decision');
    const entries = this.required(node);
    const scope = Scope.over(this.known(node), this.tableOutputs(required), this.variables, entries);
    const outer = this.frame;
    this.frame = { hits: [] };
    const read = node.logic.kind === 'given';
    const result =
      this.fitted(this.value(node.logic, scope), node.type, { node: key, result: node.name }, { read }) ?? null;
    const values = node.requires.filter((each) => ['input', 'decision'].includes(this.nodes[each.key].kind));
    const inputs =
      this.frame.inputs ??
      Object.fromEntries(values.map(({ path, key: each }) => [path.join('.'), plain(this.node(each))]));
    this.evaluations.set(key, {
      key,
      inputs,
      result: plain(result),
      hits: this.frame.hits,
      required: required.map((each) => each.key).filter((each) => this.evaluations.has(each)),
    });
    this.frame = outer;
    return result;
  }

  /** What every expression of the node's file knows: the clock and the names of types. */
  known(node) {
    const allows = (tests, each) => this.test(tests, each, this.clock, { node: node.name });
    const types = Object.entries(this.types[node.file] ?? {});
    return { ...this.clock, ...Object.fromEntries(types.map(([name, type]) => [name, namedType(type, allows)])) };
  }

  /** The outputs of required tables by their own names, as Camunda 7 shows them. */
  tableOutputs(required) {
    const found = {};
    for (const { key } of required) {
      const { outputs = [] } = this.nodes[key].logic;
      const value = this.node(key);
      if (outputs.length === 1) found[outputs[0].key] = value;
      else if (outputs.length && value !== null && !Array.isArray(value)) Object.assign(found, value);
    }
    return found;
  }

  /** A business knowledge model sees its parameters and the knowledge that it requires, itself too. */
  knowledge(key, node) {
    const scope = Scope.over(this.known(node));
    const fn = callable(this, node.logic, scope);
    this.given.set(key, fn);
    Object.assign(scope, { [node.name]: fn }, this.required(node));
    return fn;
  }

  /** A decision service as a function of its input data and input decisions. */
  service(key, node) {
    const call = (...args) => {
      const at = (each) => ({ function: node.name, parameter: each.name });
      return this.served(
        node,
        node.parameters.map((each, position) => this.fitted(args[position], each.type, at(each)) ?? null)
      );
    };
    return new Callable(call, node.parameters.map((each) => each.name));
  }

  /** The output decisions' values: of one itself, of several a context. */
  served(node, values) {
    const given = new Map(node.parameters.map((each, at) => [each.key, values[at] ?? null]));
    const names = Object.fromEntries(node.parameters.map((each, at) => [each.name, values[at] ?? null]));
    const inner = new Run({ ...this, variables: names, given });
    const outputs = node.outputs.map(({ name, key }) => [name, inner.node(key)]);
    const result = outputs.length === 1 ? outputs[0][1] : Object.fromEntries(outputs);
    inner.evaluations.forEach((evaluation, key) => this.evaluations.set(key, evaluation));
    return this.fitted(result, node.type, { function: node.name, result: true }) ?? null;
  }

  /** What is asked for: a service takes its parameters from the variables. */
  asked(key) {
    const node = this.nodes[key];
    if (node.kind !== 'service') return this.node(key);
    const values = node.parameters.map((each) => {
      const at = { node: key, inputData: each.name };
      return this.fitted(this.variables[each.name], each.type, at, { read: true }) ?? null;
    });
    const result = this.served(node, values);
    const inputs = Object.fromEntries(node.parameters.map((each, at) => [each.name, plain(values[at])]));
    const required = node.outputs.map((each) => each.key).filter((each) => this.evaluations.has(each));
    this.evaluations.set(key, { key, inputs, result: plain(result), hits: [], required });
    return result;
  }
}

/** Whether the engine ran out of stack, or of room for a text; feelin's own range errors are of values. */
function isOverflow(error) {
  return error instanceof RangeError && /call stack|string length/.test(error.message);
}

/** An error as the engine tells it. */
export function failure(error) {
  const { from = 0, to = 0 } = error.position ?? {};
  const kind = error.position ? 'syntax' : isOverflow(error) ? 'range' : 'internal';
  return { error: kind, message: String(error.message), from, to };
}

/**
 * Evaluates one decision or service:
 * {root, nodes, types, variables | context (FEEL text)} -> {result, feel, evaluations, problems, warnings}.
 */
export function decide({ root, nodes, types = {}, variables, context }, clock) {
  const values = context === undefined ? variables : evaluate(context, Scope.over(clock)).value;
  if (getType(values) !== 'context') return { error: 'context' };
  const run = new Run({ nodes, types, variables: values, clock });
  const result = run.asked(root);
  const { problems, warnings } = run.findings;
  return {
    result: plain(result),
    feel: literal(result),
    evaluations: Object.fromEntries(run.evaluations),
    problems,
    warnings,
  };
}
