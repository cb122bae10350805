// Small helpers for building HTML without inline styles or handlers.

/** An element with attributes; `on` holds listeners, null and false attributes are left out. */
export function h(tag, { on = {}, ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'value') element.value = value;
    else if (name === 'checked' || name === 'disabled' || name === 'selected') element[name] = true;
    else element.setAttribute(name, value === true ? '' : value);
  }
  for (const [name, listener] of Object.entries(on)) element.addEventListener(name, listener);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const PATHS = {
  right: 'm6.3 4.5 3.5 3.5-3.5 3.5',
  alert: 'M8 2 1.8 13.2h12.4zM8 6.5v3M8 11.3v.1',
  info: 'M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8M8 7.3v4M8 4.8v.1',
  check: 'm3 8.5 3.3 3.3L13 4.8',
  user: 'M8 2.7a2.6 2.6 0 1 1 0 5.2 2.6 2.6 0 0 1 0-5.2M2.8 13.8c.3-2.8 2.3-4.3 5.2-4.3s4.9 1.5 5.2 4.3'
};

/** One of the page's 16-pixel line icons. */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'i');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('aria-hidden', 'true');
  const path = svg.appendChild(document.createElementNS(svg.namespaceURI, 'path'));
  path.setAttribute('d', PATHS[name]);
  return svg;
}

/** Calls `action` once, `delay` milliseconds after the last of several calls. */
export function debounce(action, delay) {
  let timer = 0;
  const later = (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...values), delay);
  };
  later.cancel = () => clearTimeout(timer);
  return later;
}
