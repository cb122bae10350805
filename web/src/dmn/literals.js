// FEEL values as JSON and as FEEL text.
import { FeelDate, FeelDateTime, FeelDuration, FeelRange, FeelTime, isFunction } from 'feelin';
import { written } from '../feel/numbers.js';

const TEMPORAL = [FeelDate, FeelTime, FeelDateTime, FeelDuration];
const TEXTS = [...TEMPORAL, FeelRange];
const NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u;

const isMute = (value) => value === undefined || value === null || isFunction(value) || typeof value === 'function';

/** A FEEL value as JSON: temporals and ranges as text, what JSON cannot hold as null. */
export function plain(value) {
  if (isMute(value)) return null;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(plain);
  if (TEXTS.some((type) => value instanceof type)) return String(value);
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, plain(entry)]));
}

/** A FEEL value as FEEL would write it. */
export function literal(value) {
  if (isMute(value)) return 'null';
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (TEMPORAL.some((type) => value instanceof type)) return `@"${value}"`;
  if (value instanceof FeelRange) return range(value);
  if (typeof value !== 'object') return typeof value === 'number' ? number(value) : JSON.stringify(value);
  const entries = Object.entries(value).map(([name, entry]) => `${key(name)}: ${literal(entry)}`);
  return `{${entries.join(', ')}}`;
}

function range(value) {
  const [from, to] = [value['start included'] ? '[' : '(', value['end included'] ? ']' : ')'];
  return `${from}${literal(value.start)}..${literal(value.end)}${to}`;
}

const number = (value) => (Number.isFinite(value) ? written(value) : 'null');
const key = (name) => (NAME.test(name) ? name : JSON.stringify(name));
