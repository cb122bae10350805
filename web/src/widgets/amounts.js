// An amount of money is echoed as it reads: in 万元, and in the figures of cheques.
import { t } from '../t.js';
const WRITTEN = /^(?:[¥￥]|人民币)?\s*([+-]?\d[\d, ]*(?:\.\d+)?|[+-]?\.\d+)\s*(万|亿)?\s*元?整?$/;
const TIMES = { 万: 4, 亿: 8 };
const DIGITS = '零壹贰叁肆伍陆柒捌玖';
const PLACES = ['', '拾', '佰', '仟'];
const GROUPS = ['', '万', '亿', '万亿'];
const LARGEST = 10n ** 15n; // cents

/** Cents as a BigInt of a written amount, or null. */
export function cents(text) {
  const plain = text.trim().replace(/[０-９．，－]/g, (one) => String.fromCharCode(one.charCodeAt(0) - 0xfee0));
  const match = WRITTEN.exec(plain);
  if (!match) return null;
  const sign = match[1].startsWith('-') ? -1n : 1n;
  const [whole, part = ''] = match[1].replace(/[, +-]/g, '').split('.');
  const places = 2 + (TIMES[match[2]] ?? 0);
  const rest = part.padEnd(places, '0');
  if (/[1-9]/.test(rest.slice(places))) return null;
  const found = sign * BigInt((whole || '0') + rest.slice(0, places));
  return found < LARGEST && found > -LARGEST ? found : null;
}

/** 12,000.50 */
export function grouped(value) {
  const size = value < 0n ? -value : value;
  const whole = String(size / 100n).replace(/\B(?=(\d{3})+$)/g, ',');
  const part = String(size % 100n).padStart(2, '0');
  return `${value < 0n ? '-' : ''}${whole}${part === '00' ? '' : `.${part}`}`;
}

/** 壹万贰仟元伍角整 */
export function capital(value) {
  const size = value < 0n ? -value : value;
  const [yuan, jiao, fen] = [size / 100n, Number(size / 10n % 10n), Number(size % 10n)];
  let text = yuan ? `${integer(yuan)}元` : '';
  if (jiao) text += `${DIGITS[jiao]}角`;
  else if (fen && yuan) text += '零';
  text += fen ? `${DIGITS[fen]}分` : (text ? '整' : '零元整');
  return value < 0n ? `负${text}` : text;
}

function integer(value) {
  const groups = [];
  for (let rest = value; rest; rest /= 10000n) groups.push(Number(rest % 10000n));
  let text = '';
  let gap = false;
  for (let at = groups.length - 1; at >= 0; at -= 1) {
    if (!groups[at]) { gap = text !== ''; continue; }
    text += (text && (gap || groups[at] < 1000) ? '零' : '') + group(groups[at]) + GROUPS[at];
    gap = false;
  }
  return text;
}

function group(value) {
  let text = '';
  let gap = false;
  for (let at = 3; at >= 0; at -= 1) {
    const digit = Math.floor(value / 10 ** at) % 10;
    if (digit) { text += (gap ? '零' : '') + DIGITS[digit] + PLACES[at]; gap = false; } else gap = text !== '';
  }
  return text;
}

/** Puts separators into what was written, and the echo beside it. */
export function amount(input) {
  const echo = input.closest('[data-field]').querySelector('.echo');
  const update = () => {
    const value = cents(input.value);
    if (value === null) {
      echo.textContent = input.value.trim() ? t`看不出是多少，请写作 12,000.50 或 1.2万` : '';
      return;
    }
    const size = value < 0n ? -value : value;
    const tens = Number(value) / 1000000;
    echo.textContent = size < 1000000n ? t`大写：${capital(value)}` : t`${tens.toLocaleString('en', { maximumFractionDigits: 6 })}万元，大写：${capital(value)}`;
  };
  input.addEventListener('input', update);
  input.addEventListener('blur', () => {
    const value = cents(input.value);
    if (value !== null) input.value = grouped(value);
  });
  update();
}
