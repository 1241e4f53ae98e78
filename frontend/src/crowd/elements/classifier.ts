import { html, type TemplateResult } from "lit";
import { Classifier } from "../parts/classifier-base";

/** `<crowd-classifier>`: one category for what stands in `<classification-target>`. */
export class CrowdClassifier extends Classifier {
  protected override renderTarget(): TemplateResult {
    return html`<slot name="classification-target"></slot><slot></slot>`;
  }
}

/** `<crowd-classifier-multi-select>`: one or more. */
export class CrowdClassifierMultiSelect extends CrowdClassifier {
  protected override readonly several = true;
}
