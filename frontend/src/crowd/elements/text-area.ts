import { html, nothing, type TemplateResult } from "lit";
import { property, query } from "lit/decorators.js";
import { onOff } from "../parts/element";
import { TextField } from "../parts/text-field";

/** `<crowd-text-area>`: lines of text; grows with them, up to `max-rows`. */
export class CrowdTextArea extends TextField {
  @property({ type: Number }) rows = 3;
  @property({ attribute: "max-rows", type: Number }) maxRows: number | null = null;
  @property({ attribute: "char-counter", converter: onOff }) charCounter = false;
  @query("textarea") protected override readonly control!: HTMLTextAreaElement | null;

  protected override renderControl(invalid: boolean): TemplateResult {
    const text = this.value ?? "";
    const lines = Math.max(this.rows, text.split("\n").length);
    const rows = Math.min(lines, this.maxRows ?? 24);
    return html`<textarea class="control" rows=${rows} .value=${text} placeholder=${this.placeholder || nothing}
        maxlength=${this.maxLength ?? nothing} ?disabled=${this.disabled} aria-required=${this.required} aria-invalid=${invalid}
        aria-label=${this.label === "" ? this.placeholder || this.name : nothing}
        @input=${(event: Event) => this.typed((event.target as HTMLTextAreaElement).value)} @change=${() => this.tell("change")}></textarea>
      ${this.charCounter ? html`<span class="count">${text.length}${this.maxLength === null ? nothing : ` / ${this.maxLength}`}</span>` : nothing}`;
  }
}
