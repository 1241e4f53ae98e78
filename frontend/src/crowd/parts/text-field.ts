import { css, html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { tn, t } from "../../shared/i18n";
import type { AnswerValue } from "../answer";
import { CrowdField, onOff } from "./element";
import { crowdStyles } from "./styles";

export const textStyles = css`
  :host {
    display: block;
    max-inline-size: 40rem;
    margin-block: 8px;
  }
  label {
    display: grid;
    gap: 4px;
  }
  .label {
    font-size: 14px;
    font-weight: 600;
  }
  .control {
    inline-size: 100%;
    min-block-size: 40px;
    padding: 8px 12px;
    border: 1px solid var(--mw-border-strong, #7d8a93);
    border-radius: 8px;
    background: var(--mw-surface, #fff);
  }
  .control::placeholder {
    color: var(--mw-muted, #56636c);
  }
  .control:disabled {
    opacity: 0.6;
  }
  .control[aria-invalid="true"] {
    border-color: var(--mw-danger, #b42318);
  }
  .count {
    color: var(--mw-muted, #56636c);
    font-size: 13px;
    text-align: end;
  }
`;

/** `crowd-input` and `crowd-text-area`: a line or lines of text, and the checks the two share. */
export abstract class TextField extends CrowdField {
  static override styles = [crowdStyles, textStyles];

  @property() override name = "";
  @property() label = "";
  @property() placeholder = "";
  @property() value: string | null = "";
  @property({ converter: onOff }) required = false;
  @property({ converter: onOff }) disabled = false;
  @property({ attribute: "allowed-pattern" }) allowedPattern = "";
  @property({ attribute: "auto-validate", converter: onOff }) autoValidate = false;
  @property({ attribute: "auto-focus", converter: onOff }) autoFocus = false;
  @property({ attribute: "error-message" }) errorMessage = "";
  @property({ attribute: "max-length", type: Number }) maxLength: number | null = null;
  @property({ attribute: "min-length", type: Number }) minLength: number | null = null;
  @state() protected problem = "";

  protected abstract readonly control: HTMLInputElement | HTMLTextAreaElement | null;
  protected abstract renderControl(invalid: boolean): TemplateResult;

  override submittable(): AnswerValue | undefined {
    const text = this.value ?? "";
    return text === "" ? undefined : text.replace(/\r\n?/g, "\n");
  }

  override restore(value: AnswerValue): void {
    if (typeof value === "string") this.value = value;
  }

  override reset(): void {
    this.value = this.getAttribute("value") ?? "";
    this.problem = "";
  }

  override check(): boolean {
    const text = this.value ?? "";
    this.problem = this.#problemOf(text);
    if (this.problem !== "") this.control?.focus();
    return this.problem === "";
  }

  override focus(options?: FocusOptions): void {
    this.control?.focus(options);
  }

  protected override firstUpdated(): void {
    if (this.autoFocus) this.control?.focus();
  }

  /** What the control sends at each key: what does not fit the pattern is taken away again, as documented. */
  protected typed(text: string): void {
    this.value = this.autoValidate && this.allowedPattern !== "" ? this.#allowed(text) : text;
    if (this.control !== null && this.control.value !== this.value) this.control.value = this.value;
    if (this.problem !== "") this.problem = this.#problemOf(this.value);
  }

  protected override render(): TemplateResult {
    return html`<label>
        ${this.label === "" ? nothing : html`<span class="label">${this.label}</span>`}
        ${this.renderControl(this.problem !== "")}
      </label>
      ${this.problem === "" ? nothing : html`<p class="problem" role="alert">${this.problem}</p>`}`;
  }

  #problemOf(text: string): string {
    if (this.disabled) return "";
    if (text.trim() === "") return this.required ? this.errorMessage || t("Fill this in.") : "";
    const least = this.minLength ?? 0;
    if (text.length < least) return this.errorMessage || tn(least, "Write at least one character.", "Write at least {count} characters.");
    const control = this.control;
    if (control !== null && !control.checkValidity()) return this.errorMessage || control.validationMessage;
    return "";
  }

  #allowed(text: string): string {
    try {
      const pattern = new RegExp(`^(?:${this.allowedPattern})$`, "u");
      return [...text].filter((character) => pattern.test(character)).join("");
    } catch {
      return text; // the template's pattern is none
    }
  }
}
