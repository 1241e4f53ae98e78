import { css, html, nothing, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { t } from "../../shared/i18n";
import type { AnswerValue } from "../answer";
import { CrowdField, onOff } from "../parts/element";
import { crowdStyles } from "../parts/styles";

/** `<crowd-slider>`: a number between two. */
export class CrowdSlider extends CrowdField {
  static override styles = [
    crowdStyles,
    css`
      :host {
        display: block;
        max-inline-size: 30rem;
        margin-block: 8px;
      }
      .row {
        display: flex;
        align-items: center;
        gap: 12px;
      }
      input[type="range"] {
        flex: 1;
        min-inline-size: 6rem;
        block-size: 28px;
        margin: 0;
        accent-color: var(--mw-accent, #0a6380);
      }
      output {
        min-inline-size: 3ch;
        font-variant-numeric: tabular-nums;
        font-weight: 600;
        text-align: end;
      }
      input[type="number"] {
        inline-size: 6rem;
        padding: 6px 8px;
        border: 1px solid var(--mw-border-strong, #7d8a93);
        border-radius: 8px;
        background: var(--mw-surface, #fff);
      }
    `,
  ];

  @property() override name = "";
  @property({ type: Number }) min = 0;
  @property({ type: Number }) max = 100;
  @property({ type: Number }) step = 1;
  @property({ type: Number }) value: number | null = null;
  @property({ converter: onOff }) required = false;
  @property({ converter: onOff }) disabled = false;
  @property({ converter: onOff }) editable = false;
  @property({ converter: onOff }) pin = false;
  @state() private problem = "";
  @query("input[type=range]") private readonly control!: HTMLInputElement | null;

  override submittable(): AnswerValue | undefined {
    return this.value ?? undefined;
  }

  override restore(value: AnswerValue): void {
    if (typeof value === "number") this.value = value;
  }

  override reset(): void {
    const preset = this.getAttribute("value");
    this.value = preset === null ? null : Number(preset);
    this.problem = "";
  }

  override check(): boolean {
    this.problem = this.required && !this.disabled && this.value === null ? t("Move the slider to your answer.") : "";
    if (this.problem !== "") this.control?.focus();
    return this.problem === "";
  }

  protected override render(): TemplateResult {
    const bounds = { min: String(this.min), max: String(this.max), step: String(this.step) };
    const shown = this.value ?? this.min;
    return html`<div class="row">
        <input type="range" min=${bounds.min} max=${bounds.max} step=${bounds.step} .value=${String(shown)} ?disabled=${this.disabled}
          aria-label=${this.name} @input=${this.#moved} @change=${() => this.tell("change")} />
        ${this.editable
          ? html`<input type="number" min=${bounds.min} max=${bounds.max} step=${bounds.step} .value=${this.value === null ? "" : String(this.value)}
              ?disabled=${this.disabled} aria-label=${this.name} @input=${this.#moved} @change=${() => this.tell("change")} />`
          : html`<output>${this.value ?? "–"}</output>`}
      </div>
      ${this.problem === "" ? nothing : html`<p class="problem" role="alert">${this.problem}</p>`}`;
  }

  #moved(event: Event): void {
    const given = (event.target as HTMLInputElement).valueAsNumber;
    this.value = Number.isFinite(given) ? Math.min(this.max, Math.max(this.min, given)) : null;
    this.problem = "";
  }
}
