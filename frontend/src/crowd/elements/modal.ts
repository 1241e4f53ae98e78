import { css, html, type TemplateResult } from "lit";
import { property, query } from "lit/decorators.js";
import { t } from "../../shared/i18n";
import { CrowdElement } from "../parts/element";
import { crowdStyles, dialogStyles } from "../parts/styles";

/** `<crowd-modal>`: content in a window, behind a link or button. */
export class CrowdModal extends CrowdElement {
  static override styles = [
    crowdStyles,
    dialogStyles,
    css`
      :host {
        display: inline-block;
      }
    `,
  ];

  @property({ attribute: "link-text" }) linkText = "";
  @property({ attribute: "link-type" }) linkType = "link";
  @query("dialog") private readonly dialog!: HTMLDialogElement | null;

  open(): void {
    this.dialog?.showModal();
  }

  close(): void {
    this.dialog?.close();
  }

  protected override render(): TemplateResult {
    return html`<button type="button" class="button ${this.linkType === "button" ? "" : "link"}" @click=${() => this.open()}>
        ${this.linkText || t("Open")}
      </button>
      <dialog @click=${(event: Event) => event.target === this.dialog && this.close()}>
        <div>
          <slot></slot>
          <div class="row"><button type="button" class="button primary" @click=${() => this.close()}>${t("Close")}</button></div>
        </div>
      </dialog>`;
  }
}
