// Comparisons and unary tests (DMN 10.3.2.6, 10.3.2.7) where feelin lacks them.
import { FeelRange, equals, getType, hooks, toComparable } from 'feelin';
import { isDuration } from './durations.js';

const ORDERED = new Set(['number', 'string', 'date', 'time', 'date time', 'duration']);

/** Whether one has a zone and the other, of the same type, has none. */
const zonedUnlike = (a, b) => 'zone' in a && (a.zone === null) !== (b.zone === null);

/** Whether the value is of another type than the ends of the range, so that it can't be compared with them. */
function unlike(range, value) {
  const end = range.start ?? range.end;
  if (getType(end) !== getType(value)) return true;
  if (isDuration(end)) return end.yearsMonths !== value.yearsMonths;
  return typeof end === 'object' && zonedUnlike(end, value);
}

const ordinal = (value) => toComparable(value) ?? value;

/** Whether the value lies between the two, both included; null if they can't be compared. */
function between(value, start, end) {
  if (!ORDERED.has(getType(value)) || [start, end].some((each) => unlike({ start: each }, value))) return null;
  return ordinal(start) <= ordinal(value) && ordinal(value) <= ordinal(end);
}

/** `(= 10)` and `(!= 10)` as values: ranges of which the one point is an end, inside or outside. */
class Point extends FeelRange {
  constructor(point, inside) {
    const ends = { 'start included': inside, 'end included': inside };
    super({ start: point, end: point, ...ends, valueType: getType(point) });
  }

  includes(value) {
    const same = equals(value, this.start);
    return same === null ? null : same === this['start included'];
  }
}

/** What an operator and its operand make without a left side. */
function unary(operator, operand, test) {
  const isPoint = ['=', '!='].includes(operator) && ORDERED.has(getType(operand));
  return isPoint ? new Point(operand, operator === '=') : test(operand);
}

/** Whether some or every test is true: null where one that is neither true nor false could decide. */
function quantified(some, results) {
  if (results.includes(some)) return some;
  return results.every((each) => each === !some) ? !some : null;
}

/** Times that toComparable, which counts milliseconds, can't tell from each other. */
function sameNanosecond(a, b) {
  const [left, right] = [a.unwrap(), b.unwrap()];
  return left.microsecond === right.microsecond && left.nanosecond === right.nanosecond;
}

/** `range<…>`, which feelin's grammar lacks, is read as `list<…>`; what was written is still seen. */
const RANGE_TYPE = /(?<=\binstance\s+of\s+|[:<,]\s*)range(?=\s*<[^<>]*>)/g;
const grammatical = (text) => text.replace(RANGE_TYPE, 'list ');

const isRangeOf = (value, matches) =>
  value instanceof FeelRange && [value.start, value.end].every((end) => end === null || matches(end));

Object.assign(hooks, { quantified, sameNanosecond, grammatical, isRangeOf });
Object.assign(hooks, { unlike, between, unary });
