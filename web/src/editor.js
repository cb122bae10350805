// The process editor. On phones the diagram is shown, not edited.
import { DiagramView } from './diagram/view.js';
import { look, rendererModule } from './diagram/renderer.js';
import { translateModule } from './diagram/zh.js';
import { debounce } from './editor/dom.js';
import { lint } from './editor/lint.js';
import { Problems } from './editor/problems.js';
import { Properties } from './editor/properties.js';
import { Session } from './editor/session.js';
import { connectPalette, toolsModule } from './editor/tools.js';
import camunda from 'camunda-bpmn-moddle/resources/camunda.json';
import Modeler from 'bpmn-js/lib/Modeler';

const editor = document.querySelector('[data-editor]');
const part = (name) => editor.querySelector(`[data-part=${name}]`);
const canvasElement = part('canvas');
const status = part('status');
const narrow = window.matchMedia('(max-width: 860px)').matches;

const modeler = narrow ? null : new Modeler({
  container: canvasElement,
  moddleExtensions: { camunda },
  additionalModules: [rendererModule, translateModule, toolsModule],
  ...look
});
const problems = narrow ? null : new Problems(part('problems'), modeler);
const session = new Session({
  urls: { draft: editor.dataset.draftUrl }, token: editor.dataset.token, modeler, problems, status
});

start().catch((error) => {
  console.error(error);
  status.textContent = '没有打开：请刷新页面再试';
  status.classList.add('is-over');
});

async function start() {
  const draft = await session.load();
  if (narrow) await new DiagramView(canvasElement, { xml: draft.xml, label: `${draft.name}流程图` }).draw();
  else await edit(draft);
  editor.dataset.ready = 'true';
}

async function edit(draft) {
  const { warnings } = await modeler.importXML(draft.xml);
  for (const warning of warnings) console.warn(warning);
  new Properties(part('props'), modeler, draft.catalogue).show([]);
  connectPalette(part('palette'), modeler);
  connectBar();
  fit();
  problems.onchange = (errors) => { part('force').disabled = errors > 0 || session.stale; };
  problems.setServer(draft.problems);
  await check();
  const later = debounce(check, 250);
  modeler.on('commandStack.changed', () => {
    later();
    session.changed();
    undoState();
  });
  session.onsaved = ({ version }) => {
    part('mark').hidden = false;
    part('mark').textContent = `第${version}版草稿`;
    part('discard').hidden = false;
  };
}

const check = async () => problems.setLocal(await lint(modeler.getDefinitions()));

/** The whole diagram, but never smaller than can be read. */
function fit() {
  const canvas = modeler.get('canvas');
  canvas.zoom('fit-viewport', 'auto');
  if (canvas.zoom() > 1) canvas.zoom(1, 'auto');
  if (canvas.zoom() >= 0.5) return;
  canvas.zoom(0.62);
  const { inner } = canvas.viewbox();
  canvas.viewbox({ ...canvas.viewbox(), x: inner.x - 24, y: inner.y - 24 });
}

function connectBar() {
  const actions = {
    undo: () => modeler.get('commandStack').undo(),
    redo: () => modeler.get('commandStack').redo(),
    find: () => modeler.get('searchPad').toggle(),
    fit,
    'zoom-in': () => modeler.get('zoomScroll').stepZoom(1),
    'zoom-out': () => modeler.get('zoomScroll').stepZoom(-1)
  };
  for (const button of editor.querySelectorAll('[data-action]')) button.addEventListener('click', actions[button.dataset.action]);
  undoState();
  part('force').addEventListener('click', async () => {
    if (await session.save() && problems.errors === 0) location.assign(part('force').dataset.url);
  });
}

function undoState() {
  const stack = modeler.get('commandStack');
  editor.querySelector('[data-action=undo]').disabled = !stack.canUndo();
  editor.querySelector('[data-action=redo]').disabled = !stack.canRedo();
}

window.wenzeEditor = { modeler, session, problems }; // for tests and for those who look under the hood
