import { css, html, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { CrowdElement, onOff } from "../parts/element";
import { crowdIcon } from "../parts/icons";
import { crowdStyles } from "../parts/styles";

/** `<crowd-icon-button>`. */
export class CrowdIconButton extends CrowdElement {
  static override styles = [
    crowdStyles,
    css`
      :host {
        display: inline-block;
      }
      .button {
        inline-size: 40px;
        padding: 0;
        border-radius: 50%;
      }
      @media (pointer: coarse) {
        .button {
          inline-size: 44px;
        }
      }
    `,
  ];

  @property({ converter: onOff, reflect: true }) disabled = false;
  @property() icon = "";
  @property() label = "";
  @property() override title = "";

  protected override render(): TemplateResult {
    const drawn = this.icon === "" ? [...this.label].slice(0, 1).join("") : crowdIcon(this.icon);
    return html`<button type="button" class="button ${this.localName === "crowd-fab" ? "primary" : ""}" ?disabled=${this.disabled}
      title=${this.title} aria-label=${this.title || this.label || this.icon}>${drawn}</button>`;
  }
}

/** `<crowd-fab>`: the same, in the accent's colour. */
export class CrowdFab extends CrowdIconButton {}
