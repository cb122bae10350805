// Values against declared types (DMN 7.3.2, 10.3.2.9): what fits, what is coerced, what is wrong.
import {
  FeelDate,
  FeelDateTime,
  FeelFunction,
  FeelRange,
  FeelTime,
  dateAndTime,
  duration,
  getType,
  parseDate,
  time,
} from 'feelin';
import { isDuration } from '../feel/durations.js';

const READERS = {
  date: parseDate,
  time,
  'date and time': dateAndTime,
  duration,
  'days and time duration': duration,
  'years and months duration': duration,
};

const CHECKS = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  date: (value) => value instanceof FeelDate,
  time: (value) => value instanceof FeelTime,
  'date and time': (value) => value instanceof FeelDateTime,
  duration: isDuration,
  'days and time duration': (value) => isDuration(value) && !value.yearsMonths,
  'years and months duration': (value) => isDuration(value) && value.yearsMonths,
  context: (value) => getType(value) === 'context',
  function: (value) => value instanceof FeelFunction || typeof value === 'function',
  range: (value) => value instanceof FeelRange,
};

/** What a declaration refuses: `wrong` is {expected | allowed | missing, value, path}. */
export class Mismatch extends Error {
  constructor(wrong) {
    super('mismatch');
    this.wrong = wrong;
  }
}

/**
 * The value as the type has it; `allows` tests allowed values. `read` is for values from outside: text stands for
 * dates and durations, and entries may be missing. `inside` a context a list of one is not its item.
 */
export function fit(value, type, { read = false, inside = false, allows }) {
  if (value === undefined || value === null) return null;
  const fitted = shaped(value, type, { read, inside, allows });
  if (type.constraint && !allows(type.constraint, fitted)) {
    throw new Mismatch({ allowed: type.constraint, value: fitted, path: [] });
  }
  return fitted;
}

/** The one item of a list that holds but one, however deep; any other value as it is. */
const single = (value) => (Array.isArray(value) && value.length === 1 ? single(value[0]) : value);

function shaped(value, type, options) {
  if (!type.collection && type.base !== 'list') {
    return one(type.base === 'any' || options.inside ? value : single(value), type, options);
  }
  if (options.inside && !Array.isArray(value)) throw new Mismatch({ expected: 'list', value, path: [] });
  const items = Array.isArray(value) ? value : [value];
  if (type.base === 'list') return items.map((item) => fit(item, type.items, options));
  return items.map((item) => one(item, type, options));
}

function one(value, type, options) {
  if (value === null || value === undefined) return null;
  const read = options.read ? READERS[type.base] : null;
  const found = read && typeof value === 'string' ? reading(read, value) : dated(value, type.base);
  if (type.base !== 'any' && !CHECKS[type.base]?.(found)) {
    throw new Mismatch({ expected: type.base, value, path: [] });
  }
  if (type.allowed && !options.allows(type.allowed, found)) {
    throw new Mismatch({ allowed: type.allowed, value, path: [] });
  }
  return Object.keys(type.parts).length ? parts(found, type, options) : found;
}

function reading(read, text) {
  try {
    return read(text) ?? text;
  } catch {
    return text; // dates before the year 0, which feelin does not read
  }
}

/** A date where a date and time is wanted is its midnight, in UTC. */
function dated(value, base) {
  return base === 'date and time' && value instanceof FeelDate ? dateAndTime(`${value}T00:00:00Z`) : value;
}

function parts(value, type, options) {
  const result = { ...value };
  for (const [name, part] of Object.entries(type.parts)) {
    if (!options.read && !Object.hasOwn(value, name)) throw new Mismatch({ missing: name, value, path: [] });
    try {
      if (Object.hasOwn(value, name)) result[name] = fit(value[name], part, { ...options, inside: !options.read });
    } catch (error) {
      if (error instanceof Mismatch) error.wrong.path.unshift(name);
      throw error;
    }
  }
  return result;
}

/**
 * A stand-in by which FEEL's `instance of`, which asks for no allowed values, knows a named type; `admits` asks for
 * them too, of an argument of a function.
 */
export function namedType(type, allows) {
  const isList = type.collection || type.base === 'list';
  const fits = (value, allowed) => {
    if (value === null || value === undefined) return false;
    if (type.base !== 'any' && Array.isArray(value) !== isList) return false;
    try {
      fit(value, type, { allows: allowed });
      return true;
    } catch {
      return false;
    }
  };
  return class {
    static [Symbol.hasInstance](value) {
      return fits(value, () => true);
    }

    static admits(value) {
      return fits(value, allows);
    }
  };
}
