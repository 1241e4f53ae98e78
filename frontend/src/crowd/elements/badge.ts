import { css, html, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { CrowdElement } from "../parts/element";
import { crowdIcon } from "../parts/icons";
import { crowdStyles } from "../parts/styles";

/** `<crowd-badge>`: a few characters that stand out. */
export class CrowdBadge extends CrowdElement {
  static override styles = [
    crowdStyles,
    css`
      :host {
        display: inline-grid;
        place-items: center;
        min-inline-size: 22px;
        block-size: 22px;
        padding-inline: 6px;
        border-radius: 999px;
        background: var(--mw-accent, #0a6380);
        color: var(--mw-accent-text, #fff);
        font-size: 12px;
        font-weight: 600;
      }
    `,
  ];

  @property() label = "";
  @property() icon = "";

  protected override render(): TemplateResult {
    return html`${this.icon === "" ? this.label : crowdIcon(this.icon, 14)}<slot></slot>`;
  }
}
