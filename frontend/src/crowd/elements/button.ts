import { css, html, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { CrowdElement, onOff } from "../parts/element";
import { crowdIcon } from "../parts/icons";
import { crowdStyles } from "../parts/styles";

/** `<crowd-button>`: with `form-action` it submits or resets the form it is in (form.ts listens to it). */
export class CrowdButton extends CrowdElement {
  static override styles = [
    crowdStyles,
    css`
      :host {
        display: inline-block;
      }
      .button.icon {
        inline-size: 40px;
        padding: 0;
      }
      .button.icon slot {
        display: none;
      }
      .spinner {
        inline-size: 16px;
        block-size: 16px;
        border: 2px solid currentColor;
        border-inline-end-color: transparent;
        border-radius: 50%;
        animation: turn 0.8s linear infinite;
      }
      @keyframes turn {
        to {
          rotate: 1turn;
        }
      }
    `,
  ];

  @property({ attribute: "form-action" }) formAction = "";
  @property({ converter: onOff, reflect: true }) disabled = false;
  @property({ converter: onOff }) loading = false;
  @property() variant = "normal";
  @property() href = "";
  @property() target = "";
  @property() icon = "";
  @property({ attribute: "icon-align" }) iconAlign = "left";
  @property({ attribute: "icon-url" }) iconUrl = "";

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener("click", this.#unlessOff, { capture: true });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener("click", this.#unlessOff, { capture: true });
  }

  protected override render(): TemplateResult {
    const name = this.iconUrl || this.icon;
    const icon = name === "" ? nothing : crowdIcon(name, 18);
    const content = html`${this.loading ? html`<span class="spinner"></span>` : nothing}
      ${this.iconAlign === "right" ? nothing : icon}<slot></slot>${this.iconAlign === "right" ? icon : nothing}`;
    const style = this.formAction === "submit" && !this.hasAttribute("variant") ? "primary" : this.variant;
    return this.href === ""
      ? html`<button type="button" class="button ${style}" ?disabled=${this.disabled || this.loading} aria-busy=${this.loading}>${content}</button>`
      : html`<a class="button ${style}" href=${this.href} target=${this.target || nothing} rel="noopener">${content}</a>`;
  }

  readonly #unlessOff = (event: Event): void => {
    if (!this.disabled && !this.loading) return;
    event.stopImmediatePropagation();
    event.preventDefault();
  };
}
