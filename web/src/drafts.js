// A form that holds unsaved input asks before it is left; sending it, or the autosave, clears the question.

const FORM = 'task-form';
const revision = () => document.getElementById('revision')?.value;

/** Warns before leaving the task's form with changes that neither a post nor the autosave has taken. */
export function watchDrafts() {
  let changed = false;
  let known = revision();
  document.addEventListener('input', ({ target }) => {
    if (target.closest?.(`#${FORM}`)) changed = true;
  });
  document.addEventListener('submit', ({ target }) => {
    if (target.id === FORM) changed = false;
  });
  const body = document.getElementById('task-body');
  if (body) {
    new MutationObserver(() => {
      if (revision() === known) return; // the autosave brings the next revision
      known = revision();
      changed = false;
    }).observe(body, { childList: true, subtree: true });
  }
  window.addEventListener('beforeunload', (event) => {
    if (changed) event.preventDefault();
  });
}
