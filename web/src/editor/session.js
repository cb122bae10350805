// Keeping the draft: saves a moment after the last change, and tells what became of it.
import { debounce } from './dom.js';

const SOON = 1200;

export class Session {
  constructor({ urls, token, modeler, problems, status }) {
    Object.assign(this, { urls, token, modeler, problems, status });
    this.revision = 0;
    this.dirty = false;
    this.saving = null;
    this.checked = -1; // the revision that the server has checked
    this.stale = false;
    this.onsaved = () => {};
    this.onstate = () => {};
    this.soon = debounce(() => this.save(), SOON);
    window.addEventListener('beforeunload', (event) => {
      if (this.dirty) event.preventDefault();
    });
  }

  async load() {
    const answer = await fetch(this.urls.draft, { headers: { Accept: 'application/json' } });
    if (!answer.ok) throw new Error(`draft: ${answer.status}`);
    const draft = await answer.json();
    this.revision = draft.revision;
    return draft;
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
      const answer = await fetch(this.urls.check, { headers: { Accept: 'application/json' } });
      if (!answer.ok) throw new Error(`check: ${answer.status}`);
      const { revision, problems } = await answer.json();
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
    this.tell('正在修改');
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
    this.tell('正在保存');
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
      return this.failed('没有保存：连不上服务器，稍后自动再存');
    }
  }

  async take(answer) {
    const body = await answer.json().catch(() => ({}));
    if (answer.ok) {
      this.revision = body.revision;
      this.check();
      this.tell(`${body.savedAt}已保存`);
      this.onsaved(body);
      return true;
    }
    if (answer.status === 409) {
      this.stale = true;
      this.onstate();
      this.tell(`没有保存：${body.message ?? '别人刚才改过'}`, 'over', true);
      return false;
    }
    return this.failed(`没有保存：${body.message ?? '请刷新页面后再试'}`, answer.status >= 500);
  }

  failed(text, again = true) {
    this.dirty = true;
    this.tell(text, 'over');
    if (again) setTimeout(() => { if (this.dirty && !this.saving) this.save(); }, 8000);
    return false;
  }

  tell(text, tone = '', reload = false) {
    this.status.textContent = text;
    this.status.classList.toggle('is-over', tone === 'over');
    if (!reload) return;
    const link = document.createElement('a');
    link.href = location.href;
    link.textContent = '读取最新的草稿';
    this.status.append('\u3000', link);
  }
}
