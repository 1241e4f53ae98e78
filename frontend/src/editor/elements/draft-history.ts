import { css, html, LitElement, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { formatTime, t } from "../../shared/i18n";
import { sameBrowser, windowName } from "../../shared/window-name";
import type { DraftVersion } from "../transport/transport";
import { baseStyles } from "./base";

type Shown = "loading" | "failed" | readonly DraftVersion[];

/** What lost against another window's draft, to be brought back. */
export class DraftHistory extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
      }
      p {
        margin: 0;
        color: var(--mw-muted, #56636c);
        line-height: 1.5;
      }
      ul {
        display: grid;
        gap: 8px;
        margin: 12px 0 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 12px;
        padding: 8px 12px;
        border: 1px solid var(--mw-border, #d9dfe3);
        border-radius: 7px;
      }
      li span {
        display: grid;
        min-inline-size: 0;
      }
      small {
        color: var(--mw-muted, #56636c);
      }
    `,
  ];

  @property({ attribute: false }) load: (() => Promise<readonly DraftVersion[]>) | null = null;
  @property({ attribute: false }) bringBack: ((version: DraftVersion) => Promise<void>) | null = null;
  @state() private shown: Shown = "loading";

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#load();
  }

  protected override render(): TemplateResult {
    const { shown } = this;
    if (shown === "loading") return html`<p role="status">${t("One moment.")}</p>`;
    if (shown === "failed") {
      return html`<p role="alert">${t("The history cannot be loaded at the moment.")}</p>
        <button type="button" class="button" @click=${() => void this.#load()}>${t("Try again")}</button>`;
    }
    if (shown.length === 0) {
      return html`<p>${t("Nothing was replaced. When you paint this image in two windows and choose one of them, the other is kept here until you submit.")}</p>`;
    }
    return html`<p>${t("What gave way to another window. It is kept until you submit; bringing it back can be undone.")}</p>
      <ul>
        ${shown.map(
          (version) => html`<li>
            <span><time datetime=${version.saved_at}>${formatTime(new Date(version.saved_at))}</time><small>${whereFrom(version)}</small></span>
            <button type="button" class="button" @click=${() => void this.bringBack?.(version)}>${t("Bring back")}</button>
          </li>`,
        )}
      </ul>`;
  }

  async #load(): Promise<void> {
    this.shown = "loading";
    // The properties are set once this element has been put in place.
    await Promise.resolve();
    this.shown = await (this.load?.() ?? Promise.resolve([])).catch(() => "failed" as const);
  }
}

function whereFrom({ window, device }: DraftVersion): string {
  if (window === windowName()) return t("This window");
  if (sameBrowser(window, windowName())) return t("Another window of this browser");
  return device === "" ? t("Another window") : device;
}

customElements.define("mw-editor-history", DraftHistory);
