// Regular expressions as XPath has them (DMN 10.3.4.3), where those of ECMAScript differ.
import { hooks } from 'feelin';

const SPACE = /(\[(?:\\.|[^\]\\])*\])|\s+/gs; // in a class of characters it stays

/** The pattern with its flags (`s`, `m`, `i`, `x`); null if it is none. */
function regexp(pattern, flags, own) {
  if (/[^smix]/.test(flags)) return null;
  const text = flags.includes('x') ? pattern.replace(SPACE, (_, kept = '') => kept) : pattern;
  try {
    return new RegExp(text, [...new Set(`u${own}${flags.replaceAll('x', '')}`)].join(''));
  } catch {
    return null;
  }
}

Object.assign(hooks, { regexp });
