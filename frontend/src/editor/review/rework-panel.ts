import { html, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { t } from "../../shared/i18n";
import { isMac, showKey } from "../actions/keys";
import type { Engine } from "../engine";
import { baseStyles, SignalElement } from "../elements/base";
import { lookAt } from "./desk";
import { panelStyles } from "./panel-styles";
import { pastVerdicts } from "./past";
import type { Pin } from "./pins";
import type { Rework } from "./rework";

/** Beside the image that came back: what the reviewer wrote, and the places to work through. */
export class ReworkPanel extends SignalElement {
  static override styles = [baseStyles, panelStyles];

  @property({ attribute: false }) engine: Engine | null = null;
  @property({ attribute: false }) rework: Rework | null = null;

  protected override render(): TemplateResult | typeof nothing {
    const { rework } = this;
    if (rework === null) return nothing;
    const { verdict, pins } = rework;
    const list = pins.pins.value;
    return html`<section>
        <h2>${t("What the reviewer wrote")}</h2>
        ${verdict === null || verdict.reason === "" ? nothing : html`<blockquote>${verdict.reason}</blockquote>`}
        ${list.length === 0
          ? nothing
          : html`<h2>${t("Places")} <span class="count">${t("{done} of {count} done", { done: list.length - rework.open, count: list.length })}</span></h2>
              <ol>${list.map((pin) => this.#pin(rework, pin))}</ol>
              <div class="row">
                <button class="button" @click=${() => this.step(-1)}>${t("Previous")} ${this.#key("previous-comment")}</button>
                <button class="button" @click=${() => this.step(1)}>${t("Next")} ${this.#key("next-comment")}</button>
              </div>`}
      </section>
      ${pastVerdicts(t("Earlier rounds"), rework.earlier)}`;
  }

  step(by: 1 | -1): void {
    const pin = this.rework?.pins.step(by) ?? null;
    if (pin !== null && this.engine !== null) lookAt(this.engine.stage, pin);
  }

  #pin({ pins }: Rework, pin: Pin): TemplateResult {
    return html`<li class="pin ${pin.number === pins.selected.value ? "selected" : ""} ${pin.done ? "done" : ""}">
      <button class="go" aria-label=${t("Show comment {number}", { number: pin.number })} @click=${() => {
        pins.selected.value = pin.number;
        if (this.engine !== null) lookAt(this.engine.stage, pin);
      }}>${pin.number}</button>
      <p class="text" id="text-${pin.number}">${pin.text}</p>
      <input
        type="checkbox" .checked=${pin.done} title=${t("Done")} aria-label=${t("Comment {number} is dealt with", { number: pin.number })} aria-describedby="text-${pin.number}"
        @change=${(event: Event) => pins.change(pin.number, { done: (event.target as HTMLInputElement).checked })}
      />
    </li>`;
  }

  #key(id: string): TemplateResult | typeof nothing {
    const { engine } = this;
    const command = engine?.options.others.find((one) => one.id === id);
    const key = command === undefined ? null : (engine?.keymap.keyFor(command) ?? null);
    return key === null ? nothing : html`<kbd>${showKey(key, isMac())}</kbd>`;
  }
}

customElements.define("mw-editor-rework", ReworkPanel);
