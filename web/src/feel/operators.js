// Operators and filters that feelin lacks (DMN 10.3.2.3, 10.3.2.5).
import { FeelDate, FeelDateTime, FeelRange, FeelTime, getType, hooks, parseDate, toComparable } from 'feelin';
import { amount, isDuration, ofAmount, sameKind } from './durations.js';
import { literal } from '../dmn/literals.js';
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
  const times = [a, b].filter((each) => each instanceof FeelTime).length;
  if (times === 1) return null;
  if (!times && !(isPoint(a) && isPoint(b))) return undefined;
  if (zoned(a) !== zoned(b)) return null;
  return ofAmount((toComparable(a) - toComparable(b)) / MILLISECONDS, false);
}

const DAY = 24 * 60 * 60;

/** The day on which it is so many seconds after a date's midnight. */
const later = (date, seconds) => new FeelDate(date.unwrap().add({ days: Math.floor(seconds / DAY) }));

/** A date or time and a duration where feelin gives another type than the standard. */
function shifted(point, duration, sign) {
  if (point instanceof FeelTime && duration.yearsMonths) return null;
  if (!(point instanceof FeelDate) || duration.yearsMonths) return undefined;
  return later(point, sign * amount(duration));
}

function arithmetic(operator, a, b) {
  if (typeof a === 'number' && typeof b === 'number') return decimal(operator, a, b);
  if (operator === '-') return isDuration(b) ? shifted(a, b, -1) : subtracted(a, b);
  if (!isDuration(a) && !isDuration(b)) return undefined;
  if (operator === '+') return isDuration(b) ? shifted(a, b, 1) : shifted(b, a, 1);
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
  if (value === null || value === undefined || !type) return value;
  const named = type.kind === 'name' ? context[type.name] : undefined;
  return (named?.admits ? named.admits(value) : matches(value, type, context)) ? value : null;
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

const YEAR = String.raw`-?(?:[1-9]\d{4,8}|\d{4})`;
const CLOCK = String.raw`\d\d:\d\d:[0-5]\d(?:\.\d+)?`;
const ZONE = String.raw`(?:[Zz]|@.+|[+-](?:0\d|1[0-4]):[0-5]\d(?::[0-5]\d)?)?`;
const DATE = new RegExp(`^${YEAR}-\\d\\d-\\d\\d$`);
const TIME = new RegExp(`^${CLOCK}${ZONE}$`);
const DATE_TIME = new RegExp(`^${YEAR}-\\d\\d-\\d\\d(?:T${CLOCK}${ZONE})?$`);

const isDate = (text) => DATE.test(text);
const isTime = (text) => TIME.test(text);
const isDateTime = (text) => DATE_TIME.test(text);

/** A date with the sign and the six digits that ECMAScript wants of years beyond four. */
const expanded = (text) =>
  text.replace(/^(-?)(\d+)/, (year, sign, digits) =>
    sign || digits.length > 4 ? `${sign || '+'}${digits.padStart(6, '0')}` : year
  );

/** A date of ECMAScript as FEEL writes it. */
const plainYear = (text) => text.replace(/^\+0*/, '').replace(/^-0*(\d{4})/, '-$1');

const rangeText = (range) => literal(range);

Object.assign(hooks, { arithmetic, negate, filter, equalDurations, argument, eachDay, written, rangeText });
Object.assign(hooks, { isDate, isTime, isDateTime, expanded, plainYear });

/** An offset is no zone; only places have names. */
for (const type of [FeelTime, FeelDateTime]) {
  Object.defineProperty(type.prototype, 'timezone', {
    get() {
      return /^[A-Za-z]+\//.test(this.zone ?? '') ? this.zone : null;
    },
  });
}
