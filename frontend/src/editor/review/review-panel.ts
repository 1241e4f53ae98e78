import { html, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { formatNumber, t, tn } from "../../shared/i18n";
import { isMac, showKey } from "../actions/keys";
import type { Engine } from "../engine";
import { baseStyles, icon, SignalElement } from "../elements/base";
import { share } from "../elements/format";
import type { ReviewDesk } from "./desk";
import { panelStyles } from "./panel-styles";
import { pastVerdicts } from "./past";
import { RESULT, type Side } from "./sides";

const TRASH = "M5 7h14M10 7V5h4v2M7 7l1 12h8l1-12";

/** Beside the image: what the vote is worth, the layers, the disputed regions, the comments, earlier rounds. */
export class ReviewPanel extends SignalElement {
  static override styles = [baseStyles, panelStyles];

  @property({ attribute: false }) engine: Engine | null = null;
  @property({ attribute: false }) desk: ReviewDesk | null = null;

  /** Puts the cursor into the chosen comment. */
  async write(): Promise<void> {
    await this.updateComplete;
    const field = this.renderRoot.querySelector<HTMLElement>(".pin.selected textarea");
    field?.focus();
    field?.scrollIntoView({ block: "nearest" });
  }

  protected override render(): TemplateResult | typeof nothing {
    const { desk, engine } = this;
    if (desk === null || engine === null) return nothing;
    return html`${this.#layers(desk)} ${this.#regions(desk)} ${this.#comments(desk)} ${this.#figures(desk, engine)}
    ${pastVerdicts(t("Earlier rounds"), desk.sheet.history)}`;
  }

  #layers(desk: ReviewDesk): TemplateResult {
    return html`<section>
      <h2 id="layers">${t("Layers")}</h2>
      <div role="radiogroup" aria-labelledby="layers">
        ${this.#side(desk, null)} ${desk.sides.map((side) => this.#side(desk, side))}
      </div>
      <label class="choice">
        <input type="checkbox" .checked=${desk.compare.value} @change=${(event: Event) => (desk.compare.value = checked(event))} />
        ${t("Only what differs from my mask")} ${this.#key("compare")}
      </label>
      <label class="choice">
        <input
          type="checkbox" .checked=${desk.heatShown.value} ?disabled=${desk.sheet.disagreement === null}
          @change=${(event: Event) => (desk.heatShown.value = checked(event))}
        />
        ${t("Disagreement")} ${this.#key("disagreement")}
      </label>
      <input
        type="range" min="0" max="100" step="5" aria-label=${t("Opacity of the disagreement")}
        ?disabled=${!desk.heatShown.value || desk.sheet.disagreement === null}
        .value=${String(Math.round(desk.heatOpacity.value * 100))}
        @input=${(event: Event) => (desk.heatOpacity.value = (event.target as HTMLInputElement).valueAsNumber / 100)}
      />
    </section>`;
  }

  #side(desk: ReviewDesk, side: Side | null): TemplateResult {
    const id = side?.id ?? null;
    const kind = side?.answer?.kind ?? "mask";
    const said = kind === "empty" ? t("nothing to label") : kind === "impossible" ? side?.answer?.reason : "";
    return html`<label class="choice">
      <input
        type="radio" name="side" .checked=${desk.shown.value === id} ?disabled=${side?.available === false}
        @change=${() => { if (desk.shown.value !== id) void desk.look(id); }}
      />
      <span>${desk.nameOf(id)}</span>
      ${said === "" || said === undefined ? nothing : html`<span class="said" title=${said}>${said}</span>`}
      ${id === null ? this.#key("flip") : this.#key(commandOf(id))}
    </label>`;
  }

  #regions(desk: ReviewDesk): TemplateResult {
    const regions = desk.disputed.value?.regions ?? [];
    const at = desk.region.value;
    const count = regions.length;
    return html`<section>
      <h2>
        ${t("Disputed regions")}
        <span class="count">${at === null ? formatNumber(count) : t("{number} of {count}", { number: formatNumber(at + 1), count: formatNumber(count) })}</span>
      </h2>
      ${desk.sheet.disagreement === null || (desk.disputed.value !== null && count === 0)
        ? html`<p class="quiet">${t("The answers agree in every pixel, or there is only one.")}</p>`
        : html`<div class="row">
              <button class="button" ?disabled=${count === 0} @click=${() => desk.jump(-1)}>${t("Previous")} ${this.#key("previous-disputed")}</button>
              <button class="button" ?disabled=${count === 0} @click=${() => desk.jump(1)}>${t("Next")} ${this.#key("next-disputed")}</button>
            </div>
            ${at === null ? nothing : this.#take(desk)}`}
    </section>`;
  }

  #take(desk: ReviewDesk): TemplateResult {
    const sides = desk.sides.filter(({ available }) => available);
    const short = (side: Side): string => side.answer?.name ?? t("Consolidated");
    return html`<p class="quiet" id="take">${t("Take over in this region:")}</p>
      <div class="row" role="group" aria-labelledby="take">
        ${sides.map(
          (side) => html`<button class="button" aria-label=${t("Take over {name} in this region", { name: desk.nameOf(side.id) })}
            @click=${() => void desk.takeRegion(side.id)}>${short(side)} ${side.id === desk.side.value ? this.#key("take-region") : nothing}</button>`,
        )}
      </div>`;
  }

  #comments(desk: ReviewDesk): TemplateResult {
    const { pins } = desk;
    return html`<section>
      <h2>${t("Comments")} <span class="count">${formatNumber(pins.pins.value.length)}</span></h2>
      ${pins.pins.value.length === 0
        ? html`<p class="quiet">${t("With the tool “Comment” click a place and say what is wrong there.")}</p>`
        : html`<ol>
            ${pins.pins.value.map(
              (pin) => html`<li class="pin ${pin.number === pins.selected.value ? "selected" : ""}">
                <button class="go" aria-label=${t("Show comment {number}", { number: pin.number })} @click=${() => {
                  pins.selected.value = pin.number;
                  desk.show(pin);
                }}>${pin.number}</button>
                <textarea
                  rows="1" maxlength="1000" aria-label=${t("Text of comment {number}", { number: pin.number })} placeholder=${t("What is wrong here?")}
                  .value=${pin.text} @focus=${() => (pins.selected.value = pin.number)}
                  @input=${(event: Event) => pins.change(pin.number, { text: (event.target as HTMLTextAreaElement).value })}
                  @keydown=${(event: KeyboardEvent) => this.#leaveField(event)}
                ></textarea>
                <button class="tool" aria-label=${t("Delete comment {number}", { number: pin.number })} @click=${() => pins.remove(pin.number)}>${icon(TRASH, 16)}</button>
              </li>`,
            )}
          </ol>`}
    </section>`;
  }

  #figures(desk: ReviewDesk, engine: Engine): TemplateResult | typeof nothing {
    const result = desk.sheet.consolidated;
    if (result === null) return html`<section><p class="quiet">${t("There is no consolidated mask: no answer has one.")}</p></section>`;
    const agreement = engine.workspace.categories.flatMap((category) => {
      const value = result.class_agreement[String(category.index)] as number | undefined;
      return value === undefined ? [] : [{ category, value }];
    });
    return html`<section>
      <h2>${t("Agreement")} <span class="count">${tn(desk.sheet.answers.length, "1 answer", "{count} answers")}</span></h2>
      <dl class="figures">
        <div><dt>${t("Confidence")}</dt><dd>${formatNumber(result.confidence, { maximumFractionDigits: 2 })}</dd></div>
        <div><dt>${t("Disputed")}</dt><dd>${share(result.disputed_share, 1)}</dd></div>
      </dl>
      <div class="classes">
        ${agreement.map(
          ({ category, value }) => html`<span class="swatch" .style=${`background: ${category.color}`}></span>
            <span class="name" title=${category.name}>${category.name}</span>
            <meter min="0" max="1" low="0.7" high="0.9" optimum="1" value=${value} aria-label=${category.name}></meter>
            <span class="value">${share(value, 1)}</span>`,
        )}
      </div>
    </section>`;
  }

  /** Escape, or Enter with Ctrl: back to the image. */
  #leaveField(event: KeyboardEvent): void {
    if (event.key !== "Escape" && !(event.key === "Enter" && (event.ctrlKey || event.metaKey))) return;
    event.preventDefault();
    event.stopPropagation();
    this.engine?.stage.host.focus({ preventScroll: true });
  }

  #key(id: string): TemplateResult | typeof nothing {
    const { engine } = this;
    const command = engine?.options.others.find((one) => one.id === id);
    const key = command === undefined ? null : (engine?.keymap.keyFor(command) ?? null);
    return key === null ? nothing : html`<kbd>${showKey(key, isMac())}</kbd>`;
  }
}

/** The command that looks at a side. */
export function commandOf(id: string): string {
  return id === RESULT ? "look-consolidated" : `look-${id}`;
}

function checked(event: Event): boolean {
  return (event.target as HTMLInputElement).checked;
}

customElements.define("mw-editor-review", ReviewPanel);
