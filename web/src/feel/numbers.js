// Rounding of numbers as they are written: 1.005 to two places is 1.01 although the double is a little less.

const MOST_SCALE = 6176;

const MOST_DIGITS = 15; //: of a decimal that a double holds as it was written

/** The digits of a number and how many of them stand behind the point. */
function digits(number) {
  const [mantissa, exponent = '0'] = String(Math.abs(number)).split('e');
  const [whole, fraction = ''] = mantissa.split('.');
  return { whole: BigInt(whole + fraction), scale: fraction.length - Number(exponent) };
}

const MODES = {
  up: (rest) => rest > 0n,
  down: () => false,
  'half up': (rest, unit) => rest * 2n >= unit,
  'half down': (rest, unit) => rest * 2n > unit,
  'half even': (rest, unit, whole) => rest * 2n > unit || (rest * 2n === unit && whole % 2n === 1n),
};

/** `number` with so many places, rounded away from zero (`up`), towards it (`down`) or to the nearer. */
export function rounded(number, places, mode) {
  if (!Number.isInteger(places) || Math.abs(places) > MOST_SCALE) return null;
  const { whole, scale } = digits(number);
  if (scale <= places) return number;
  const unit = 10n ** BigInt(scale - places);
  const [kept, rest] = [whole / unit, whole % unit];
  const result = kept + (MODES[mode](rest, unit, kept) ? 1n : 0n);
  return Number(`${number < 0 ? '-' : ''}${result}e${-places}`) || 0;
}

/** The sum of numbers as they are written: 0.1 + 0.2 + 0.3 is 0.6. */
export function total(numbers) {
  if (numbers.some((each) => !Number.isFinite(each))) return numbers.reduce((sum, each) => sum + each, 0);
  const parts = numbers.map((each) => ({ ...digits(each), negative: each < 0 }));
  const scale = Math.max(0, ...parts.map((each) => each.scale));
  const sum = parts.reduce((so, { whole, scale: own, negative }) => {
    const value = whole * 10n ** BigInt(scale - own);
    return negative ? so - value : so + value;
  }, 0n);
  return Number(`${sum}e${-scale}`);
}

/** Whether the number was written with so few digits that the double stands for just that decimal. */
function isDecimal(number) {
  if (Number.isInteger(number)) return Math.abs(number) < 1e15;
  return Number.isFinite(number) && String(Math.abs(number)).replace(/e.*|\D/g, '').replace(/^0+/, '').length <= MOST_DIGITS;
}

/** Sum, difference, product or quotient of decimals as on paper; undefined where doubles have to do. */
export function decimal(operator, a, b) {
  if (Number.isInteger(a) && Number.isInteger(b) && operator !== '/') return undefined;
  if (!isDecimal(a) || !isDecimal(b)) return undefined;
  if (operator === '+') return total([a, b]);
  if (operator === '-') return total([a, -b]);
  const [left, right] = [digits(a), digits(b)];
  const sign = a < 0 !== b < 0 ? -1 : 1;
  if (operator === '*') return sign * Number(`${left.whole * right.whole}e${-(left.scale + right.scale)}`);
  return operator === '/' && b !== 0 ? sign * quotient(left, right) : undefined;
}

function quotient(left, right) {
  const shift = Math.max(left.scale, right.scale);
  const above = left.whole * 10n ** BigInt(shift - left.scale);
  const below = right.whole * 10n ** BigInt(shift - right.scale);
  return Number(above) / Number(below);
}

/** A number in digits, without an exponent, which FEEL does not know. */
export function written(number) {
  const text = String(number);
  if (typeof number !== 'number' || !text.includes('e')) return text;
  const { whole, scale } = digits(number);
  const sign = number < 0 ? '-' : '';
  if (scale <= 0) return sign + String(whole) + '0'.repeat(-scale);
  const padded = String(whole).padStart(scale + 1, '0');
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}
