import { css, html, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { t } from "../../shared/i18n";
import { CrowdElement, onOff } from "../parts/element";
import { crowdStyles } from "../parts/styles";
import { CrowdRadioButton } from "./radio-button";

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

/** `<crowd-radio-group>`: of its buttons one at most is chosen. The buttons themselves are the fields. */
export class CrowdRadioGroup extends CrowdElement {
  static override styles = [
    crowdStyles,
    css`
      :host {
        display: block;
        margin-block: 8px;
      }
    `,
  ];

  @property({ converter: onOff }) required = false;
  @property({ attribute: false }) problem = "";

  override connectedCallback(): void {
    super.connectedCallback();
    this.role ??= "radiogroup";
    this.addEventListener("change", this.#changed);
    this.addEventListener("keydown", this.#key);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener("change", this.#changed);
    this.removeEventListener("keydown", this.#key);
  }

  get buttons(): CrowdRadioButton[] {
    return [...this.querySelectorAll<CrowdRadioButton>("crowd-radio-button")];
  }

  /** Asked by the form. */
  check(): boolean {
    this.problem = this.required && !this.buttons.some(({ checked }) => checked) ? t("Choose one.") : "";
    if (this.problem !== "") this.buttons[0]?.focus();
    return this.problem === "";
  }

  protected override render(): TemplateResult {
    return html`<slot></slot>${this.problem === "" ? "" : html`<p class="problem" role="alert">${this.problem}</p>`}`;
  }

  readonly #changed = (event: Event): void => {
    const { target } = event;
    if (!(target instanceof CrowdRadioButton) || !target.checked) return;
    this.problem = "";
    for (const button of this.buttons) if (button !== target) button.checked = false;
  };

  readonly #key = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    const buttons = this.buttons.filter(({ disabled }) => !disabled);
    const at = buttons.findIndex((button) => button === event.target);
    if (step === undefined || at < 0) return;
    event.preventDefault();
    const next = buttons[(at + step + buttons.length) % buttons.length];
    next.focus();
    next.choose();
  };
}
