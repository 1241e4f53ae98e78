import { css, html, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { t } from "../../shared/i18n";
import { isMac, showKey } from "../actions/keys";
import type { Action } from "../actions/registry";
import type { Engine } from "../engine";
import type { PaintMode } from "../document/gesture";
import { MAX_BRUSH, setAmount } from "../state";
import type { Refinement } from "../worker/refine";
import { currentCategory } from "../workspace";
import { baseStyles, icon, SignalElement } from "./base";

/** Slider positions grow with the square of the size: small brushes need the finer steps. */
const SLIDER = 100;
const LARGEST_BY_SLIDER = 400;

/** Above the image: undo, the tool's options, and how labels are shown. */
export class OptionsBar extends SignalElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: flex;
        align-items: center;
        gap: 4px;
        min-block-size: 44px;
        padding: 0 8px;
        container-type: inline-size;
      }
      .row {
        display: flex;
        flex: 1;
        flex-wrap: wrap; /* longer words of another language, or wider letters */
        align-items: center;
        gap: 2px;
        min-inline-size: 0;
      }
      .split {
        inline-size: 1px;
        block-size: 20px;
        margin: 0 8px;
        background: var(--mw-border, #d9dfe3);
      }
      .rest {
        grid-template-columns: auto minmax(0, auto);
        gap: 6px;
        inline-size: auto;
        min-inline-size: 36px;
        max-inline-size: 220px;
        padding: 0 8px;
      }
      .rest .word {
        overflow: hidden;
        max-inline-size: 150px;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .tool {
        flex: none; /* squeezed, the icons lie over each other */
      }
      .space {
        flex: 1;
      }
      label {
        display: flex;
        align-items: center;
        gap: 8px;
        color: var(--mw-muted, #56636c);
        white-space: nowrap;
      }
      label input[type="range"] {
        inline-size: 96px;
      }
      select {
        margin-inline-end: 8px;
        min-block-size: 32px;
        padding: 0 8px;
        border: 1px solid var(--mw-border-strong, #7d8a93);
        border-radius: 7px;
        background: var(--mw-surface, #fff);
        color: inherit;
        font: inherit;
      }
      .inside {
        margin-inline: 6px 0;
        max-inline-size: 130px;
      }
      output {
        min-inline-size: 44px;
        color: var(--mw-text, #1a2227);
        font-variant-numeric: tabular-nums;
      }
      .modes {
        display: flex;
        padding: 2px;
        border-radius: 8px;
        background: var(--mw-surface-2, #eceff1);
      }
      .modes button {
        min-block-size: 28px;
        padding: 0 10px;
        border: 0;
        border-radius: 6px;
        background: none;
        color: var(--mw-muted, #56636c);
        white-space: nowrap;
        cursor: pointer;
      }
      .modes button[aria-checked="true"] {
        background: var(--mw-surface, #fff);
        color: var(--mw-text, #1a2227);
        box-shadow: 0 1px 2px rgb(0 0 0 / 18%);
      }
      /* As wide as everything with its words is; a class's name may be longer, then it is cut. */
      @container (max-width: 1160px) {
        .word {
          display: none;
        }
        label input[type="range"] {
          inline-size: 60px;
        }
        .modes button {
          padding: 0 7px;
        }
        .inside {
          max-inline-size: 92px;
        }
        .split {
          margin: 0 4px;
        }
      }
      @container (max-width: 760px) {
        .space {
          display: none;
        }
        .row {
          padding-block: 4px;
        }
      }
    `,
  ];

  @property({ attribute: false }) engine: Engine | null = null;

  protected override render(): TemplateResult | typeof nothing {
    const { engine } = this;
    if (engine === null) return nothing;
    const { state, readOnly } = engine.workspace;
    void state.revision.value; // undo and counts follow the document
    const tool = engine.tools.find(({ id }) => id === state.tool.value);
    const amount = tool?.amount;
    const edit = engine.actions.filter(({ group }) => group === "edit");
    const rest = engine.actions.find(({ id }) => id === "give-unlabeled");
    const view = engine.actions.filter(({ group, icon: path }) => group === "view" && path !== null);
    return html`<div class="row" role="toolbar" aria-label=${t("Options")}>
      ${edit.map((action, at) => this.#button(engine, action, at === 0 ? "start" : "middle"))}
      ${edit.length > 0 ? html`<span class="split"></span>` : nothing}
      ${amount === "reach" ? this.#refinement(engine) : nothing}
      ${amount === "brushSize" ? this.#size(engine) : amount === undefined ? nothing : this.#amount(engine, amount)}
      ${readOnly ? nothing : html`${this.#modes(engine)}<span class="split"></span>`}
      ${rest === undefined ? nothing : this.#rest(engine, rest)}
      <span class="space"></span>
      ${view.map((action) => this.#button(engine, action, "end"))}
      <label class="opacity">
        <span class="word">${t("Opacity")}</span>
        <input
          type="range" min="0" max="100" step="5" aria-label=${t("Opacity of labels")}
          .value=${String(Math.round(state.opacity.value * 100))}
          @input=${(event: Event) => (state.opacity.value = (event.target as HTMLInputElement).valueAsNumber / 100)}
        />
      </label>
    </div>`;
  }

  #size(engine: Engine): TemplateResult {
    const { state } = engine.workspace;
    const position = Math.sqrt(state.brushSize.value / LARGEST_BY_SLIDER) * SLIDER;
    const onInput = (event: Event): void => {
      const value = (event.target as HTMLInputElement).valueAsNumber / SLIDER;
      state.brushSize.value = Math.min(MAX_BRUSH, Math.max(1, Math.round(value * value * LARGEST_BY_SLIDER)));
    };
    return html`<label>
        <span class="word">${t("Size")}</span>
        <input
          type="range" min="1" max=${SLIDER} step="1" aria-label=${t("Brush size")}
          aria-valuetext=${t("{size} pixels", { size: state.brushSize.value })}
          .value=${String(Math.round(Math.min(SLIDER, position)))} @input=${onInput}
        />
        <output>${t("{size} px", { size: state.brushSize.value })}</output>
      </label>
      <span class="split"></span>`;
  }

  /** The magic wand's tolerance, or by how many pixels a region is refined. */
  #amount(engine: Engine, id: "tolerance" | "reach"): TemplateResult {
    const { state } = engine.workspace;
    const [name, least, most] = id === "tolerance" ? [t("Tolerance"), 0, 128] : [t("Pixels"), 1, 100];
    return html`<label>
        <span class="word">${name}</span>
        <input
          type="range" min=${least} max=${most} step="1" aria-label=${name} .value=${String(state[id].value)}
          @input=${(event: Event) => setAmount(state, id, (event.target as HTMLInputElement).valueAsNumber)}
        />
        <output>${id === "reach" ? t("{size} px", { size: state.reach.value }) : state.tolerance.value}</output>
      </label>
      <span class="split"></span>`;
  }

  #refinement(engine: Engine): TemplateResult {
    const { state } = engine.workspace;
    const choice = (value: Refinement, text: string): TemplateResult =>
      html`<option value=${value} ?selected=${state.refinement.value === value}>${text}</option>`;
    return html`<select
      aria-label=${t("What a click does")}
      @change=${(event: Event) => (state.refinement.value = (event.target as HTMLSelectElement).value as Refinement)}
    >
      ${choice("grow", t("Grow"))}${choice("shrink", t("Shrink"))}${choice("holes", t("Fill holes"))}${choice("specks", t("Remove specks"))}
    </select>`;
  }

  #modes(engine: Engine): TemplateResult {
    const { state } = engine.workspace;
    const mode = engine.actions.find(({ id }) => id === "mode");
    const inside = engine.actions.find(({ id }) => id === "mode-inside");
    const chosen = state.mode.value;
    const tip = (action: Action | undefined, text: string): string => {
      const key = action === undefined ? null : engine.keymap.keyFor(action);
      return key === null ? text : `${text} (${showKey(key, isMac())})`;
    };
    const choice = (value: PaintMode, text: string): TemplateResult => html`<button
      role="radio"
      aria-checked=${chosen === value ? "true" : "false"}
      title=${tip(typeof value === "number" ? inside : mode, text)}
      @click=${() => (state.mode.value = value)}
    >${text}</button>`;
    return html`<div class="modes" role="radiogroup" aria-label=${t("Paint")}>
      ${choice("over", t("Over everything"))}${choice("unlabeled", t("Only unlabeled"))}
      ${inside === undefined || state.category.value === 0 ? nothing : choice(typeof chosen === "number" ? chosen : state.category.value, t("Only inside"))}
    </div>
    ${typeof chosen === "number" ? this.#inside(engine, chosen) : nothing}`;
  }

  /** Inside which class is painted. */
  #inside({ workspace: { categories, state } }: Engine, chosen: number): TemplateResult {
    return html`<select
      class="inside" aria-label=${t("Paint only inside this class")}
      @change=${(event: Event) => (state.mode.value = Number((event.target as HTMLSelectElement).value))}
    >
      ${categories.map(({ index, name }) => html`<option value=${index} ?selected=${index === chosen}>${name}</option>`)}
    </select>`;
  }

  /** What is left, to the chosen class. */
  #rest(engine: Engine, action: Action): TemplateResult {
    const category = currentCategory(engine.workspace);
    const key = engine.keymap.keyFor(action);
    const tip = key === null ? t(action.label) : `${t(action.label)}   ${showKey(key, isMac())}`;
    return html`<button
      class="tool rest" id=${action.id} aria-label=${t(action.label)} data-tip=${tip} data-side="middle"
      ?disabled=${action.enabled?.(engine.workspace) === false} @click=${() => engine.run(action)}
    >
      ${icon(action.icon ?? "")}
      <span class="word">${t("Rest to {name}", { name: category?.name ?? "" })}</span>
    </button>`;
  }

  #button(engine: Engine, action: Action, side: "start" | "middle" | "end"): TemplateResult {
    const { workspace, keymap } = engine;
    const key = keymap.keyFor(action);
    const shown = key === null ? "" : showKey(key, isMac());
    const label = t(action.label);
    return html`<button
      class="tool"
      id=${action.id}
      ?disabled=${action.enabled?.(workspace) === false}
      aria-pressed=${action.active === undefined ? nothing : action.active(workspace) ? "true" : "false"}
      aria-label=${label}
      aria-keyshortcuts=${shown}
      data-tip=${shown === "" ? label : `${label}   ${shown}`}
      data-side=${side}
      @click=${() => engine.run(action)}
    >
      ${icon(action.icon ?? "")}
    </button>`;
  }
}

customElements.define("mw-editor-options", OptionsBar);
