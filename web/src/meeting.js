// Counts along while a meeting is written down: whether enough are there, and what it comes to. Votes of who isn't
// there are taken back. The server counts again, and only its count matters.
import { t } from './t.js';

/** Watches every meeting of the page, also those that come with a later swap. */
export function watchMeetings() {
  const all = () => document.querySelectorAll('[data-meeting]').forEach(count);
  document.addEventListener('input', follow);
  document.addEventListener('change', follow);
  document.addEventListener('htmx:afterSwap', all);
  all();
}

function follow({ target }) {
  const meeting = target.closest?.('[data-meeting]');
  if (meeting) count(meeting);
}

function count(meeting) {
  if (meeting.closest('fieldset:disabled')) return;
  const rules = JSON.parse(meeting.dataset.meeting);
  const ballots = [...meeting.querySelectorAll('.ballot')].map((row) => read(row, rules));
  const output = meeting.querySelector('.tally');
  const found = tally(rules, ballots);
  output.hidden = !ballots.some(({ presence }) => presence);
  output.className = `tally tally--${found.open ? 'open' : found.outcome}`;
  const head = document.createElement('b');
  head.textContent = words(found);
  output.replaceChildren(head, counts(found));
}

/** What one line says, and shows of it what applies. */
function read(row, rules) {
  const presence = row.querySelector('.ballot__presence input:checked')?.value ?? '';
  const [vote, opinion] = ['.ballot__vote', '.ballot__opinion'].map((name) => row.querySelector(name));
  const select = vote.querySelector('select');
  const there = presence === rules.words.present;
  if (presence && !there) select.value = '';
  vote.hidden = presence !== '' && !there;
  const dissents = there && rules.reasons && rules.words.votes.indexOf(select.value) > 0;
  row.classList.toggle('ballot--dissent', dissents);
  opinion.querySelector('textarea').placeholder = dissents ? t`请记录不同意见` : t`意见`;
  return { presence, vote: there ? select.value : '' };
}

/** As the server counts: exact, in whole numbers. */
export function tally(rules, ballots) {
  const entitled = ballots.filter(({ presence }) => presence !== rules.words.recused).length;
  const there = ballots.filter(({ presence }) => presence === rules.words.present);
  const [agreed, against, abstained] = rules.words.votes.map((one) => there.filter(({ vote }) => vote === one).length);
  const enough = holds(rules.quorum, there.length, entitled);
  const carried = holds(rules.majority, agreed, rules.of === 'entitled' ? entitled : there.length);
  const unknown = ballots.filter(({ presence }) => !presence).length;
  const silent = there.filter(({ vote }) => !vote).length;
  const outcome = enough ? (carried ? 'passed' : 'rejected') : 'noQuorum';
  return { entitled, present: there.length, agreed, against, abstained, outcome, unknown, silent, open: unknown > 0 || (enough && silent > 0) };
}

function holds({ top, bottom, heads, above }, number, of) {
  const [left, right] = [number * bottom, top * (heads ? 1 : of)];
  return of > 0 && (above ? left > right : left >= right);
}

function words({ outcome, open, unknown, silent, present, entitled }) {
  if (open && unknown) return t`还有${unknown}人没有填出席情况。`;
  if (open) return t`已达法定人数，还有${silent}人没有表决。`;
  if (outcome === 'noQuorum') return t`应到${entitled}人，到会${present}人，不足法定人数：提交后按“未作决定”办理。`;
  return outcome === 'passed' ? t`已达法定人数和多数：提交后按“通过”办理。` : t`已达法定人数，没有达到多数：提交后按“未通过”办理。`;
}

const counts = ({ entitled, present, agreed, against, abstained }) => t`应到${entitled}人，到会${present}人；赞成${agreed}人，反对${against}人，弃权${abstained}人。`;
