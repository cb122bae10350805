// What is written in a form stays in its tab while the server hasn't taken it: over a lost session, a failed
// save, a closed lid. Only its writer gets it back, and it goes when it has been saved or thrown away.
import { t } from './t.js';

const PREFIX = 'wenze-form:';
const place = (form) => `${PREFIX}${new URL(form.action, location.href).pathname}`;
const SIGNING_IN = /^\/(sign-in|steps|provider)/;

/** Keeps the form's fields in this tab. */
export function keep(form, sent = false) {
  const fields = [...new FormData(form)].filter(([name, value]) => typeof value === 'string' && !['csrf_token', '_once', 'revision', '_action'].includes(name));
  try {
    sessionStorage.setItem(place(form), JSON.stringify({ owner: form.dataset.owner, sent, fields }));
  } catch { /* no room, or not allowed: the question before leaving remains */ }
}

/** Forgets what is kept of the form. */
export function forget(form) {
  sessionStorage.removeItem(place(form));
}

/** Gives the form back what is kept of it; tells whether there was anything. */
export function restore(form) {
  const key = form && place(form);
  const text = key && sessionStorage.getItem(key);
  tidy(form, key);
  if (!text) return false;
  const { owner, sent, fields } = JSON.parse(text);
  const fromSignIn = SIGNING_IN.test(document.referrer && new URL(document.referrer).pathname);
  sessionStorage.removeItem(key);
  if (owner !== form.dataset.owner || (sent && !fromSignIn)) return false;
  return put(form, fields);
}

/** Other forms' texts are over once a page comes that isn't about signing in, and so are other people's. */
function tidy(form, key) {
  if (SIGNING_IN.test(location.pathname)) return;
  for (const name of Object.keys(sessionStorage)) {
    if (!name.startsWith(PREFIX) || name === key) continue;
    const { owner, sent } = JSON.parse(sessionStorage.getItem(name));
    if (sent || (form?.dataset.owner && owner !== form.dataset.owner)) sessionStorage.removeItem(name);
  }
}

function put(form, fields) {
  const values = Map.groupBy ? Map.groupBy(fields, ([name]) => name) : group(fields);
  let different = false;
  for (const control of form.elements) {
    if (!control.name || !values.has(control.name) || ['file', 'hidden', 'submit', 'button'].includes(control.type)) continue;
    const given = values.get(control.name).map(([, value]) => value);
    if (control.type === 'checkbox' || control.type === 'radio') {
      const ticked = given.includes(control.value);
      different ||= control.checked !== ticked;
      control.checked = ticked;
    } else {
      different ||= control.value !== given.at(-1);
      control.value = given.at(-1);
    }
  }
  if (different) say(form);
  return different;
}

function group(fields) {
  const found = new Map();
  for (const one of fields) found.set(one[0], [...(found.get(one[0]) ?? []), one]);
  return found;
}

function say(form) {
  const note = document.createElement('div');
  note.className = 'note mt-3';
  note.setAttribute('role', 'status');
  note.textContent = t`已接上您上次没有存下来的内容，请核对。`;
  form.before(note);
}
