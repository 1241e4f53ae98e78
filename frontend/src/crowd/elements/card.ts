import { css, html, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { CrowdElement } from "../parts/element";
import { crowdStyles } from "../parts/styles";

/** `<crowd-card>`: a box for information. */
export class CrowdCard extends CrowdElement {
  static override styles = [
    crowdStyles,
    css`
      :host {
        display: block;
        margin-block: 8px;
        padding: 16px 20px;
        border: 1px solid var(--mw-border, #d9dfe3);
        border-radius: 12px;
        background: var(--mw-surface, #fff);
        box-shadow: var(--mw-shadow, 0 1px 2px rgb(20 30 36 / 6%));
      }
      h2 {
        margin: 0 0 8px;
        font-size: 17px;
      }
      img {
        display: block;
        max-inline-size: 100%;
        margin-block-end: 12px;
        border-radius: 8px;
      }
    `,
  ];

  @property() heading = "";
  @property() image = "";

  protected override render(): TemplateResult {
    return html`${this.image === "" ? nothing : html`<img src=${this.image} alt="" />`}
      ${this.heading === "" ? nothing : html`<h2>${this.heading}</h2>`}<slot></slot>`;
  }
}
