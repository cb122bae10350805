// Relations of points and ranges (DMN 10.3.4.9), and ranges written as text.
import { FeelRange, evaluate, getType, toComparable } from 'feelin';

const isRange = (value) => value instanceof FeelRange;

function compared(a, b) {
  const [left, right] = [toComparable(a) ?? a, toComparable(b) ?? b];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** A point as a range that holds it alone; a range as its ends, an open end as beyond all points. */
function ends(value) {
  if (!isRange(value)) return { start: value, end: value, from: true, to: true };
  return { start: value.start, end: value.end, from: value['start included'], to: value['end included'] };
}

/** -1, 0 or 1: which of two starts comes first; one that is included comes before one that is not. */
function starts(a, b) {
  if (a.start === null || b.start === null) return (b.start === null) - (a.start === null);
  return compared(a.start, b.start) || b.from - a.from;
}

function finishes(a, b) {
  if (a.end === null || b.end === null) return (a.end === null) - (b.end === null);
  return compared(a.end, b.end) || a.to - b.to;
}

/** -1, 0 or 1: the end of `a` against the start of `b`; 0 where they touch in a point that both hold. */
function touches(a, b) {
  if (a.end === null || b.start === null) return 1;
  return compared(a.end, b.start) || (a.to && b.from ? 0 : -1);
}

const RELATIONS = {
  before: (a, b) => touches(a, b) < 0,
  after: (a, b) => touches(b, a) < 0,
  meets: (a, b) => touches(a, b) === 0,
  'met by': (a, b) => touches(b, a) === 0,
  overlaps: (a, b) => touches(a, b) >= 0 && touches(b, a) >= 0,
  'overlaps before': (a, b) => starts(a, b) < 0 && touches(a, b) >= 0 && finishes(a, b) <= 0,
  'overlaps after': (a, b) => starts(b, a) < 0 && touches(b, a) >= 0 && finishes(b, a) <= 0,
  finishes: (a, b) => finishes(a, b) === 0 && starts(a, b) >= 0,
  'finished by': (a, b) => finishes(a, b) === 0 && starts(b, a) >= 0,
  includes: (a, b) => starts(a, b) <= 0 && finishes(a, b) >= 0,
  during: (a, b) => starts(b, a) <= 0 && finishes(b, a) >= 0,
  starts: (a, b) => starts(a, b) === 0 && finishes(a, b) <= 0,
  'started by': (a, b) => starts(a, b) === 0 && finishes(b, a) <= 0,
  coincides: (a, b) => starts(a, b) === 0 && finishes(a, b) === 0,
};

/** What may stand in the first and second place: ranges only (R), or points too (P). */
const PLACES = {
  before: 'PP', after: 'PP', meets: 'RR', 'met by': 'RR', overlaps: 'RR', 'overlaps before': 'RR',
  'overlaps after': 'RR', finishes: 'PR', 'finished by': 'RP', includes: 'RP', during: 'PR', starts: 'PR',
  'started by': 'RP', coincides: 'PP',
};

const kind = (value) => (isRange(value) ? value.valueType : getType(value));

/** Relation by name of two values of one kind; null where they can't be compared. */
function related(name, a, b) {
  const fits = [a, b].every((value, at) => value != null && (isRange(value) || PLACES[name][at] === 'P'));
  if (!fits || kind(a) !== kind(b)) return null;
  if (name === 'coincides' && isRange(a) !== isRange(b)) return null;
  return RELATIONS[name](ends(a), ends(b));
}

/** The functions by name, each with the names that its parameters may have. */
export const ranges = Object.keys(RELATIONS).map((name) => [
  name,
  (a, b) => related(name, a, b),
  ['point1', 'point2'], ['range1', 'range2'], ['point', 'range'], ['range', 'point'], ['value', 'range'],
  ['range', 'value'], ['a', 'b'],
]);

const END = String.raw`(?:-?\d*\.?\d+|(?:@|(?:date|time|date and time|duration)\s*\(\s*)?"(?:[^"\\]|\\.)*"\s*\)?)`;
const LITERAL = new RegExp(String.raw`^([\[\](])\s*(${END})?\s*\.\.\s*(${END})?\s*([\[\])])$`, 's');

/** The range that a text writes with literals as ends; an end may lack where it is open. Null for any other text. */
export function rangeOf(text) {
  const [, from, start, end, to] = (typeof text === 'string' && LITERAL.exec(text.trim())) || [];
  if (!from || !(start || end) || (!start && from === '[') || (!end && to === ']')) return null;
  try {
    const { value } = evaluate(`${from}${start ?? 'null'}..${end ?? 'null'}${to}`, {});
    return isRange(value) ? value : null;
  } catch {
    return null;
  }
}
