// Live checks of FEEL texts with the library that the server uses.
import { evaluate, unaryTest } from 'feelin';
import '../feel/index.js';
import { feelText } from './moddle.js';
import { t } from '../t.js';

/** What is wrong with this expression, in Chinese, or "". */
export function feelProblem(text, { test = false } = {}) {
  const source = feelText(text);
  if (!source) return '';
  try {
    if (test) unaryTest(source, {});
    else evaluate(source, {});
    return '';
  } catch (error) {
    if (!error.position) return '';
    const { from = 0 } = error.position;
    const rest = source.slice(from, from + 8);
    return rest ? t`写法有误：第${from + 1}个字符“${rest}”起不能理解。` : t`写法有误：表达式没有写完。`;
  }
}
