// Ticked rows of a box: how many, all at once, and why a verb can't be used for them.

/** Keeps the bar of a list's verbs in step with what is ticked. */
export function watchPicks() {
  const bar = document.getElementById('bulk');
  if (!bar) return;
  const all = document.querySelector('[data-pick-all]');
  const picks = [...document.querySelectorAll('.pick')];
  const why = document.getElementById('bulk-why');
  const verbs = [...bar.querySelectorAll('[name=verb]')];

  const show = () => {
    const ticked = picks.filter((pick) => pick.checked);
    bar.querySelector('[data-picked]').textContent = ticked.length;
    all.checked = ticked.length > 0 && ticked.length === picks.length;
    all.indeterminate = ticked.length > 0 && !all.checked;
    const reasons = [];
    for (const verb of verbs) {
      verb.disabled = ticked.some((pick) => !pick.dataset.can.split(' ').includes(verb.value));
      if (verb.disabled) reasons.push(verb.dataset.why);
    }
    why.textContent = reasons.join('；');
  };

  all.hidden = false;
  all.addEventListener('change', () => {
    for (const pick of picks) pick.checked = all.checked;
    show();
  });
  for (const pick of picks) pick.addEventListener('change', show);
  bar.addEventListener('reset', () => setTimeout(() => {
    for (const pick of picks) pick.checked = false; // also those that the page came with
    show();
  }));
  window.addEventListener('pageshow', show); // the browser may have kept ticks
  show();
}
