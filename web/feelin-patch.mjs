// What feelin 8 computes differently from the DMN standard and no function of ours can override, changed at
// build time. Each change must find its place exactly once, so that a new version of feelin fails the build.
import { readFile } from 'node:fs/promises';

const CHANGES = [
  // arithmetic with durations and zoned times
  [
    'const right = b(context);\n                if (isArray(left)',
    'const right = b(context);\n                const own = hooks.arithmetic?.(node.input, left, right);\n' +
      '                if (own !== undefined) return own;\n                if (isArray(left)'
  ],
  ['return op(context)(() => 0, value);', 'return hooks.negate?.(value(context)) ?? op(context)(() => 0, value);'],
  // filters that are decided by what they give, not by how they are written
  [
    '            const type = filterFn.type;\n',
    '            if (hooks.filter) return hooks.filter(filterTarget, filterFn, context);\n            const type = filterFn.type;\n'
  ],
  ['export { FeelDate,', 'export const hooks = {};\nexport { builtins, equals, getType, toComparable, FeelDate,']
];

/** An esbuild plugin. */
export const feelinPatch = {
  name: 'feelin-patch',
  setup(build) {
    build.onLoad({ filter: /node_modules[\\/]feelin[\\/]dist[\\/]index\.js$/ }, async ({ path }) => {
      let contents = await readFile(path, 'utf8');
      for (const [old, changed] of CHANGES) {
        if (contents.split(old).length !== 2) throw new Error(`feelin has changed: ${old}`);
        contents = contents.replace(old, () => changed);
      }
      return { contents, loader: 'js' };
    });
  }
};
