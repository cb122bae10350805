// Numbers of the boxes, told at once: by a stream of events where the server has a place for one, else by asking.

const STREAM_AGAIN = 5 * 60_000; // after the server had no place
const VISIBLE = 10_000; // between two questions of a page that is looked at
const HIDDEN = 60_000;
const LONGEST = 5 * 60_000; // while the server doesn't answer

/** Keeps numbers, title and the hint of new tasks as they are on the server. */
export function watchBoxes() {
  const hint = document.getElementById('arrived');
  if (!hint) return;
  const title = document.title;
  const asked = `?since=${encodeURIComponent(hint.dataset.since)}`;
  let stream = null;
  let timer = 0;
  let known = '';
  let refused = 0; // when the server had no place
  let failures = 0;
  let over = false; // the session ended

  const show = (live) => {
    for (const place of document.querySelectorAll('[data-count]')) {
      const count = live[place.dataset.count] ?? 0;
      place.textContent = count > 99 ? '99+' : count || '';
      place.hidden = !count;
    }
    document.title = live.todo ? `(${live.todo > 99 ? '99+' : live.todo}) ${title}` : title;
    const link = hint.querySelector('a');
    const count = live.arrived + live.offered;
    const said = count ? hint.dataset.said.replace('{n}', count) : '';
    link.href = live.arrived ? hint.dataset.todo : hint.dataset.claimable;
    if (link.textContent !== said) link.textContent = said; // which a screen reader says
    hint.classList.toggle('arrived--shown', count > 0);
  };

  const later = () => {
    clearTimeout(timer);
    if (over) return;
    const pause = document.hidden ? HIDDEN : VISIBLE;
    timer = setTimeout(begin, Math.min(pause * 2 ** failures, LONGEST));
  };

  const ask = async () => {
    try {
      const headers = known ? { 'If-None-Match': known } : {};
      const answer = await fetch(hint.dataset.now + asked, { headers, cache: 'no-store', redirect: 'manual' });
      if (answer.type === 'opaqueredirect' || answer.status === 401) over = true;
      if (answer.status === 200) {
        known = answer.headers.get('ETag') ?? '';
        show(await answer.json());
      }
      failures = answer.status >= 500 || answer.status === 429 ? failures + 1 : 0;
    } catch {
      failures += 1;
    }
    later();
  };

  const listen = () => {
    stream = new EventSource(hint.dataset.events + asked);
    stream.addEventListener('live', (event) => show(JSON.parse(event.data)));
    stream.addEventListener('end', () => {
      over = true;
      stop();
    });
    stream.addEventListener('error', () => {
      if (stream?.readyState !== EventSource.CLOSED) return; // it asks again by itself
      stop();
      refused = Date.now();
      ask();
    });
  };

  const stop = () => {
    clearTimeout(timer);
    stream?.close();
    stream = null;
  };

  const begin = () => {
    if (over || stream) return;
    if (!document.hidden && window.EventSource && Date.now() - refused > STREAM_AGAIN) listen();
    else ask();
  };

  document.addEventListener('visibilitychange', () => {
    stop();
    if (document.hidden) later();
    else begin();
  });
  window.addEventListener('pagehide', stop);
  window.addEventListener('pageshow', (event) => event.persisted && begin());
  begin();
}
