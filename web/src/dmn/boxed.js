// Boxed expressions (DMN 10.2.2): each kind's value over a scope.
import { FeelFunction, FeelRange, hooks } from 'feelin';
import { TableEvaluation } from './tables.js';

/** A function with exactly these parameters, called by order or by name. */
export class Callable extends FeelFunction {
  invoke(given) {
    const few = Array.isArray(given) && given.length < this.parameterNames.length;
    const surplus = new Array(this.parameterNames.length + 1).fill(null); // which FEEL refuses in its own way
    return super.invoke(few || Object.keys(given).length < this.parameterNames.length ? surplus : given);
  }
}

/** A function definition as a FEEL function over the scope in which it stands. */
export function callable(run, { parameters, body, type, name }, scope) {
  const names = parameters.map((each) => each.name);
  const call = (...args) => {
    const at = (position) => ({ function: name, parameter: names[position] });
    const values = parameters.map((each, position) => run.fitted(args[position], each.type, at(position)) ?? null);
    const entries = Object.fromEntries(names.map((each, position) => [each, values[position]]));
    const result = run.value(body, run.within(scope, entries));
    return run.fitted(result, type, { function: name, result: true }) ?? null;
  };
  return new Callable(call, names);
}

function context(run, { entries, result }, scope) {
  const found = {};
  let inner = scope;
  for (const { name, type, value, what } of entries) {
    found[name] = run.fitted(run.value(value, inner), type, { what }) ?? null;
    inner = run.within(inner, { [name]: found[name] });
  }
  return result ? run.value(result, inner) : found;
}

function relation(run, { columns, rows }, scope) {
  return rows.map((cells) =>
    Object.fromEntries(columns.map((name, at) => [name, cells[at] ? run.value(cells[at], scope) : null]))
  );
}

function invocation(run, { callee, arguments: given, what }, scope) {
  const target = run.value(callee, scope);
  const fn = typeof target === 'function' ? new FeelFunction(target, target.$args ?? []) : target;
  if (!(fn instanceof FeelFunction)) return run.failed({ code: 'callee', what, callee: callee.feel });
  const values = Object.fromEntries(given.map(({ name, value }) => [name, run.value(value, scope)]));
  const result = fn.invoke(values);
  if (result?.warning) return run.failed({ code: 'arguments', what, callee: callee.feel });
  return result ?? null;
}

function conditional(run, expression, scope) {
  const branch = run.value(expression.condition, scope) === true ? 'then' : 'otherwise';
  return run.value(expression[branch], scope);
}

function filter(run, { list, match }, scope) {
  const target = run.value(list, scope);
  if (target === null) return null;
  const test = (each) => run.value(match, run.within(scope, each));
  return hooks.filter(Array.isArray(target) ? target : [target], test, {});
}

/** The items over which an iterator goes; null where there is nothing to go over. */
function items(run, { list }, scope) {
  const target = run.value(list, scope);
  if (target === null) return null;
  if (target instanceof FeelRange) return target.map((each) => each);
  return Array.isArray(target) ? target : [target];
}

function iteration(run, expression, scope) {
  const found = items(run, expression, scope);
  if (found === null) return null;
  const partial = [];
  for (const item of found) {
    const inner = run.within(scope, { [expression.variable]: item, partial });
    partial.push(run.value(expression.body, inner));
  }
  return partial;
}

function quantified(run, expression, scope) {
  const found = items(run, expression, scope);
  if (found === null) return null;
  const passes = (item) => run.value(expression.body, run.within(scope, { [expression.variable]: item }));
  return hooks.quantified(expression.quantifier === 'some', found.map(passes));
}

const KINDS = {
  given: (run, { name }) => run.variables[name] ?? null,
  literal: (run, { feel, what }, scope) => run.feel(feel, scope, { what }),
  table: (run, table, scope) => new TableEvaluation(run, table, scope, run.frame).value(),
  context,
  list: (run, { items: each }, scope) => each.map((item) => run.value(item, scope)),
  relation,
  function: callable,
  invocation,
  conditional,
  filter,
  for: iteration,
  quantified,
};

/** The value of an expression, of its declared type. */
export function valueOf(run, expression, scope) {
  const value = KINDS[expression.kind](run, expression, scope);
  return expression.declared ? (run.fitted(value, expression.declared, { what: expression.what }) ?? null) : value;
}
