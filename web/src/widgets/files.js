// Files are dropped or chosen, several at once. At a task each goes up at once with its progress and stays in the
// draft; where there is no task yet, they wait in the form and can be taken out before it is sent.
import { t } from '../t.js';
import { changed, make } from './dom.js';

const LIMIT = 20_000_000;
const size = (bytes) => (bytes < 1024 ** 2 ? `${Math.max(1, Math.round(bytes / 1024))}KB` : `${(bytes / 1024 ** 2).toFixed(1)}MB`);

/** What is wrong with a file, "" if nothing that can be told here. */
export function refusal(file, accept) {
  const endings = accept.split(',').map((one) => one.trim().toLowerCase()).filter(Boolean);
  const name = file.name.toLowerCase();
  if (endings.length && !endings.some((one) => name.endsWith(one))) return t`不能上传这种文件，可用：${endings.map((one) => one.slice(1)).join('、')}`;
  if (file.size > LIMIT) return t`${size(file.size)}，超过20MB，请压缩或拆分`;
  return file.size ? '' : t`是空文件`;
}

export function dropZone(zone) {
  const input = zone.querySelector('input[type=file]');
  if (!input) return;
  const form = input.form;
  const list = make('ul', { class: 'picked picked--new', 'aria-live': 'polite' });
  zone.before(list);
  zone.prepend(make('b', { class: 'drop__word' }, t`拖到这里，或`));
  let over = 0;
  const lit = (on) => zone.classList.toggle('drop--over', on);
  zone.addEventListener('dragenter', (event) => { event.preventDefault(); over += 1; lit(true); });
  zone.addEventListener('dragleave', () => { over -= 1; if (over <= 0) { over = 0; lit(false); } });
  zone.addEventListener('dragover', (event) => event.preventDefault());
  zone.addEventListener('drop', (event) => {
    event.preventDefault();
    over = 0;
    lit(false);
    take([...event.dataTransfer.files]);
  });
  input.addEventListener('change', () => {
    const files = [...input.files];
    if (form.dataset.uploadUrl) { input.value = ''; take(files); } else hold(files);
  });

  function take(files) {
    if (form.dataset.uploadUrl) files.forEach((file) => upload(file, form, input, list));
    else hold([...input.files, ...files]);
  }

  /** Keeps these files in the input, each with a button that takes it out. */
  function hold(files) {
    const kept = new DataTransfer();
    const rows = [];
    for (const file of files) {
      const wrong = refusal(file, input.accept);
      if (wrong) { rows.push(line(file, wrong)); continue; }
      kept.items.add(file);
      rows.push(line(file, '', () => hold([...input.files].filter((one) => one !== file))));
    }
    input.files = kept.files;
    list.replaceChildren(...rows);
  }
}

function line(file, wrong, remove) {
  const row = make('li', {}, make('span', {}, file.name, make('small', { class: wrong ? 'error' : 'dim' }, `　${wrong || size(file.size)}`)));
  row.append(make('button', { type: 'button', class: 'btn btn-text btn-sm', 'aria-label': t`去掉${file.name}`, click: () => (remove ? remove() : row.remove()) }, wrong ? t`知道了` : t`去掉`));
  return row;
}

function upload(file, form, input, list) {
  const wrong = refusal(file, input.accept);
  if (wrong) { list.append(line(file, wrong)); return; }
  const bar = make('progress', { max: '100', value: '0', 'aria-label': t`正在上传${file.name}` });
  const request = new XMLHttpRequest();
  const row = make('li', {}, make('span', {}, file.name, make('small', { class: 'dim' }, `　${size(file.size)}`)), bar,
    make('button', { type: 'button', class: 'btn btn-text btn-sm', click: () => { request.abort(); row.remove(); } }, t`取消`));
  list.append(row);
  request.upload.addEventListener('progress', ({ loaded, total }) => { bar.value = total ? (loaded / total) * 100 : 0; });
  request.addEventListener('load', () => {
    let answer = {};
    try { answer = JSON.parse(request.responseText); } catch { /* said below */ }
    if (request.status === 200 && answer.id) row.replaceWith(kept(answer, input));
    else row.replaceWith(line(file, answer.message || (request.status === 401 ? t`登录已过期，请重新登录后再上传` : t`没有上传成功，请再试`)));
    if (request.status === 200) changed(input);
  });
  request.addEventListener('error', () => row.replaceWith(line(file, t`网络不通，没有上传，请再试`)));
  request.open('POST', form.dataset.uploadUrl);
  request.setRequestHeader('X-CSRFToken', form.elements.csrf_token.value);
  request.setRequestHeader('HX-Request', 'true'); // whoever isn't signed in is told so, not sent elsewhere
  const body = new FormData();
  body.append('field', input.name);
  body.append('file', file);
  request.send(body);
}

/** A file that is with the task: it goes with the form as long as it stands here. */
function kept({ id, name, size: bytes, href }, input) {
  const row = make('li', {}, make('input', { type: 'hidden', name: input.name, value: id }),
    make('span', {}, make('a', { href }, name), make('small', { class: 'dim' }, t`　${size(bytes)}，已上传`)));
  row.append(make('button', { type: 'button', class: 'btn btn-text btn-sm', 'aria-label': t`去掉${name}`, click: () => { row.remove(); changed(input); } }, t`去掉`));
  return row;
}
