import { css, html, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { t } from "../../shared/i18n";
import { isMac, showKey } from "../actions/keys";
import type { Engine } from "../engine";
import type { ToolDefinition } from "../tools/tool";
import { baseStyles, icon, SignalElement } from "./base";

/** The tools, one at a time, as the registry lists them. */
export class ToolBar extends SignalElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
      }
      div {
        display: flex;
        flex-direction: column;
        align-items: center;
        gap: 4px;
        padding: 8px 0;
      }
      .split {
        inline-size: 24px;
        block-size: 1px;
        margin: 4px 0;
        background: var(--mw-border, #d9dfe3);
      }
    `,
  ];

  @property({ attribute: false }) engine: Engine | null = null;

  protected override render(): TemplateResult | null {
    const { engine } = this;
    if (engine === null) return null;
    const painting = engine.tools.filter((tool) => !tool.readOnly);
    const looking = engine.tools.filter((tool) => tool.readOnly);
    return html`<div role="radiogroup" aria-label=${t("Tools")} aria-orientation="vertical" @keydown=${this.#arrows}>
      ${painting.map((tool) => this.#button(engine, tool))}
      ${painting.length > 0 && looking.length > 0 ? html`<span class="split"></span>` : null}
      ${looking.map((tool) => this.#button(engine, tool))}
    </div>`;
  }

  #button(engine: Engine, tool: ToolDefinition): TemplateResult {
    const { state } = engine.workspace;
    const key = engine.keymap.keyFor(tool);
    const shown = key === null ? "" : showKey(key, isMac());
    const chosen = state.tool.value === tool.id;
    return html`<button
      class="tool"
      role="radio"
      id=${tool.id}
      aria-checked=${chosen ? "true" : "false"}
      tabindex=${chosen ? 0 : -1}
      aria-label=${t(tool.label)}
      aria-keyshortcuts=${shown}
      data-tip=${shown === "" ? t(tool.label) : `${t(tool.label)}   ${shown}`}
      data-side="right"
      @click=${() => (state.tool.value = tool.id)}
    >
      ${icon(tool.icon)}
    </button>`;
  }

  readonly #arrows = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    const { engine } = this;
    if (step === undefined || engine === null) return;
    event.preventDefault();
    event.stopPropagation();
    const { tools, workspace } = engine;
    const at = tools.findIndex((tool) => tool.id === workspace.state.tool.value);
    const next = tools[(at + step + tools.length) % tools.length];
    workspace.state.tool.value = next.id;
    this.renderRoot.querySelector<HTMLElement>(`#${next.id}`)?.focus();
  };
}

customElements.define("mw-editor-toolbar", ToolBar);
