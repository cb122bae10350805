// Loaded by every page. Pages work without it; it adds what saves a click or a mistake.
import 'htmx.org';
import { sendOnce, watchDrafts } from './drafts.js';
import { closeMenus, listenToKeys, offerHelp, sendByKeys } from './keys.js';
import { watchBoxes } from './live.js';
import { turnMenus } from './menus.js';

turnMenus();
listenToKeys();
offerHelp();
sendByKeys();
closeMenus();
sendOnce();
watchDrafts();
watchBoxes();

if (document.querySelector('[data-pick], [data-kind=date], [data-kind=amount], [data-rich], .drop')) import('./widgets/index.js').then(({ improve }) => improve());
if (document.querySelector('[data-diagram-url]')) import('./viewer.js');
if (document.getElementById('phrases')) import('./phrases.js').then(({ offer }) => offer());
if (document.querySelector('[data-visible], [data-required], [data-options]')) import('./forms.js').then(({ watch }) => watch());
if (document.querySelector('[data-meeting]')) import('./meeting.js').then(({ watchMeetings }) => watchMeetings());
if (document.getElementById('bulk')) import('./picks.js').then(({ watchPicks }) => watchPicks());

document.querySelector('.tabs [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
