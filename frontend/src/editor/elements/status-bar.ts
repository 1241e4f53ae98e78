import { css, html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { t } from "../../shared/i18n";
import type { Engine } from "../engine";
import type { AssignmentSession } from "../session/assignment-session";
import { baseStyles, icon, SignalElement } from "./base";
import { share, zoomText } from "./format";
import { clockItem, itemStyles, savingItem } from "./session-items";

/** Below the image: saving state, coverage, pointer position, zoom and the time left. */
export class StatusBar extends SignalElement {
  static override styles = [
    baseStyles,
    itemStyles,
    css`
      :host {
        display: flex;
        align-items: center;
        gap: 18px;
        min-block-size: 34px;
        padding: 0 12px;
        color: var(--mw-muted, #56636c);
        font-size: 12.5px;
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
        overflow: hidden;
        container-type: inline-size;
      }
      .space {
        flex: 1;
      }
      .bar {
        inline-size: 84px;
        block-size: 6px;
        overflow: hidden;
        border-radius: 3px;
        background: var(--mw-surface-2, #eceff1);
      }
      .bar i {
        display: block;
        block-size: 100%;
        background: var(--mw-accent, #0a6380);
      }
      .zoom {
        gap: 0;
      }
      .zoom .tool {
        inline-size: 28px;
        block-size: 28px;
      }
      .zoom button.value {
        min-inline-size: 58px;
        min-block-size: 28px;
        border: 0;
        border-radius: 6px;
        background: none;
        font-variant-numeric: tabular-nums;
        cursor: pointer;
      }
      .zoom button.value:hover {
        background: var(--mw-surface-2, #eceff1);
      }
      .position {
        min-inline-size: 84px;
      }
      @container (max-width: 780px) {
        .size,
        .position {
          display: none;
        }
      }
    `,
  ];

  @property({ attribute: false }) engine: Engine | null = null;
  /** Absent where nothing is saved. */
  @property({ attribute: false }) session: AssignmentSession | null = null;
  @state() private now = Date.now();
  #timer = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = window.setInterval(() => (this.now = Date.now()), 1000);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { engine, session } = this;
    if (engine === null) return nothing;
    const { map, state: editor, readOnly } = engine.workspace;
    void editor.revision.value;
    const whole = map.width * map.height;
    const labeled = whole - map.unlabeled;
    return html`${session === null ? nothing : savingItem(session)}
      ${readOnly
        ? nothing
        : html`<span class="item">
            <span class="bar" aria-hidden="true"><i .style=${`inline-size:${(labeled / whole) * 100}%`}></i></span>
            <span data-testid="coverage">${t("{share} labeled", { share: share(labeled, whole) })}</span>
          </span>`}
      <span class="space"></span>
      <span class="item position">${editor.pixel.value}</span>
      <span class="item size">${t("{width} × {height}", { width: map.width, height: map.height })}</span>
      ${this.#zoom(engine)} ${session === null ? nothing : clockItem(session, this.now)}`;
  }

  #zoom(engine: Engine): TemplateResult {
    const run = (id: string) => () => {
      const action = engine.actions.find((one) => one.id === id);
      if (action !== undefined) engine.run(action);
    };
    return html`<span class="item zoom" role="group" aria-label=${t("Zoom")}>
      <button class="tool" aria-label=${t("Zoom out")} title="${t("Zoom out")} (−)" @click=${run("zoom-out")}>${icon("M6 12h12", 16)}</button>
      <button class="value" aria-label=${t("Zoom {zoom}: show the whole image", { zoom: zoomText(engine.workspace.state.camera.value.scale) })}
        title="${t("Show the whole image")} (0)" @click=${run("fit")}>${zoomText(engine.workspace.state.camera.value.scale)}</button>
      <button class="tool" aria-label=${t("Zoom in")} title="${t("Zoom in")} (+)" @click=${run("zoom-in")}>${icon("M12 6v12M6 12h12", 16)}</button>
    </span>`;
  }
}

customElements.define("mw-editor-status", StatusBar);
