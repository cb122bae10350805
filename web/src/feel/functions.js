// FEEL's functions where feelin lacks them or gives something else than the standard says (DMN 10.3.4).
import {
  FeelDate,
  FeelDateTime,
  FeelFunction,
  FeelTime,
  builtins,
  dateAndTime,
  duration,
  equals,
  getType,
  time,
  toComparable,
} from 'feelin';
import { amount, isDuration, ofAmount, sameKind } from './durations.js';
import { rounded, total, written } from './numbers.js';
import { rangeOf, ranges } from './ranges.js';

const COMPARABLE = new Set(['number', 'string', 'date', 'time', 'date time', 'duration']);

/** A function that takes its arguments in order, or by the names of one of its signatures. */
class Overloaded extends FeelFunction {
  constructor(fn, signatures) {
    super(fn, signatures.reduce((longest, each) => (each.length > longest.length ? each : longest)));
    Object.defineProperty(this, 'signatures', { value: signatures });
  }

  invoke(given) {
    if (Array.isArray(given)) return super.invoke(given);
    const names = Object.keys(given);
    const fits = this.signatures.find((each) => names.every((name) => each.includes(name)));
    return fits ? this.fn(...fits.map((name) => given[name])) : super.invoke(given);
  }
}

function define(name, fn, ...signatures) {
  builtins[name] = new Overloaded((...args) => fn(...args) ?? null, signatures);
}

/** A function of a list or of several values, of which it sees the list. */
function defineList(name, fn) {
  const whole = (...args) => {
    if (args.length === 0) return null;
    return fn(args.length === 1 && Array.isArray(args[0]) ? args[0] : args) ?? null;
  };
  builtins[name] = Object.assign(whole, { $args: ['...list'] });
}

const measure = (value) => (isDuration(value) ? amount(value) : (toComparable(value) ?? value));

/** The first or last of comparable values of one type; null where there is none. */
function extreme(list, sign) {
  const [first, ...rest] = list;
  const type = getType(first);
  if (!COMPARABLE.has(type)) return null;
  if (rest.some((each) => getType(each) !== type || each.yearsMonths !== first.yearsMonths)) return null;
  return rest.reduce((best, each) => ((measure(each) < measure(best) ? -1 : 1) === sign ? each : best), first);
}

function sum(list) {
  if (list.length === 0) return null;
  if (list.every((each) => typeof each === 'number')) return total(list);
  if (!list.every((each) => sameKind(each, list[0]))) return null;
  return ofAmount(total(list.map(amount)), list[0].yearsMonths);
}

function mean(list) {
  const all = sum(list);
  if (all === null) return null;
  return isDuration(all) ? ofAmount(amount(all) / list.length, all.yearsMonths) : all / list.length;
}

const numbers = (list) => list.every((each) => typeof each === 'number');

function median(list) {
  if (!list.length || !numbers(list)) return null;
  const sorted = [...list].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function mode(list) {
  if (!numbers(list)) return null;
  const counts = new Map();
  for (const each of list) counts.set(each, (counts.get(each) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return [...counts].filter(([, count]) => count === most).map(([each]) => each).sort((a, b) => a - b);
}

/** Whole months from one date to the other; days do not count. */
function monthsBetween(from, to) {
  const dates = [from, to].map((each) => (each instanceof FeelDateTime ? each.unwrap().toPlainDate() : each));
  const [a, b] = dates.map((each) => (each instanceof FeelDate ? each.unwrap() : each));
  if (!a?.until || !b?.until) return null;
  const between = a.until(b, { largestUnit: 'month' });
  return duration(`${between.sign < 0 ? '-' : ''}P${Math.abs(between.months)}M`);
}

const pad = (number, length = 2) => String(number).padStart(length, '0');

const isCount = (value) => typeof value === 'number' && value >= 0;

/** Hour, minute and second as text, the second with its fraction. */
function clockText(hour, minute, second) {
  const [whole, fraction = ''] = written(second).split('.');
  return `${pad(hour)}:${pad(minute)}:${pad(whole)}${fraction && `.${fraction}`}`;
}

/** A date and time of its parts, with an offset (duration) or the name of a zone. */
function momentOf(year, month, day, hour, minute, second, zone) {
  if (typeof year !== 'number' || ![month, day, hour, minute, second].every(isCount)) return null;
  const date = `${year < 0 ? '-' : ''}${pad(Math.abs(year), 4)}-${pad(month)}-${pad(day)}`;
  return dateAndTime(`${date}T${clockText(hour, minute, second)}${zoneText(zone)}`);
}

function zoneText(zone) {
  if (zone === undefined || zone === null) return '';
  if (typeof zone === 'string') return `@${zone}`;
  const seconds = Math.abs(amount(zone));
  return `${amount(zone) < 0 ? '-' : '+'}${pad(Math.floor(seconds / 3600))}:${pad(Math.floor(seconds / 60) % 60)}`;
}

const single = builtins['date and time'];

/** `date and time` of a text, of a date and a time, or of six or seven parts. */
function dateAndTimeOf(...args) {
  return args.length >= 6 ? momentOf(...args) : single(...args);
}

const clock = builtins.time;

/** `time` of a text, of a date and time, or of hour, minute, second (with its fraction) and offset. */
function timeOf(...args) {
  const found = clock(...args);
  const [hour, minute, second, offset] = args;
  if (!(found instanceof FeelTime) || !isCount(second) || Number.isInteger(second)) return found;
  return time(clockText(hour, minute, second) + zoneText(offset));
}

const lists = (value) => (Array.isArray(value) ? value : value === null || value === undefined ? null : [value]);

/** The numbers, from 1, of the items that equal the element. */
function indexOf(list, match) {
  return lists(list)?.flatMap((each, at) => (equals(each ?? null, match ?? null) === true ? [at + 1] : []));
}

/** Whether both show the same clock in zones of the same offset, or in none. */
function sameClock(a, b) {
  const [left, right] = [a, b].map((each) => (each.zone === null ? 'none' : amount(each['time offset'])));
  return left === right && String(a.unwrap()) === String(b.unwrap());
}

/** Whether both are the same value of the same type, in zones of the same offset; never null. */
const same = builtins.is;
function isSame(a, b) {
  if (isDuration(a) && isDuration(b) && !sameKind(a, b)) return false;
  const clocks = [FeelTime, FeelDateTime].some((type) => a instanceof type && b instanceof type);
  return clocks ? sameClock(a, b) : same(a, b) === true;
}

/** A part of a text, counted in characters, also where they take two units of UTF-16. */
function substring(text, start, length) {
  if (typeof text !== 'string' || typeof start !== 'number') return null;
  const signs = Array.from(text);
  const from = start < 0 ? signs.length + start : start - 1;
  return signs.slice(from, length === undefined || length === null ? undefined : from + length).join('');
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)$/;
const GROUPS = [' ', ',', '.', null];
const POINTS = [',', '.', null];

/** The number that a text writes in digits, with separators of groups and of the fraction if they are told. */
function numberOf(text, group = null, point = null) {
  const told = GROUPS.includes(group) && POINTS.includes(point) && (group === null || group !== point);
  if (typeof text !== 'string' || !told) return null;
  const grouped = group === null ? text : text.replaceAll(group, '');
  const plain = point === ',' ? grouped.replace('.', '#').replace(',', '.') : grouped;
  return DECIMAL.test(plain) ? Number(plain) : null;
}

/** A list with the item of a position, or all that a function of two parameters matches, replaced. */
function listReplace(list, place, newItem) {
  const items = lists(list);
  if (items === null || newItem === undefined) return null;
  if (place instanceof FeelFunction) return matchReplaced(items, place, newItem);
  if (typeof place !== 'number') return null;
  const at = place < 0 ? items.length + place : place - 1;
  return Number.isInteger(at) && at in items ? items.with(at, newItem) : null;
}

function matchReplaced(items, match, newItem) {
  if (match.parameterNames.length !== 2) return null;
  const found = items.map((item) => match.invoke([item, newItem]));
  if (found.some((each) => typeof each !== 'boolean')) return null;
  return items.map((item, at) => (found[at] ? newItem : item));
}

const [inserted, removed] = [builtins['insert before'], builtins.remove];

/** A position as counted from 1: -1 is the last. */
const forward = (list, position) => (position < 0 ? lists(list).length + position + 1 : position);

const at = (list, position) => lists(list) && position !== 0;
const insertBefore = (list, position, item) => (at(list, position) ? inserted(list, forward(list, position), item) : null);
const removeAt = (list, position) => (at(list, position) ? removed(list, forward(list, position)) : null);

const partOf = builtins.sublist;
const sublist = (list, start, length) => (at(list, start) ? partOf(list, start, length ?? undefined) : null);

define('number', numberOf, ['from', 'grouping separator', 'decimal separator']);
define('list replace', listReplace, ['list', 'position', 'newItem'], ['list', 'match', 'newItem']);
define('insert before', insertBefore, ['list', 'position', 'newItem']);
define('remove', removeAt, ['list', 'position']);
define('sublist', sublist, ['list', 'start position', 'length'], ['list', 'start', 'length']);
define('list contains', (list, element) => lists(list) && indexOf(list, element).length > 0, ['list', 'element']);
define('index of', indexOf, ['list', 'match']);
define('is', isSame, ['value1', 'value2']);
define('substring', substring, ['string', 'start position', 'length']);
for (const [name, fn, ...signatures] of ranges) define(name, fn, ...signatures);
for (const [name, how] of Object.entries({
  decimal: 'half even',
  'round up': 'up',
  'round down': 'down',
  'round half up': 'half up',
  'round half down': 'half down',
})) {
  define(
    name,
    (n, scale) => (typeof n === 'number' && typeof scale === 'number' ? rounded(n, Math.trunc(scale), how) : null),
    ['n', 'scale']
  );
}
define('range', rangeOf, ['from']);
define('years and months duration', monthsBetween, ['from', 'to']);
define(
  'date and time',
  dateAndTimeOf,
  ['date', 'time'],
  ['from'],
  ['year', 'month', 'day', 'hour', 'minute', 'second', 'offset'],
  ['year', 'month', 'day', 'hour', 'minute', 'second', 'timezone']
);
define('time', timeOf, ['from'], ['hour', 'minute', 'second', 'offset', 'from']);
defineList('min', (list) => extreme(list, -1));
defineList('max', (list) => extreme(list, 1));
defineList('sum', sum);
defineList('mean', mean);
defineList('median', median);
defineList('mode', mode);
