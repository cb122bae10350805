// A form that holds unsaved input asks before it is left; sending it, or the autosave, clears the question.
// The autosave and sending never overlap: each changes the revision that the other has to name.

import { forget, keep, restore } from './keep.js';

const FORM = 'task-form';
const SAVER = 'saved';
const revision = () => document.getElementById('revision')?.value;

/** Warns before leaving the task's form with changes that neither a post nor the autosave has taken. */
export function watchDrafts() {
  const form = document.getElementById(FORM);
  let changed = restore(form);
  if (changed) setTimeout(() => form.dispatchEvent(new Event('input', { bubbles: true })), 500); // saves it
  document.addEventListener('click', ({ target }) => {
    const way = target.closest?.('[data-keeps], [data-discards]');
    if (!way) return;
    changed = false;
    const now = document.getElementById(FORM);
    if (way.matches('[data-discards]')) forget(now); else keep(now);
  });
  let known = revision();
  document.addEventListener('input', ({ target }) => {
    if (target.closest?.(`#${FORM}`)) changed = true;
  });
  document.addEventListener('submit', (event) => {
    if (event.target.id !== FORM || event.defaultPrevented) return;
    changed = false;
    if (event.target.dataset.owner) keep(event.target, true);
  });
  const body = document.getElementById('task-body');
  if (body) {
    new MutationObserver(() => {
      if (revision() === known) return; // the autosave brings the next revision
      known = revision();
      changed = false;
      forget(document.getElementById(FORM));
    }).observe(body, { childList: true, subtree: true });
  }
  window.addEventListener('beforeunload', (event) => {
    if (changed) event.preventDefault();
  });
}

/** Lets an autosave finish before the form is sent, begins none after that, and sends the form once. */
export function sendOnce() {
  let saving = null; // the request that is under way
  let sending = false;
  let held = null; // the button that waits for it
  document.addEventListener('htmx:before:request', (event) => {
    if (event.target.id !== SAVER) return;
    if (sending || held) {
      event.preventDefault();
      return;
    }
    saving = event.detail.ctx;
    saving.request.body.set('revision', revision()); // it may have queued behind the one that changed it
  });
  document.addEventListener('htmx:finally:request', ({ detail }) => {
    if (detail.ctx !== saving) return;
    saving = null;
    if (!(detail.ctx.response?.status < 400)) keep(document.getElementById(FORM));
    const button = held;
    held = null;
    if (button) button.form.requestSubmit(button);
  });
  document.addEventListener('submit', (event) => {
    if (event.target.id !== FORM) return;
    if (saving) held = event.submitter;
    if (saving || sending) event.preventDefault();
    else sending = true;
  }, { capture: true });
  window.addEventListener('pageshow', () => { sending = false; }); // also when the browser's Back brings it
}
