// Decision tables: which rules fire and what comes of the hit policy (DMN 8.2).
import { builtins, equals } from 'feelin';
import { literal, plain } from './literals.js';

const MULTIPLE = new Set(['COLLECT', 'RULE ORDER', 'OUTPUT ORDER']);
const acceptsAll = (test) => test === '' || test === '-';

/** One evaluation of one table over a scope, for a run that computes FEEL and notes problems. */
export class TableEvaluation {
  constructor(run, table, scope, frame) {
    Object.assign(this, { run, table, scope, frame });
  }

  /** The result; inputs (when `frame` has none) and hits are noted in the frame. */
  value() {
    const values = this.table.inputs.map((column) => this.input(column));
    this.frame.inputs ??= Object.fromEntries(
      this.table.inputs.map((column, at) => [column.label, plain(values[at])])
    );
    if (values.includes(undefined)) return null; // a wrong input, noted as a problem
    let fired = this.chosen(this.table.rules.filter((rule) => this.fires(rule, values)));
    if (fired === null) return null;
    if (!fired.length) return this.withoutHit();
    let rows = fired.map((rule) => this.row(rule));
    if (this.table.hit_policy === 'ANY' && !this.agree(fired, rows)) return null;
    if (this.isByPriority()) [fired, rows] = this.sorted(fired, rows);
    this.frame.hits.push(
      ...fired.map(({ number, id, annotation }, at) => ({ number, id, annotation, outputs: plain(rows[at]) }))
    );
    return this.result(rows);
  }

  isByPriority() {
    return this.table.hit_policy === 'PRIORITY' || this.table.hit_policy === 'OUTPUT ORDER';
  }

  problem(code, details) {
    this.run.problem({ code, table: this.table.name, ...details });
  }

  // inputs and rules

  input(column) {
    const at = { table: this.table.name, input: column.label };
    return this.run.fitted(this.run.feel(column.feel, this.scope, at), column.type, at, { read: true });
  }

  fires(rule, values) {
    this.passed ??= this.table.inputs.map(() => new Map());
    return rule.tests.every((test, at) => {
      if (acceptsAll(test)) return true;
      const known = this.passed[at];
      if (!known.has(test)) {
        const place = { table: this.table.name, rule: rule.number, input: this.table.inputs[at]?.label };
        known.set(test, this.run.test(test, values[at], this.scope, place));
      }
      return known.get(test) === true;
    });
  }

  chosen(rules) {
    if (this.table.hit_policy === 'UNIQUE' && rules.length > 1) {
      this.problem('unique', { rules: rules.map((rule) => rule.number) });
      return null;
    }
    return this.table.hit_policy === 'FIRST' ? rules.slice(0, 1) : rules;
  }

  // outputs

  row(rule) {
    const cells = this.table.outputs.map((column, at) => {
      const place = { table: this.table.name, rule: rule.number, output: column.label };
      const value = this.output(column, rule.outputs[at] || 'null', place);
      return [column.key, rule.types.length ? (this.run.fitted(value, rule.types[at], place) ?? null) : value];
    });
    return Object.fromEntries(cells);
  }

  output(column, text, place) {
    return this.run.fitted(this.run.feel(text, this.scope, place), column.type, place) ?? null;
  }

  withoutHit() {
    if (this.table.outputs.some((column) => column.default)) {
      const cells = this.table.outputs.map((column) => {
        const place = { table: this.table.name, default: column.label };
        return [column.key, this.output(column, column.default || 'null', place)];
      });
      return this.result([Object.fromEntries(cells)]);
    }
    if (this.table.aggregation) return this.table.aggregation === 'COUNT' ? 0 : null;
    return MULTIPLE.has(this.table.hit_policy) ? [] : null;
  }

  result(rows) {
    const values = this.table.outputs.length === 1 ? rows.map((row) => Object.values(row)[0]) : rows;
    if (this.table.aggregation) return this.aggregated(values);
    return MULTIPLE.has(this.table.hit_policy) ? values : values[0];
  }

  aggregated(values) {
    const kind = this.table.aggregation;
    if (kind === 'COUNT') return values.length;
    const present = values.filter((value) => value !== null);
    if (!present.length) return null;
    const result = builtins[kind.toLowerCase()](present);
    if (result === null) this.problem('aggregation', { kind });
    return result;
  }

  agree(rules, rows) {
    const other = rows.findIndex((row) => literal(row) !== literal(rows[0]));
    if (other > 0) this.problem('any', { rules: [rules[0].number, rules[other].number] });
    return other < 0;
  }

  /** In the order of the outputs' allowed values, the first column first; PRIORITY keeps the top. */
  sorted(rules, rows) {
    const columns = this.table.outputs.filter((column) => column.priorities);
    const orders = columns.map((column) => this.run.feel(column.priorities, this.scope, { table: this.table.name }));
    const ranked = rows.map((row, at) => ({
      row,
      rule: rules[at],
      rank: columns.map((column, number) => this.rank(rules[at], column, orders[number], row[column.key])),
    }));
    ranked.sort((a, b) => a.rank.map((each, at) => each - b.rank[at]).find((difference) => difference) ?? 0);
    const kept = this.table.hit_policy === 'PRIORITY' ? ranked.slice(0, 1) : ranked;
    return [kept.map(({ rule }) => rule), kept.map(({ row }) => row)];
  }

  rank(rule, column, order, value) {
    const at = Array.isArray(order) ? order.findIndex((each) => equals(each, value) === true) : -1;
    if (at < 0) this.problem('priority', { rule: rule.number, output: column.label, value: plain(value) });
    return at < 0 ? Infinity : at;
  }
}
