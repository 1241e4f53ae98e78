import { css, html, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { CrowdElement } from "../parts/element";
import { crowdStyles } from "../parts/styles";

/** `<crowd-toast>`: news at the lower edge, for a while. */
export class CrowdToast extends CrowdElement {
  static override styles = [
    crowdStyles,
    css`
      :host {
        position: fixed;
        z-index: 20;
        inset-block-end: 16px;
        inset-inline-start: 16px;
        max-inline-size: min(30rem, calc(100vw - 32px));
        padding: 12px 18px;
        border-radius: 8px;
        background: #11181c;
        color: #f2f5f6;
      }
    `,
  ];

  @property({ type: Number }) duration = 3000;
  @property() text = "";
  #timer = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.role ??= "status";
    this.#timer = window.setTimeout(() => (this.hidden = true), this.duration);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  protected override render(): TemplateResult {
    return html`${this.text}<slot></slot>`;
  }
}
