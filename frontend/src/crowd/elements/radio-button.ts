import { css, html, type PropertyValues, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { isPlain, type AnswerValue } from "../answer";
import { CrowdField, onOff } from "../parts/element";
import { crowdStyles } from "../parts/styles";

/** `<crowd-radio-button>`: one choice; within a `<crowd-radio-group>` choosing it clears the others. */
export class CrowdRadioButton extends CrowdField {
  static override styles = [
    crowdStyles,
    css`
      :host {
        display: inline-flex;
        align-items: center;
        gap: 10px;
        min-block-size: 32px;
        padding-inline-end: 16px;
        border-radius: 6px;
        cursor: pointer;
      }
      :host([aria-disabled="true"]) {
        opacity: 0.6;
        cursor: default;
      }
      i {
        flex: none;
        inline-size: 18px;
        block-size: 18px;
        border: 2px solid var(--mw-border-strong, #7d8a93);
        border-radius: 50%;
        background: var(--mw-surface, #fff);
      }
      :host([aria-checked="true"]) i {
        border: 6px solid var(--mw-accent, #0a6380);
      }
      :host(:focus-visible) {
        outline: 2px solid var(--mw-focus, #0a84b0);
        outline-offset: 2px;
      }
      @media (pointer: coarse) {
        :host {
          min-block-size: 44px;
        }
      }
    `,
  ];

  @property() override name = "";
  @property() value = "on";
  @property({ converter: onOff }) checked = false;
  @property({ converter: onOff }) disabled = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.role ??= "radio";
    if (!this.hasAttribute("tabindex")) this.tabIndex = 0;
    this.addEventListener("click", this.#choose);
    this.addEventListener("keydown", this.#key);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener("click", this.#choose);
    this.removeEventListener("keydown", this.#key);
  }

  override submittable(): AnswerValue | undefined {
    return { [this.value || "on"]: this.checked };
  }

  override restore(value: AnswerValue): void {
    const own = isPlain(value) ? value[this.value || "on"] : undefined;
    if (typeof own === "boolean") this.checked = own;
  }

  override reset(): void {
    this.checked = this.hasAttribute("checked") && this.getAttribute("checked") !== "false";
  }

  /** As a person chooses it. */
  choose(): void {
    if (this.disabled || this.checked) return;
    this.checked = true;
    this.tell("change");
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    this.ariaChecked = String(this.checked);
    if (changed.has("disabled")) this.ariaDisabled = String(this.disabled);
  }

  protected override render(): TemplateResult {
    return html`<i></i><span><slot></slot></span>`;
  }

  readonly #choose = (): void => this.choose();
  readonly #key = (event: KeyboardEvent): void => {
    if (event.key !== " ") return;
    event.preventDefault();
    this.choose();
  };
}
