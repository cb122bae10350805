// Steps that may be chosen on a diagram: `data-diagram-pick="to"` names the radio buttons or the list of a form
// whose values are element ids. What is chosen here is chosen there, and the reverse; the list does without.

const controls = (name) => [...document.querySelectorAll(`form [name="${CSS.escape(name)}"]`)];

function read(name) {
  const [first] = controls(name);
  if (first?.tagName === 'SELECT') return { ids: [...first.options].map(({ value }) => value).filter(Boolean), chosen: first.value };
  const all = controls(name);
  return { ids: all.map(({ value }) => value), chosen: all.find(({ checked }) => checked)?.value ?? '' };
}

function write(name, id) {
  const all = controls(name);
  const control = all[0]?.tagName === 'SELECT' ? all[0] : all.find(({ value }) => value === id);
  if (!control) return;
  if (control.tagName === 'SELECT') control.value = id;
  else control.checked = true;
  control.dispatchEvent(new Event('change', { bubbles: true }));
}

/** Lets people choose on this view; steps that the form doesn't offer stay a picture. */
export function letPick(view, name) {
  const { registry, canvas, paper } = view;
  paper.querySelector('.djs-container > svg')?.setAttribute('role', 'group');
  const shapes = () => registry.filter((one) => one.parent && !one.waypoints && !one.labelTarget);

  const refresh = () => {
    const { ids, chosen } = read(name);
    for (const shape of shapes()) {
      const offered = ids.includes(shape.id);
      const drawn = canvas.getGraphics(shape);
      for (const [marker, on] of [['wz-pick', offered], ['wz-picked', offered && shape.id === chosen]]) {
        if (on) canvas.addMarker(shape, marker);
        else canvas.removeMarker(shape, marker);
      }
      if (!offered) {
        for (const attribute of ['role', 'tabindex', 'aria-pressed', 'aria-label']) drawn.removeAttribute(attribute);
        continue;
      }
      drawn.setAttribute('role', 'button');
      drawn.setAttribute('tabindex', '0');
      drawn.setAttribute('aria-pressed', String(shape.id === chosen));
      drawn.setAttribute('aria-label', shape.businessObject.name || shape.id);
    }
  };
  const pick = (event) => {
    const id = event.target.closest?.('.wz-pick')?.dataset.elementId;
    if (!id) return;
    event.preventDefault();
    write(name, id);
  };
  paper.addEventListener('click', pick);
  paper.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' || event.key === ' ') pick(event);
  });
  document.addEventListener('change', (event) => {
    if (event.target.name === name) refresh();
  });
  document.addEventListener('htmx:after:swap', refresh);
  refresh();
}
