import { css, html, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { t } from "../../shared/i18n";
import { CrowdElement, onOff } from "../parts/element";
import { crowdIcon } from "../parts/icons";
import { crowdStyles } from "../parts/styles";

const ICONS: Readonly<Record<string, string>> = { info: "info", success: "check", warning: "warning", error: "error" };

/** `<crowd-alert>`: news in a box. */
export class CrowdAlert extends CrowdElement {
  static override styles = [
    crowdStyles,
    css`
      :host {
        display: block;
        margin-block: 8px;
      }
      div {
        display: flex;
        align-items: flex-start;
        gap: 10px;
        padding: 10px 14px;
        border-radius: 8px;
        background: var(--mw-accent-soft, #e0eff4);
        color: var(--mw-accent, #0a6380);
      }
      .success {
        background: var(--mw-success-soft, #e4f4e9);
        color: var(--mw-success, #1f7a3d);
      }
      .warning {
        background: var(--mw-warning-soft, #fdf1db);
        color: var(--mw-warning, #8a5200);
      }
      .error {
        background: var(--mw-danger-soft, #fdeceb);
        color: var(--mw-danger, #b42318);
      }
      svg {
        flex: none;
        margin-block-start: 1px;
      }
      span {
        flex: 1;
      }
      button {
        flex: none;
        display: grid;
        place-items: center;
        inline-size: 28px;
        block-size: 28px;
        margin: -3px;
        border: 0;
        border-radius: 6px;
        background: none;
        cursor: pointer;
      }
    `,
  ];

  @property() type = "info";
  @property({ converter: onOff }) dismissible = false;

  protected override render(): TemplateResult {
    const type = Object.hasOwn(ICONS, this.type) ? this.type : "info";
    return html`<div class=${type} role=${type === "error" || type === "warning" ? "alert" : "status"}>
      ${crowdIcon(ICONS[type])}<span><slot></slot></span>
      ${this.dismissible ? html`<button type="button" aria-label=${t("Close")} @click=${() => this.remove()}>${crowdIcon("close", 16)}</button>` : nothing}
    </div>`;
  }
}
