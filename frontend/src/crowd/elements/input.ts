import { html, nothing, type TemplateResult } from "lit";
import { property, query } from "lit/decorators.js";
import { TextField } from "../parts/text-field";

/** `<crowd-input>`: a line of text. */
export class CrowdInput extends TextField {
  @property() type = "text";
  @query("input") protected override readonly control!: HTMLInputElement | null;

  protected override renderControl(invalid: boolean): TemplateResult {
    return html`<input class="control" type=${this.type} .value=${this.value ?? ""} placeholder=${this.placeholder || nothing}
      maxlength=${this.maxLength ?? nothing} ?disabled=${this.disabled} aria-required=${this.required} aria-invalid=${invalid}
      aria-label=${this.label === "" ? this.placeholder || this.name : nothing}
      @input=${(event: Event) => this.typed((event.target as HTMLInputElement).value)} @change=${() => this.tell("change")} />`;
  }
}
