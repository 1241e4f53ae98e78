import { css, html, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { t } from "../../shared/i18n";
import { baseStyles, SignalElement } from "../elements/base";
import type { EditorState } from "../state";
import { toScreen } from "../viewport/camera";
import type { PinList } from "./pins";

/** The pins over the image: each a button at its place. The words stand beside the image, those of the chosen pin here too. */
export class PinLayer extends SignalElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        position: absolute;
        inset: 0;
        overflow: hidden;
        pointer-events: none;
      }
      button {
        position: absolute;
        inset: 0 auto auto 0;
        inline-size: 26px;
        block-size: 26px;
        padding: 0;
        border: 2px solid #fff;
        border-radius: 50% 50% 50% 2px;
        background: #0a6380;
        color: #fff;
        font: 600 12px/1 var(--mw-font, system-ui, sans-serif);
        box-shadow: 0 1px 4px rgb(0 0 0 / 55%);
        pointer-events: auto;
        cursor: pointer;
      }
      button.selected {
        background: #b34700;
        z-index: 1;
      }
      button.done {
        background: #1f7a3d;
        opacity: 0.75;
      }
      .words {
        position: absolute;
        inset: 0 auto auto 0;
        z-index: 2;
        max-inline-size: min(260px, 60%);
        padding: 7px 11px;
        border-radius: 8px;
        background: #11181c;
        color: #f2f5f6;
        line-height: 1.4;
        overflow-wrap: anywhere;
        box-shadow: 0 4px 16px rgb(0 0 0 / 40%);
      }
    `,
  ];

  @property({ attribute: false }) list: PinList | null = null;
  @property({ attribute: false }) editor: EditorState | null = null;

  protected override render(): TemplateResult | typeof nothing {
    const { list, editor } = this;
    if (list === null || editor === null || !list.shown.value) return nothing;
    const camera = editor.camera.value;
    const selected = list.selected.value;
    return html`${list.pins.value.map(({ x, y, number, text, done }) => {
      const [sx, sy] = toScreen(camera, x, y);
      const place = `translate(${Math.round(sx)}px, ${Math.round(sy - 26)}px)`;
      const chosen = number === selected;
      const name = t("Comment {number}: {text}", { number, text: text === "" ? t("nothing written yet") : text });
      return html`<button
          class="${chosen ? "selected" : ""} ${done ? "done" : ""}" .style=${`transform: ${place}`} aria-label=${name} title=${text} aria-pressed=${chosen}
          @click=${() => (list.selected.value = chosen ? null : number)}
        >${done ? "✓" : number}</button>
        ${chosen && text !== ""
          ? html`<div class="words" .style=${`transform: translate(${Math.round(Math.max(8, sx + 32))}px, ${Math.round(Math.max(8, sy - 30))}px)`}>${text}</div>`
          : nothing}`;
    })}`;
  }
}

customElements.define("mw-editor-pins", PinLayer);
