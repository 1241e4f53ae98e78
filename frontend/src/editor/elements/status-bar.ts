import { css, html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { t } from "../../shared/i18n";
import type { Engine } from "../engine";
import type { AssignmentSession } from "../session/assignment-session";
import type { SavingState } from "../session/drafts";
import { baseStyles, icon, SignalElement } from "./base";
import { countdown, share, zoomText } from "./format";

/** Below this much time left, the clock asks for attention. */
const SOON = 120_000;

const SAVING: Readonly<Record<SavingState, { readonly tone: string; readonly text: () => string }>> = {
  saved: { tone: "good", text: () => t("Saved") },
  saving: { tone: "busy", text: () => t("Saving…") },
  local: { tone: "warn", text: () => t("Offline: kept on this device") },
  failed: { tone: "bad", text: () => t("Not saved: do not close this window") },
};

/** Below the image: saving state, coverage, pointer position, zoom and the time left. */
export class StatusBar extends SignalElement {
  static override styles = [
    baseStyles,
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
      .item {
        display: flex;
        align-items: center;
        gap: 7px;
      }
      .space {
        flex: 1;
      }
      .dot {
        inline-size: 8px;
        block-size: 8px;
        border-radius: 50%;
        background: var(--mw-muted, #56636c);
      }
      .good .dot {
        background: var(--mw-success, #1f7a3d);
      }
      .busy .dot {
        background: var(--mw-accent, #0a6380);
        animation: pulse 1.2s ease-in-out infinite;
      }
      .warn {
        color: var(--mw-warning, #8a5200);
      }
      .bad {
        color: var(--mw-danger, #b42318);
        font-weight: 600;
      }
      .warn .dot,
      .bad .dot {
        background: currentColor;
      }
      @keyframes pulse {
        50% {
          opacity: 0.35;
        }
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
    return html`${session === null ? nothing : this.#saving(session)}
      ${readOnly
        ? nothing
        : html`<span class="item">
            <span class="bar" aria-hidden="true"><i .style=${`inline-size:${(labeled / whole) * 100}%`}></i></span>
            <span data-testid="coverage">${t("{share} labeled", { share: share(labeled, whole) })}</span>
          </span>`}
      <span class="space"></span>
      <span class="item position">${editor.pixel.value}</span>
      <span class="item size">${t("{width} × {height}", { width: map.width, height: map.height })}</span>
      ${this.#zoom(engine)} ${session === null ? nothing : this.#clock(session)}`;
  }

  #saving(session: AssignmentSession): TemplateResult {
    const { tone, text } = SAVING[session.saving.value];
    return html`<span class="item ${tone}" role="status" data-testid="saving"><i class="dot"></i>${text()}</span>`;
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

  #clock(session: AssignmentSession): TemplateResult {
    if (session.paused.value) {
      return html`<span class="item warn" data-testid="clock">${icon("M9 6v12M15 6v12", 16)}${t("Paused")}</span>`;
    }
    const left = session.deadline.value - this.now;
    return html`<span class="item ${left < SOON ? "warn" : ""}" role="timer" data-testid="clock" title=${t("While you work, the time is renewed up to the job's limit.")}>
      ${icon("M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16ZM12 8v4.5l3 2", 16)}${t("{time} left", { time: countdown(left) })}
    </span>`;
  }
}

customElements.define("mw-editor-status", StatusBar);
