// Draws a process and what has happened on it. The container scrolls by itself, so that touch, wheel and
// arrow keys do what they do everywhere else.
import Viewer from 'bpmn-js/lib/Viewer';
import { is, isAny } from 'bpmn-js/lib/util/ModelUtil';
import { placeBadge } from './badges.js';
import { letPick } from './pick.js';
import { ensureArrows, look, rendererModule } from './renderer.js';
import { translateModule } from './zh.js';
import { t } from '../t.js';

const PAD = 16;
const ROOM_BELOW = 26; // for a badge under the lowest element
const READABLE = 0.8; // the picture opens no smaller than this, and scrolls instead
const LARGEST = 2.5;
const STEP = 1.25;
const MINI_SCALE = 0.78;
const LOW = 240; // a picture in which the buttons would be in the way
const AROUND = ['bpmn:Participant', 'bpmn:Lane', 'bpmn:SubProcess']; // a badge may lie on these

/** Shows the diagram of a `data-diagram-url` element; what it held before stays when loading fails. */
export async function show(container) {
  const answer = await fetch(container.dataset.diagramUrl, { headers: { Accept: 'application/json' } });
  if (!answer.ok) return null;
  const view = new DiagramView(container, await answer.json());
  await view.draw();
  return view;
}

export class DiagramView {
  constructor(container, data) {
    this.container = container;
    this.data = { states: {}, flows: [], badges: [], counts: [], ...data };
    this.mini = 'diagramMini' in container.dataset;
    this.focus = container.dataset.diagramFocus || this.data.focus;
  }

  async draw() {
    ensureArrows();
    this.paper = document.createElement('div');
    this.paper.className = 'wz-paper';
    this.viewer = new Viewer({ container: this.paper, additionalModules: [rendererModule, translateModule], ...look });
    await this.viewer.importXML(this.data.xml);
    this.canvas = this.viewer.get('canvas');
    this.registry = this.viewer.get('elementRegistry');
    this.bounds = this.findBounds();
    this.mark();
    this.badge();
    this.mount();
    this.fit();
    this.describe();
    if (this.container.dataset.diagramPick) letPick(this, this.container.dataset.diagramPick);
    new ResizeObserver(() => this.resized()).observe(this.container);
  }

  mark() {
    const { states, flows } = this.data;
    for (const [id, state] of Object.entries(states)) this.addMarker(id, `wz-${state === 'active' && this.isGateway(id) ? 'open' : state}`);
    for (const id of flows) this.addMarker(id, 'wz-taken');
    const taken = new Set(flows);
    for (const { id, businessObject: flow } of this.registry.filter(({ type }) => type === 'bpmn:SequenceFlow')) {
      if (!taken.has(id) && this.wasPassedBy(flow)) this.addMarker(id, 'wz-skipped');
    }
  }

  isGateway(id) {
    return is(this.registry.get(id), 'bpmn:Gateway');
  }

  /** Whether a flow that was not taken lies on a way that was not chosen. */
  wasPassedBy({ sourceRef, targetRef }) {
    const { states } = this.data;
    if ([sourceRef, targetRef].some((node) => states[node?.id] === 'skipped')) return true;
    return states[sourceRef?.id] === 'done' && this.isGateway(sourceRef.id);
  }

  addMarker(id, name) {
    if (this.registry.get(id)) this.canvas.addMarker(id, name);
  }

  badge() {
    const overlays = this.viewer.get('overlays');
    const others = this.registry.filter((element) => element.parent && !isAny(element, AROUND));
    for (const { element: id, text, tone } of this.data.badges) {
      const element = this.registry.get(id);
      if (!element || !text) continue;
      const label = document.createElement('span');
      label.className = `wz-badge ${tone ?? ''}`;
      label.textContent = text;
      overlays.add(element, 'badge', { position: placeBadge(element, text, others), html: label });
    }
    for (const { element: id, text } of this.data.counts) {
      const element = this.registry.get(id);
      if (!element) continue;
      const pill = document.createElement('span');
      pill.className = 'wz-count';
      pill.textContent = text;
      overlays.add(element, 'count', { position: { top: -11, left: element.width - 16 }, html: pill });
    }
  }

  /** Puts scroll area, zoom buttons and watermark into the container. */
  mount() {
    this.scroller = document.createElement('div');
    this.scroller.className = 'wz-scroll';
    this.scroller.tabIndex = 0;
    this.scroller.append(this.paper);
    this.container.replaceChildren(this.scroller);
    this.container.classList.add('canvas', 'bpmn', 'is-drawn');
    const logo = this.paper.querySelector('.bjs-powered-by');
    if (logo) this.container.append(logo); // stays in sight while the picture scrolls
    if (!this.mini) this.container.append(this.zoomButtons());
    this.dragToScroll();
    this.scroller.addEventListener('wheel', (event) => this.wheel(event), { passive: false });
  }

  /** The picture's extent in diagram units, with room for badges. */
  findBounds() {
    const points = this.registry.filter((element) => element.parent).flatMap(corners);
    const [left, top] = ['x', 'y'].map((axis) => Math.min(...points.map((point) => point[axis])));
    const [right, bottom] = ['x', 'y'].map((axis) => Math.max(...points.map((point) => point[axis])));
    const outside = this.data.badges.some(({ element }) => (this.registry.get(element)?.y ?? 0) > bottom - 130);
    return { x: left - PAD, y: top - PAD, width: right - left + 2 * PAD, height: bottom - top + PAD + (outside ? ROOM_BELOW : PAD) };
  }

  get fitting() {
    return this.container.clientWidth / this.bounds.width;
  }

  fit() {
    if (!this.container.clientWidth) return;
    this.fitted = true;
    this.zoom(Math.min(1.15, Math.max(this.fitting, this.mini ? MINI_SCALE : READABLE)));
    this.scrollTo(this.focus);
  }

  /** All of it at once, however small. */
  whole() {
    this.fitted = false;
    this.zoom(Math.min(this.fitting, 1.15));
  }

  resized() {
    if (this.fitted === false || !this.container.clientWidth || this.width === this.container.clientWidth) return;
    this.fit();
  }

  zoom(scale) {
    const limited = Math.min(LARGEST, Math.max(Math.min(this.fitting, READABLE), scale));
    const { scrollLeft, scrollTop, clientWidth, clientHeight } = this.scroller;
    const previous = this.scale ?? limited;
    const middle = { x: (scrollLeft + clientWidth / 2) / previous, y: (scrollTop + clientHeight / 2) / previous };
    const bounds = this.bounds;
    this.scale = limited;
    this.width = this.container.clientWidth;
    this.paper.style.width = `${Math.floor(bounds.width * limited)}px`;
    this.paper.style.height = `${Math.floor(bounds.height * limited)}px`;
    this.container.classList.toggle('is-low', bounds.height * limited < LOW);
    this.canvas.resized();
    this.canvas.viewbox({ ...bounds });
    this.scroller.scrollLeft = middle.x * limited - clientWidth / 2;
    this.scroller.scrollTop = middle.y * limited - clientHeight / 2;
  }

  /** Brings an element to the middle; the start of the picture when there is none. */
  scrollTo(id) {
    const element = id && this.registry.get(id);
    if (!element) return;
    const { x, y } = this.bounds;
    const { clientWidth, clientHeight } = this.scroller;
    this.scroller.scrollLeft = (element.x + element.width / 2 - x) * this.scale - clientWidth / 2;
    this.scroller.scrollTop = (element.y + element.height / 2 - y) * this.scale - clientHeight / 2;
  }

  zoomButtons() {
    const bar = document.createElement('div');
    bar.className = 'zoom';
    bar.append(
      button(t`缩小`, 'M3 8h10', () => this.zoomBy(1 / STEP)),
      button(t`看全图`, 'M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10', () => this.whole()),
      button(t`放大`, 'M8 3v10M3 8h10', () => this.zoomBy(STEP))
    );
    return bar;
  }

  zoomBy(factor) {
    this.fitted = false;
    this.zoom(this.scale * factor);
  }

  wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    this.zoomBy(event.deltaY < 0 ? 1.1 : 1 / 1.1);
  }

  dragToScroll() {
    let last = null;
    this.scroller.addEventListener('pointerdown', (event) => {
      if (event.pointerType !== 'mouse' || event.button !== 0 || event.target.closest('.wz-pick')) return;
      last = event;
      this.scroller.setPointerCapture(event.pointerId);
    });
    this.scroller.addEventListener('pointermove', (event) => {
      if (!last) return;
      this.scroller.scrollLeft -= event.clientX - last.clientX;
      this.scroller.scrollTop -= event.clientY - last.clientY;
      last = event;
    });
    for (const name of ['pointerup', 'pointercancel']) this.scroller.addEventListener(name, () => { last = null; });
  }

  describe() {
    const { label = t`流程图`, description = '' } = this.data;
    const svg = this.paper.querySelector('svg[data-element-id], .djs-container > svg');
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', label);
    svg.removeAttribute('tabindex');
    this.scroller.setAttribute('role', 'region');
    this.scroller.setAttribute('aria-label', t`${label}，可左右滚动`);
    if (!description) return;
    const text = document.createElement('p');
    text.className = 'visually-hidden';
    text.id = `about-${Math.random().toString(36).slice(2)}`;
    text.textContent = description;
    this.container.append(text);
    svg.setAttribute('aria-describedby', text.id);
  }
}

const corners = ({ waypoints, x, y, width, height }) => waypoints ?? [{ x, y }, { x: x + width, y: y + height }];

function button(label, path, action) {
  const element = document.createElement('button');
  element.type = 'button';
  element.className = 'tool';
  element.title = label;
  element.setAttribute('aria-label', label);
  element.innerHTML = `<svg class="i" viewBox="0 0 16 16" aria-hidden="true"><path d="${path}"/></svg>`;
  element.addEventListener('click', action);
  return element;
}
