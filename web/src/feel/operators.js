// Operators and filters that feelin lacks (DMN 10.3.2.3, 10.3.2.5).
import { FeelDate, FeelDateTime, FeelRange, FeelTime, getType, hooks, toComparable } from 'feelin';
import { amount, isDuration, ofAmount, sameKind } from './durations.js';

const MILLISECONDS = 1000;

function multiplied(a, b) {
  const [first, second] = isDuration(a) ? [a, b] : [b, a];
  if (isDuration(second) || typeof second !== 'number') return undefined;
  return ofAmount(amount(first) * second, first.yearsMonths);
}

function divided(a, b) {
  if (sameKind(a, b)) return amount(b) === 0 ? null : amount(a) / amount(b);
  if (!isDuration(a) || typeof b !== 'number') return undefined;
  return b === 0 ? null : ofAmount(amount(a) / b, a.yearsMonths);
}

const isPoint = (value) => value instanceof FeelDate || value instanceof FeelDateTime;
const zoned = (value) => value instanceof FeelDate || value.zone !== null;

/** Time between instants; a date is midnight in UTC; one with and one without a zone are not comparable. */
function subtracted(a, b) {
  if (a instanceof FeelDate && b instanceof FeelDate) return undefined;
  if (!(isPoint(a) && isPoint(b)) && !(a instanceof FeelTime && b instanceof FeelTime)) return undefined;
  if (zoned(a) !== zoned(b)) return null;
  return ofAmount((toComparable(a) - toComparable(b)) / MILLISECONDS, false);
}

function arithmetic(operator, a, b) {
  if (operator === '-') return subtracted(a, b);
  if (!isDuration(a) && !isDuration(b)) return undefined;
  if (operator === '*') return multiplied(a, b);
  return operator === '/' ? divided(a, b) : undefined;
}

function negate(value) {
  return isDuration(value) ? ofAmount(-amount(value), value.yearsMonths) : undefined;
}

/** The scope in which a filter sees an item: `item`, and the entries of an item that is a context. */
function within(context, item) {
  return { ...context, item, ...(getType(item) === 'context' ? item : {}) };
}

function passes(result, item) {
  if (typeof result === 'function') return result(item) === true;
  return (result instanceof FeelRange ? result.includes(item) : result) === true;
}

/**
 * A number picks one item, counted from 1 or from the end; anything else keeps what it is true for.
 * Where a name is both of the filter's surroundings and of the items, a number of the surroundings picks.
 */
function filter(list, test, context) {
  if (test.type !== 'test') {
    const at = test(list.length ? { ...within(context, list[0]), ...context } : context);
    if (typeof at === 'number') return list[at < 0 ? list.length + at : at - 1] ?? null;
  }
  return list.filter((item) => passes(test(within(context, item)), item));
}

Object.assign(hooks, { arithmetic, negate, filter });
