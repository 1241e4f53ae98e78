import { css, html, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { CrowdElement } from "../parts/element";
import { crowdStyles } from "../parts/styles";

export const tabStyles = css`
  .tabs {
    display: flex;
    gap: 4px;
    margin-block-end: 12px;
    border-block-end: 1px solid var(--mw-border, #d9dfe3);
    overflow-x: auto;
  }
  .tabs button {
    min-block-size: 40px;
    padding: 0 14px;
    border: 0;
    border-block-end: 2px solid transparent;
    background: none;
    color: var(--mw-muted, #56636c);
    font-weight: 600;
    white-space: nowrap;
    cursor: pointer;
  }
  .tabs button[aria-selected="true"] {
    border-block-end-color: var(--mw-accent, #0a6380);
    color: var(--mw-accent, #0a6380);
  }
`;

/** `<crowd-tab>`: one page of `<crowd-tabs>`. */
export class CrowdTab extends CrowdElement {
  static override styles = [
    crowdStyles,
    css`
      :host {
        display: block;
      }
    `,
  ];

  @property() header = "";

  override connectedCallback(): void {
    super.connectedCallback();
    this.role ??= "tabpanel";
  }

  protected override render(): TemplateResult {
    return html`<slot></slot>`;
  }
}

/** `<crowd-tabs>`. */
export class CrowdTabs extends CrowdElement {
  static override styles = [
    crowdStyles,
    tabStyles,
    css`
      :host {
        display: block;
        margin-block: 8px;
      }
    `,
  ];

  @state() private chosen = 0;
  @state() private tabs: readonly CrowdTab[] = [];
  readonly #observer = new MutationObserver(() => this.#read());

  override connectedCallback(): void {
    super.connectedCallback();
    this.#read();
    this.#observer.observe(this, { childList: true });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer.disconnect();
  }

  protected override updated(): void {
    this.tabs.forEach((tab, at) => (tab.hidden = at !== this.chosen));
  }

  protected override render(): TemplateResult {
    return html`<div class="tabs" role="tablist" @keydown=${(event: KeyboardEvent) => this.#key(event)}>
        ${this.tabs.map(
          (tab, at) => html`<button type="button" role="tab" aria-selected=${at === this.chosen} tabindex=${at === this.chosen ? 0 : -1}
            @click=${() => (this.chosen = at)}>${tab.getAttribute("header") ?? ""}</button>`,
        )}
      </div>
      <slot></slot>`;
  }

  #read(): void {
    this.tabs = [...this.querySelectorAll<CrowdTab>(":scope > crowd-tab")];
    this.chosen = Math.min(this.chosen, Math.max(0, this.tabs.length - 1));
  }

  #key(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined || this.tabs.length === 0) return;
    event.preventDefault();
    this.chosen = (this.chosen + step + this.tabs.length) % this.tabs.length;
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>("[aria-selected=true]")?.focus());
  }
}
