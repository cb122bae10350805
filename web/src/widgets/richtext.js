// Long text with headings, lists and strong parts. It is kept as plain text that reads well as it is (see
// engine/model/richtext.py); what is pasted, also from Word, becomes such text before it gets in.
import { t } from '../t.js';
import { changed, make } from './dom.js';

const HEADING = /^[一二三四五六七八九十]{1,3}、\S.{0,60}$/;
const SUBHEADING = /^（[一二三四五六七八九十]{1,3}）\S.{0,60}$/;
const ITEM = /^[-·•●▪◦]\s+(?=\S)/;
const NUMBERED = /^(\d{1,3})[.．、)）]\s*(?=[^\s\d])/;
const STRONG = /(?<![*\d])\*\*(?=[^\s*])([^*\n]{1,500}?)(?<=[^\s*])\*\*(?![*\d])/g;
const BLOCKS = new Set(['P', 'DIV', 'UL', 'OL', 'LI', 'TR', 'TABLE', 'BLOCKQUOTE', 'SECTION', 'ARTICLE', 'PRE', 'H1', 'H2', 'H3', 'H4', 'H5', 'H6']);
const SILENT = new Set(['SCRIPT', 'STYLE', 'HEAD', 'TITLE', 'TEMPLATE', 'IFRAME', 'OBJECT', 'SVG', 'MATH', 'XML', 'META', 'LINK']);
const NUMBERS = '一二三四五六七八九十';

/** The nodes that draw a text. */
export function toNodes(text) {
  const nodes = [];
  for (const line of text.split('\n').map((one) => one.trim()).filter(Boolean)) {
    const bare = line.replace(STRONG, '$1');
    const last = nodes.at(-1);
    const ordered = NUMBERED.exec(line);
    if (HEADING.test(bare) && !bare.endsWith('。')) nodes.push(make('p', { class: 'rich__head' }, bare));
    else if (SUBHEADING.test(bare) && !bare.endsWith('。')) nodes.push(make('p', { class: 'rich__sub' }, bare));
    else if (ITEM.test(line)) (last?.tagName === 'UL' ? last : nodes[nodes.push(make('ul')) - 1]).append(make('li', {}, ...runs(line.replace(ITEM, ''))));
    else if (ordered) (last?.tagName === 'OL' ? last : nodes[nodes.push(make('ol', { start: ordered[1] })) - 1]).append(make('li', {}, ...runs(line.slice(ordered[0].length))));
    else nodes.push(make('p', {}, ...runs(line)));
  }
  return nodes;
}

const runs = (line) => line.split(STRONG).map((part, at) => (at % 2 ? make('strong', {}, part) : part)).filter((part) => part !== '');

/** The text that nodes draw; all that isn't text, list, heading or strong is left out. */
export function toText(root) {
  const lines = [''];
  const numbers = [0, 0];
  const fresh = () => { if (!/^\s*(- |\d+\. |（?[一二三四五六七八九十]+[、）])?$/.test(lines.at(-1))) lines.push(''); };
  const add = (text) => { lines[lines.length - 1] += text; };
  const walk = (node, strong, list) => {
    if (node.nodeType === Node.TEXT_NODE) add(node.data.replace(/\s+/g, ' '));
    if (node.nodeType !== Node.ELEMENT_NODE || SILENT.has(node.tagName.toUpperCase())) return;
    const tag = node.tagName.toUpperCase();
    if (tag === 'BR') { lines.push(''); return; }
    if (BLOCKS.has(tag)) fresh();
    if (tag === 'LI') add(list?.ordered ? `${list.next++}. ` : '- ');
    if (/^H[1-6]$/.test(tag)) add(headingNumber(Number(tag[1]), numbers));
    const within = tag === 'UL' || tag === 'OL' ? { ordered: tag === 'OL', next: Number(node.getAttribute('start')) || 1 } : list;
    const bold = !strong && !/^H[1-6]$/.test(tag) && (tag === 'B' || tag === 'STRONG') && node.textContent.trim() !== '' && !/font-weight:\s*(normal|400)/.test(node.dataset.style ?? '');
    if (bold) add('**');
    for (const child of node.childNodes) walk(child, strong || bold, within);
    if (bold) add('**');
    if (BLOCKS.has(tag)) fresh();
  };
  for (const child of root.childNodes) walk(child, false, null);
  return lines.map((line) => line.replaceAll('****', '').trim()).join('\n').replace(/\n{3,}/g, '\n\n').trim();
}

/** The body of pasted HTML; styles stand in `data-style`, since the page's policy refuses them even where none is shown. */
function parsed(html) {
  const bare = html.replace(/<style[\s\S]*?<\/style>/gi, '').replace(/<[^>]*>/g, (tag) => tag.replace(/\sstyle\s*=/gi, ' data-style='));
  return new DOMParser().parseFromString(bare, 'text/html').body;
}

function headingNumber(level, numbers) {
  const at = level <= 2 ? 0 : 1;
  numbers[at] += 1;
  if (!at) numbers[1] = 0;
  const number = NUMBERS[Math.min(numbers[at], NUMBERS.length) - 1];
  return at ? `（${number}）` : `${number}、`;
}

/** Puts an editor over the textarea, which keeps the text. */
export function richText(area) {
  const label = document.querySelector(`label[for="${CSS.escape(area.id)}"]`);
  const editor = make('div', { class: 'rich form-control', contenteditable: 'true', role: 'textbox', 'aria-multiline': 'true', tabindex: '0', 'aria-label': label?.firstChild?.textContent.trim() ?? t`正文` });
  for (const name of ['aria-describedby', 'aria-invalid']) if (area.hasAttribute(name)) editor.setAttribute(name, area.getAttribute(name));
  if (area.classList.contains('is-invalid')) editor.classList.add('is-invalid');
  const most = Number(area.getAttribute('maxlength')) || 0;
  const room = make('span', { class: 'rich__room', 'aria-live': 'polite' });
  const tool = (text, title, act) => make('button', { type: 'button', title, 'aria-label': title, mousedown: (event) => event.preventDefault(), click: () => { editor.focus(); act(); sync(); } }, text);
  const bar = make('div', { class: 'rich__bar', role: 'toolbar', 'aria-label': t`文字样式` },
    tool('一、', t`标题`, () => heading('rich__head', (number) => `${number}、`)),
    tool('（一）', t`小标题`, () => heading('rich__sub', (number) => `（${number}）`)),
    tool(make('b', {}, t`粗`), t`加粗`, () => document.execCommand('bold')),
    tool(t`• 列表`, t`列表`, () => document.execCommand('insertUnorderedList')),
    tool(t`1. 编号`, t`编号列表`, () => document.execCommand('insertOrderedList')), room);
  area.before(bar, editor);
  editor.id = area.id;
  area.id = `${area.id}-text`;
  label?.addEventListener('click', () => editor.focus());
  area.hidden = true;
  const draw = () => { editor.replaceChildren(...toNodes(area.value)); if (!editor.childNodes.length) editor.append(make('p', {}, make('br'))); };

  function sync() {
    area.value = toText(editor);
    const size = [...area.value].length;
    room.textContent = most && size > most * 0.8 ? t`${size}/${most}字` : '';
    room.classList.toggle('rich__room--over', most > 0 && size > most);
    changed(area);
  }

  /** Makes a heading of the line with the cursor, with the next number; or a paragraph of a heading. */
  function heading(kind, number) {
    let block = document.getSelection().anchorNode;
    while (block && block.parentNode !== editor) block = block.parentNode;
    if (!block) return;
    const text = block.textContent.replace(/^([一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]{1,3}）)/, '').trim();
    const before = [...editor.children].slice(0, [...editor.children].indexOf(block));
    const since = kind === 'rich__sub' ? before.slice(before.findLastIndex((one) => one.classList.contains('rich__head')) + 1) : before;
    const count = since.filter((one) => one.classList.contains(kind)).length;
    const made = block.classList?.contains(kind) ? make('p', {}, text || make('br')) : make('p', { class: kind }, `${number(NUMBERS[Math.min(count, NUMBERS.length - 1)])}${text}`);
    block.replaceWith(made);
    document.getSelection().selectAllChildren(made);
    document.getSelection().collapseToEnd();
  }

  editor.addEventListener('input', (event) => { event.stopPropagation(); sync(); });
  editor.addEventListener('paste', (event) => {
    event.preventDefault();
    const html = event.clipboardData.getData('text/html');
    const text = html ? toText(parsed(html)) : event.clipboardData.getData('text/plain');
    const box = make('div', {}, ...toNodes(text));
    const one = box.childNodes.length === 1 && box.firstChild.className === '' && box.firstChild.tagName === 'P';
    document.execCommand('insertHTML', false, one ? box.firstChild.innerHTML : box.innerHTML);
  });
  editor.addEventListener('drop', (event) => event.preventDefault());
  editor.addEventListener('blur', () => { if (toText(editor) !== '') draw(); });
  try { document.execCommand('defaultParagraphSeparator', false, 'p'); } catch { /* older browsers */ }
  draw();
}
