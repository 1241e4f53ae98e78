import { nothing, type TemplateResult } from "lit";
import { BoxField } from "../parts/box-field";

/** `<crowd-checkbox>`. */
export class CrowdCheckbox extends BoxField {
  protected override render(): TemplateResult {
    return this.renderBox(nothing);
  }
}
