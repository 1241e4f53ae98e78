import { css, html, nothing, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { t } from "../../shared/i18n";
import { isPlain, type AnswerValue } from "../answer";
import { CrowdField, onOff } from "./element";
import { crowdStyles } from "./styles";

export const boxStyles = css`
  :host {
    display: inline-block;
  }
  label {
    display: inline-flex;
    align-items: center;
    gap: 10px;
    min-block-size: 32px;
    cursor: pointer;
  }
  input {
    flex: none;
    inline-size: 18px;
    block-size: 18px;
    margin: 0;
    accent-color: var(--mw-accent, #0a6380);
  }
  input:disabled ~ span {
    opacity: 0.6;
  }
  @media (pointer: coarse) {
    label {
      min-block-size: 44px;
    }
  }
`;

/** A box that is ticked or not: `{"<name>": {"<value>": true}}`. */
export abstract class BoxField extends CrowdField {
  static override styles = [crowdStyles, boxStyles];

  @property() override name = "";
  @property() value = "on";
  @property({ converter: onOff }) checked = false;
  @property({ converter: onOff }) disabled = false;
  @property({ converter: onOff }) required = false;
  @state() protected problem = "";
  @query("input") protected readonly control!: HTMLInputElement | null;

  override submittable(): AnswerValue | undefined {
    return { [this.value || "on"]: this.checked };
  }

  override restore(value: AnswerValue): void {
    const own = isPlain(value) ? value[this.value || "on"] : undefined;
    if (typeof own === "boolean") this.checked = own;
  }

  override reset(): void {
    this.checked = this.hasAttribute("checked") && this.getAttribute("checked") !== "false";
    this.problem = "";
  }

  override check(): boolean {
    this.problem = this.required && !this.disabled && !this.checked ? t("Tick this box to go on.") : "";
    if (this.problem !== "") this.control?.focus();
    return this.problem === "";
  }

  override focus(options?: FocusOptions): void {
    this.control?.focus(options);
  }

  protected renderBox(role: string | typeof nothing): TemplateResult {
    return html`<label>
        <input type="checkbox" role=${role} .checked=${this.checked} ?disabled=${this.disabled} aria-required=${this.required}
          aria-invalid=${this.problem !== ""} @change=${() => this.#changed()} />
        <span><slot></slot></span>
      </label>
      ${this.problem === "" ? nothing : html`<p class="problem" role="alert">${this.problem}</p>`}`;
  }

  #changed(): void {
    this.checked = this.control?.checked ?? false;
    if (this.checked) this.problem = "";
    this.tell("change");
  }
}
