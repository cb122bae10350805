// FEEL for the engine's sandbox: JSON text in, JSON text out, nothing needed but ECMAScript.
// Bundled to engine/feelin.js as the global `feelin`.
import {
  FeelFunction,
  dateAndTime,
  duration,
  evaluate,
  parseDate,
  parseExpression,
  parseUnaryTests,
  time,
  unaryTest,
} from "feelin";
import "./feel/index.js";
import { plain } from "./dmn/literals.js";
import { Scope, decide, failure } from "./dmn/run.js";

const TEMPORAL = { date: parseDate, time, "date and time": dateAndTime, duration };
const DEFINING = new Set(["Key", "ParameterName", "Name", "PropertyName"]);
const UNKNOWN = "NO_FUNCTION_FOUND";
const MOST_WARNINGS = 20;

/** Text of a declared type (date, time, date and time, duration) as the FEEL value that it writes. */
function typed(value, type) {
  const read = TEMPORAL[type];
  if (!read) return value;
  if (Array.isArray(value)) return value.map((item) => typed(item, type));
  return typeof value === "string" ? read(value) : value;
}

/** Names called as functions that neither FEEL nor the expression itself nor `known` defines. */
function unknownFunctions(tree, text, known) {
  const called = [];
  const defined = new Set(known);
  tree.iterate({
    enter({ name, from, to, node }) {
      if (DEFINING.has(name)) defined.add(text.slice(from, to).replace(/^"|"$/g, ""));
      const target = name === "FunctionInvocation" ? node.firstChild : null;
      if (target?.name === "VariableName") called.push({ from: target.from, to: target.to });
    },
  });
  return called.filter(({ from, to }) => {
    const name = text.slice(from, to);
    return !defined.has(name) && evaluate(`${name}()`).warnings.some(({ type }) => type === UNKNOWN);
  });
}

/** Throws a syntax error; answers with the unknown functions as warnings; the scope's names are known. */
function check(text, test, scope) {
  try {
    (test ? unaryTest : evaluate)(text, scope);
  } catch (error) {
    if (error.position) throw error;
  }
  const tree = (test ? parseUnaryTests : parseExpression)(text, scope);
  const warnings = unknownFunctions(tree, text, Object.keys(scope));
  return { value: null, warnings: warnings.map((place) => ({ type: UNKNOWN, ...place })) };
}

/** Runs one request: `kind` is "value", "test" (unary, of `value`), "check" or "check test". */
function one({ kind, text, value, type }, scope) {
  if (kind.startsWith("check")) return check(text, kind.endsWith("test"), scope);
  const answer =
    kind === "test" ? unaryTest(text, Scope.over(scope, { "?": typed(value, type) })) : evaluate(text, scope);
  const warnings = answer.warnings.slice(0, MOST_WARNINGS);
  return {
    value: plain(answer.value),
    warnings: warnings.map(({ type, position }) => ({ type, from: position.from, to: position.to })),
  };
}

/** `now` and `today` answer with the engine's clock, so that a step can be computed again. */
function clock(now) {
  if (!now) return {};
  return {
    now: new FeelFunction(() => dateAndTime(now), []),
    today: new FeelFunction(() => parseDate(now.slice(0, 10)), []),
  };
}

/** Variables over those of an outer scope, those of declared types as such, and functions that see them all. */
function scopeOf({ variables, types, functions, outer }, now, scopes) {
  const values = Object.entries(variables).map(([name, value]) => [name, typed(value, types[name])]);
  const scope = Scope.over(clock(now), scopes[outer] ?? {}, Object.fromEntries(values));
  for (const [name, text] of Object.entries(functions)) scope[name] = evaluate(text, scope).value;
  return scope;
}

/**
 * Runs many requests over shared scopes:
 * {now, scopes: [{variables, types, functions, outer}], requests: [{kind, text, scope, value, type}]}.
 */
export function run(input) {
  const { now, scopes: given, requests } = JSON.parse(input);
  const scopes = [];
  for (const scope of given) scopes.push(scopeOf(scope, now, scopes));
  const answers = requests.map((request) => {
    try {
      return one(request, scopes[request.scope]);
    } catch (error) {
      return failure(error);
    }
  });
  return JSON.stringify(answers);
}

/** Evaluates a graph of decisions: JSON text in, JSON text out; see `dmn/run.js`. */
export function runDecision(input) {
  const request = JSON.parse(input);
  try {
    return JSON.stringify(decide(request, clock(request.now)));
  } catch (error) {
    return JSON.stringify(failure(error));
  }
}

export { evaluate, unaryTest };
