// Fills every element with `data-diagram-url`; loaded by app.js only where there is one.
import { show } from './diagram/view.js';

for (const container of document.querySelectorAll('[data-diagram-url]:not(.is-drawn)')) {
  show(container).catch((error) => {
    console.error(error);
    container.dispatchEvent(new CustomEvent('diagram-failed', { bubbles: true, detail: error }));
  });
}
