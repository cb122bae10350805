// Keeping the draft: saves a moment after the last change, and tells what became of it.
import { debounce, h } from './dom.js';
import { t } from '../t.js';

const SOON = 1200;

export class Session {
  constructor({ urls, token, modeler, problems, status }) {
    Object.assign(this, { urls, token, modeler, problems, status });
    this.revision = 0;
    this.dirty = false;
    this.saving = null;
    this.checked = -1; // the revision that the server has checked
    this.stale = false;
    this.signedOut = false;
    this.onsaved = () => {};
    this.onstate = () => {};
    this.soon = debounce(() => this.save(), SOON);
    window.addEventListener('beforeunload', (event) => {
      if (!this.unsaved) return;
      this.save();
      event.preventDefault();
    });
    window.addEventListener('focus', () => { if (this.signedOut) this.renew(); });
    document.addEventListener('click', (event) => this.beforeLeaving(event));
  }

  async load() {
    const draft = await this.ask(this.urls.draft);
    this.revision = draft.revision;
    return draft;
  }

  async ask(url) {
    const answer = await fetch(url, { headers: { Accept: 'application/json' } });
    if (!answer.ok || answer.redirected) throw new Error(`${url}: ${answer.status}`);
    return answer.json();
  }

  /** Whether something here would be lost with the page. */
  get unsaved() {
    return this.dirty || this.stale || Boolean(this.saving);
  }

  /** A link is followed when the draft is saved; what can't be saved is left to the browser's question. */
  async beforeLeaving(event) {
    const link = event.target.closest?.('a[href]:not([target], [download], [href^="#"])');
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || this.stale || !this.unsaved) return;
    event.preventDefault();
    await this.save();
    location.assign(link.href);
  }

  /** Whether the server has all of it, and has checked all of it. */
  get settled() {
    return !this.dirty && !this.saving && !this.stale && this.checked === this.revision;
  }

  /** Asks what the server thinks of the draft; an answer about an older one is asked again. */
  async check() {
    if (this.checking) {
      this.again = true;
      return;
    }
    this.checking = true;
    try {
      const { revision, problems } = await this.ask(this.urls.check);
      this.checked = revision;
      this.problems.setServer(problems);
    } catch (error) {
      console.error(error);
      setTimeout(() => this.check(), 8000);
    } finally {
      this.checking = false;
    }
    if (this.again) {
      this.again = false;
      await this.check();
    }
  }

  changed() {
    if (this.stale) return;
    this.dirty = true;
    this.onstate();
    if (this.signedOut) return;
    this.tell(t`正在修改`);
    this.soon();
  }

  /** Saves what has changed, one after the other; true when the server has everything. */
  async save() {
    this.soon.cancel();
    if (this.saving) await this.saving;
    if (!this.dirty) return !this.stale;
    this.saving = this.send().finally(() => { this.saving = null; });
    return this.saving;
  }

  async send() {
    this.dirty = false;
    this.tell(t`正在保存`);
    try {
      const { xml } = await this.modeler.saveXML({ format: true });
      const answer = await fetch(this.urls.draft, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRFToken': this.token },
        body: JSON.stringify({ xml, revision: this.revision })
      });
      return await this.take(answer);
    } catch (error) {
      console.error(error);
      return this.failed(t`没有保存：连不上服务器，稍后自动再存`);
    }
  }

  async take(answer) {
    const body = await answer.json().catch(() => ({}));
    if (answer.ok) {
      this.revision = body.revision;
      this.check();
      this.tell(t`${body.savedAt}已保存`);
      this.onsaved(body);
      return true;
    }
    if (answer.status === 409) {
      this.stale = true;
      this.onstate();
      this.tell(t`没有保存：别人刚才改过这份草稿`, 'over', [
        [t`下载我的`, () => this.download()], [t`用我的覆盖`, () => this.overwrite()], [t`改看最新的`, () => location.reload()]
      ]);
      return false;
    }
    if (answer.status === 400 || answer.status === 401) return this.leftOut();
    return this.failed(t`没有保存：${body.message ?? t`请刷新页面后再试`}`, answer.status >= 500);
  }

  failed(text, again = true) {
    this.dirty = true;
    this.tell(text, 'over');
    if (again) setTimeout(() => { if (this.dirty && !this.saving) this.save(); }, 8000);
    return false;
  }

  /** The sign-in has ended: what was drawn stays here until it can be saved. */
  leftOut() {
    this.dirty = true;
    this.signedOut = true;
    this.tell(t`没有保存：登录已失效，这一页先不要关`, 'over', [
      [t`在新窗口登录`, () => window.open('/sign-in', '_blank')], [t`重新保存`, () => this.renew()]
    ]);
    return false;
  }

  /** Saves with the token of a new sign-in. */
  async renew() {
    const draft = await this.ask(this.urls.draft).catch(() => null);
    if (!draft) return this.leftOut();
    this.signedOut = false;
    this.token = draft.token;
    return this.save();
  }

  /** Puts this diagram in the place of the draft that somebody else saved. */
  async overwrite() {
    const draft = await this.ask(this.urls.draft).catch(() => null);
    if (!draft) return this.leftOut();
    Object.assign(this, { revision: draft.revision, token: draft.token, stale: false, dirty: true });
    return this.save();
  }

  async download() {
    const { xml } = await this.modeler.saveXML({ format: true });
    const url = URL.createObjectURL(new Blob([xml], { type: 'application/xml' }));
    h('a', { href: url, download: t`我的改动.bpmn` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }

  tell(text, tone = '', actions = []) {
    const buttons = actions.map(([label, action]) => h('button', { class: 'btn btn-text btn-sm', type: 'button', on: { click: action } }, label));
    this.status.replaceChildren(text, ...buttons);
    this.status.classList.toggle('is-over', tone === 'over');
  }
}
