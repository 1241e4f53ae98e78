import { css, html, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { t } from "../../shared/i18n";
import { isMac, showKey } from "../actions/keys";
import type { Engine } from "../engine";
import { baseStyles, SignalElement } from "../elements/base";
import { panelStyles } from "../review/panel-styles";
import { commandOf, type VerdictDesk } from "./desk";

const MOST = 1000;

/** Beside the image: what may be said of the mask, and room for a remark. */
export class VerdictPanel extends SignalElement {
  static override styles = [
    baseStyles,
    panelStyles,
    css`
      fieldset {
        display: grid;
        gap: 6px;
        margin: 0 0 10px;
        padding: 0;
        border: 0;
      }
      legend {
        margin-block-end: 6px;
        padding: 0;
        font-weight: 600;
      }
      label.choice {
        display: flex;
        align-items: center;
        gap: 8px;
        min-block-size: 40px;
        padding: 0 10px;
        border: 1px solid var(--mw-border, #d9dfe3);
        border-radius: 6px;
        cursor: pointer;
      }
      label.choice:has(:checked) {
        border-color: var(--mw-accent, #0f6cbd);
        box-shadow: inset 0 0 0 1px var(--mw-accent, #0f6cbd);
      }
      label.choice kbd {
        margin-inline-start: auto;
      }
      textarea {
        inline-size: 100%;
        min-block-size: 84px;
        box-sizing: border-box;
        font: inherit;
      }
    `,
  ];

  @property({ attribute: false }) engine: Engine | null = null;
  @property({ attribute: false }) desk: VerdictDesk | null = null;

  protected override render(): TemplateResult | typeof nothing {
    const { desk } = this;
    if (desk === null) return nothing;
    return html`<section>
      <fieldset>
        <legend>${t("What do you say of the mask?")}</legend>
        ${desk.choices.map(({ name, description }) => html`<label class="choice" title=${description ?? ""}>
          <input type="radio" name="verdict" value=${name} .checked=${desk.chosen.value === name} @change=${() => desk.choose(name)} />
          <span>${name}</span>${this.#key(name)}
        </label>`)}
      </fieldset>
      <h2 id="comment">${t("Comment (not needed)")}</h2>
      <textarea
        aria-labelledby="comment" maxlength=${MOST} .value=${desk.comment.value}
        @input=${(event: Event) => (desk.comment.value = (event.target as HTMLTextAreaElement).value)}
      ></textarea>
    </section>`;
  }

  #key(name: string): TemplateResult | typeof nothing {
    const { engine } = this;
    const command = engine?.options.others.find((one) => one.id === commandOf(name));
    const key = command === undefined ? null : (engine?.keymap.keyFor(command) ?? null);
    return key === null ? nothing : html`<kbd>${showKey(key, isMac())}</kbd>`;
  }
}

customElements.define("mw-editor-verdict", VerdictPanel);
