// Loaded by every page. Pages work without it; it adds what saves a click or a mistake.
import 'htmx.org';
import { sendOnce, watchDrafts } from './drafts.js';
import { focusSearchOnSlash, closeMenus } from './keys.js';

focusSearchOnSlash();
closeMenus();
sendOnce();
watchDrafts();

if (document.querySelector('[data-diagram-url]')) import('./viewer.js');
if (document.querySelector('[data-visible], [data-required], [data-options]')) import('./forms.js').then(({ watch }) => watch());
