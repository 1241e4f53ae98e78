import { css, html, nothing, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { t } from "../../shared/i18n";
import { CrowdElement } from "../parts/element";
import { Regions } from "../parts/regions";
import { crowdStyles, dialogStyles } from "../parts/styles";
import { tabStyles } from "./tabs";

type Page = "summary" | "detailed" | "examples";

/** `<crowd-instructions>`: summary, details and examples on three pages of a window. */
export class CrowdInstructions extends CrowdElement {
  static override styles = [
    crowdStyles,
    dialogStyles,
    tabStyles,
    css`
      :host {
        display: block;
        margin-block: 8px;
      }
      .good,
      .bad {
        padding-inline-start: 14px;
        border-inline-start: 4px solid var(--mw-success, #1f7a3d);
      }
      .bad {
        margin-block-start: 16px;
        border-inline-start-color: var(--mw-danger, #b42318);
      }
      h3 {
        margin: 0 0 4px;
        font-size: 15px;
      }
    `,
  ];

  @property({ attribute: "link-text" }) linkText = "";
  @property({ attribute: "link-type" }) linkType = "link";
  @state() private page: Page = "summary";
  @query("dialog") private readonly dialog!: HTMLDialogElement | null;
  readonly #regions = new Regions(this, ["short-summary", "detailed-instructions", "positive-example", "negative-example"]);

  protected override render(): TemplateResult {
    const has = (name: string): boolean => this.#regions.has(name);
    const pages: [Page, string, boolean][] = [
      ["summary", t("Summary"), has("short-summary")],
      ["detailed", t("Detailed instructions"), has("detailed-instructions")],
      ["examples", t("Examples"), has("positive-example") || has("negative-example")],
    ];
    const there = pages.filter(([, , exists]) => exists);
    const shown = there.some(([id]) => id === this.page) ? this.page : there[0]?.[0];
    return html`<button type="button" class="button ${this.linkType === "button" ? "" : "link"}" @click=${() => this.dialog?.showModal()}>
        ${this.linkText || t("Click for instructions")}
      </button>
      <dialog @click=${(event: Event) => event.target === this.dialog && this.dialog?.close()}>
        <div>
          <div class="tabs" role="tablist">
            ${there.map(([id, name]) => html`<button type="button" role="tab" aria-selected=${id === shown} @click=${() => (this.page = id)}>${name}</button>`)}
          </div>
          <div role="tabpanel">
            <div ?hidden=${shown !== "summary"}><slot name="short-summary"></slot></div>
            <div ?hidden=${shown !== "detailed"}><slot name="detailed-instructions"></slot></div>
            <div ?hidden=${shown !== "examples"}>
              ${has("positive-example") ? html`<div class="good"><h3>${t("Good example")}</h3><slot name="positive-example"></slot></div>` : nothing}
              ${has("negative-example") ? html`<div class="bad"><h3>${t("Bad example")}</h3><slot name="negative-example"></slot></div>` : nothing}
            </div>
          </div>
          <div class="row"><button type="button" class="button primary" @click=${() => this.dialog?.close()}>${t("Close")}</button></div>
        </div>
      </dialog>`;
  }
}
