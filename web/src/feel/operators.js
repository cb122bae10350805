// Operators and filters that feelin lacks (DMN 10.3.2.3, 10.3.2.5).
import { FeelDate, FeelDateTime, FeelRange, FeelTime, getType, hooks, parseDate, toComparable } from 'feelin';
import { amount, isDuration, ofAmount, sameKind } from './durations.js';
import { decimal, written } from './numbers.js';

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
  if (typeof a === 'number' && typeof b === 'number') return decimal(operator, a, b);
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

/** Durations of one kind by their months or seconds; of two kinds not comparable. */
function equalDurations(a, b) {
  return sameKind(a, b) ? amount(a) === amount(b) : null;
}

/** An argument of a function whose parameter has a type: null if it is not of it. */
function argument(value, type, context, matches) {
  return value === null || value === undefined || !type || matches(value, type, context) ? value : null;
}

/** The days of a range, forwards or back. */
function eachDay(range) {
  if (range.start === null || range.end === null) return [];
  const [from, to] = [range.start.unwrap(), range.end.unwrap()];
  const count = from.until(to).days;
  const days = Array.from({ length: Math.abs(count) + 1 }, (_, at) => from.add({ days: count < 0 ? -at : at }));
  const inside = days.slice(range['start included'] ? 0 : 1, range['end included'] ? undefined : -1);
  return inside.map((day) => parseDate(String(day)));
}

const DATE = /^\d{4}-\d\d-\d\d$/;
const DATE_TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|z|@.+|[+-]\d\d:\d\d(:\d\d)?)?)?$/;

const isDate = (text) => DATE.test(text);
const isDateTime = (text) => DATE_TIME.test(text);

Object.assign(hooks, { arithmetic, negate, filter, equalDurations, argument, eachDay, written, isDate, isDateTime });

/** An offset is no zone; only places have names. */
for (const type of [FeelTime, FeelDateTime]) {
  Object.defineProperty(type.prototype, 'timezone', {
    get() {
      return /^[A-Za-z]+\//.test(this.zone ?? '') ? this.zone : null;
    },
  });
}
