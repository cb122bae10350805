// Bundles web/src into web/static/dist and the FEEL library into engine/feelin.js.
import { readdirSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import * as esbuild from 'esbuild';
import { feelinPatch } from './feelin-patch.mjs';

const web = dirname(fileURLToPath(import.meta.url));
const src = (name) => join(web, 'src', name);
const dist = join(web, 'static', 'dist');
const watch = process.argv.includes('--watch');

/** Bootstrap and the diagram styles first, so that the files in src/css have the last word. */
function appStyles() {
  const own = readdirSync(src('css')).filter((name) => name.endsWith('.css')).sort();
  const files = own.includes('index.css') ? ['index.css'] : own;
  const names = ['bootstrap/dist/css/bootstrap.min.css', 'bpmn-js/dist/assets/diagram-js.css'];
  return [...names, ...files.map((name) => `./src/css/${name}`), './src/viewer.css', './src/processes.css']
    .map((name) => `@import ${JSON.stringify(name)};`)
    .join('\n');
}

const shared = {
  bundle: true,
  minify: !watch,
  sourcemap: watch ? 'inline' : false,
  target: ['es2022', 'chrome109', 'firefox115', 'safari16.4'],
  legalComments: 'linked',
  logLevel: 'warning',
  plugins: [feelinPatch],
  absWorkingDir: web
};

const builds = [
  {
    ...shared,
    entryPoints: { app: src('app.js'), editor: src('editor.js') },
    outdir: dist,
    format: 'esm',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]'
  },
  {
    ...shared,
    stdin: { contents: appStyles(), loader: 'css', resolveDir: web, sourcefile: 'app.css' },
    outfile: join(dist, 'app.css')
  },
  {
    ...shared,
    entryPoints: { editor: src('editor.css') },
    outdir: dist,
    loader: { '.woff2': 'file', '.woff': 'file', '.ttf': 'empty', '.eot': 'empty', '.svg': 'empty' },
    assetNames: 'fonts/[name]-[hash]'
  },
  {
    ...shared,
    entryPoints: [src('feelin.js')],
    outfile: join(web, '..', 'engine', 'feelin.js'),
    format: 'iife',
    globalName: 'feelin',
    legalComments: 'inline'
  }
];

/** Beside every script and style itself, packed: `web/assets.py` sends that. */
async function pack() {
  const names = readdirSync(dist, { recursive: true }).filter((name) => /\.(css|js)$/.test(name));
  for (const path of names.map((name) => join(dist, name))) {
    await writeFile(`${path}.gz`, gzipSync(await readFile(path), { level: 9 }));
  }
}

await rm(dist, { recursive: true, force: true });
for (const options of builds) {
  if (watch) await (await esbuild.context(options)).watch();
  else await esbuild.build(options);
}
if (!watch) await pack();
