import { css, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { BoxField, boxStyles } from "../parts/box-field";
import { onOff } from "../parts/element";
import { crowdStyles } from "../parts/styles";

/** `<crowd-toggle-button>`: a box drawn as a switch. */
export class CrowdToggleButton extends BoxField {
  static override styles = [
    crowdStyles,
    boxStyles,
    css`
      input {
        appearance: none;
        position: relative;
        inline-size: 38px;
        block-size: 22px;
        border-radius: 999px;
        background: var(--mw-border-strong, #7d8a93);
        cursor: pointer;
      }
      input::after {
        content: "";
        position: absolute;
        inset-block-start: 3px;
        inset-inline-start: 3px;
        inline-size: 16px;
        block-size: 16px;
        border-radius: 50%;
        background: #fff;
        transition: inset-inline-start 120ms;
      }
      input:checked {
        background: var(--mw-accent, #0a6380);
      }
      input:checked::after {
        inset-inline-start: 19px;
      }
      :host([invalid]) input:not(:checked) {
        background: var(--mw-danger, #b42318);
      }
    `,
  ];

  @property({ converter: onOff, reflect: true }) invalid = false;

  protected override render(): TemplateResult {
    return this.renderBox("switch");
  }
}
