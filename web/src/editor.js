// The process editor. On phones the diagram is shown, not edited.
import { DiagramView } from './diagram/view.js';
import { look, rendererModule } from './diagram/renderer.js';
import { translateModule } from './diagram/zh.js';
import { debounce } from './editor/dom.js';
import { lint } from './editor/lint.js';
import { mend } from './editor/mend.js';
import { Problems } from './editor/problems.js';
import { Properties } from './editor/properties.js';
import { Session } from './editor/session.js';
import { connectPalette, toolsModule } from './editor/tools.js';
import camunda from 'camunda-bpmn-moddle/resources/camunda.json';
import Modeler from 'bpmn-js/lib/Modeler';
import { t } from './t.js';

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
if (modeler) mend(modeler.get('moddle'));
const problems = narrow ? null : new Problems(part('problems'), modeler);
const session = new Session({
  urls: { draft: editor.dataset.draftUrl, check: editor.dataset.checkUrl }, token: editor.dataset.token, modeler, problems, status
});

start().catch((error) => {
  console.error(error);
  status.textContent = t`没有打开：请刷新页面再试`;
  status.classList.add('is-over');
});

async function start() {
  const draft = await session.load();
  if (narrow) await new DiagramView(canvasElement, { xml: draft.xml, label: t`${draft.name}流程图` }).draw();
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
  session.onstate = () => problems.render();
  problems.onchange = (errors) => {
    const unchanged = session.revision === 0 && !session.dirty;
    part('force').disabled = errors > 0 || unchanged || !session.settled;
    if (errors) return;
    if (unchanged) problems.why.textContent = t`没有改动，不用施行`;
    else if (!session.settled && !session.stale) problems.why.textContent = t`正在检查`;
  };
  session.check();
  await check();
  const later = debounce(check, 250);
  modeler.on('commandStack.changed', () => {
    later();
    session.changed();
    undoState();
  });
  session.onsaved = ({ version }) => {
    part('mark').hidden = false;
    part('mark').textContent = t`第${version}版草稿`;
    part('discard').hidden = false;
  };
}

const check = async () => problems.setLocal(await lint(modeler.getDefinitions()));

const MARGIN = 28;
const SMALLEST = 0.8; // below this nobody can read a name; then one scrolls

/** The whole diagram with a margin, but never smaller than can be read. */
function fit() {
  const canvas = modeler.get('canvas');
  canvas.resized();
  const { inner, outer } = canvas.viewbox();
  const room = { width: outer.width - 2 * MARGIN, height: outer.height - 2 * MARGIN };
  const scale = Math.max(SMALLEST, Math.min(1, room.width / inner.width, room.height / inner.height));
  const [width, height] = [outer.width / scale, outer.height / scale];
  const x = inner.width * scale > room.width ? inner.x - MARGIN / scale : inner.x + inner.width / 2 - width / 2;
  const y = inner.height * scale > room.height ? inner.y - MARGIN / scale : inner.y + inner.height / 2 - height / 2;
  canvas.viewbox({ x, y, width, height });
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
  part('force').addEventListener('click', () => {
    if (session.settled && problems.errors === 0) location.assign(part('force').dataset.url);
  });
}

function undoState() {
  const stack = modeler.get('commandStack');
  editor.querySelector('[data-action=undo]').disabled = !stack.canUndo();
  editor.querySelector('[data-action=redo]').disabled = !stack.canRedo();
}

window.wenzeEditor = { modeler, session, problems }; // for tests and for those who look under the hood
