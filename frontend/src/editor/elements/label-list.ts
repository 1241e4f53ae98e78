import { css, html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { t } from "../../shared/i18n";
import { showKey } from "../actions/keys";
import type { Engine } from "../engine";
import { toggled } from "../state";
import type { Category } from "../workspace";
import { baseStyles, icon, SignalElement } from "./base";
import { share } from "./format";

/** More classes than this get a search field. */
const SEARCH_FROM = 12;

/** Pictures of what is off and on. */
const SWITCHES = {
  lock: ["M6 11h12v9H6ZM9 11V7.5a3.5 3.5 0 0 1 6.8-1.2", "M6 11h12v9H6ZM8.5 11V7.5a3.5 3.5 0 0 1 7 0V11"],
  hide: [
    "M2.5 12C5 7.5 8.3 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-5.8 6.5-9.5 6.5S5 16.5 2.5 12ZM12 9.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6Z",
    "M2.5 12C5 7.5 8.3 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-5.8 6.5-9.5 6.5S5 16.5 2.5 12ZM4 4l16 16",
  ],
} as const;

/** The classes: which one is painted, its key, and how much of the image it has. */
export class LabelList extends SignalElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-block-size: 0;
      }
      h2 {
        margin: 0;
        padding: 12px 14px 6px;
        color: var(--mw-muted, #56636c);
        font-size: 12px;
        font-weight: 600;
        letter-spacing: 0.03em;
      }
      input {
        margin: 2px 12px 8px;
        padding: 6px 10px;
        border: 1px solid var(--mw-border-strong, #7d8a93);
        border-radius: 7px;
        background: var(--mw-surface, #fff);
      }
      ul {
        flex: 0 1 auto;
        min-block-size: 0;
        margin: 0;
        padding: 0 8px;
        overflow-y: auto;
        list-style: none;
      }
      .class {
        display: grid;
        grid-template-columns: 16px 1fr auto auto;
        align-items: center;
        gap: 10px;
        min-block-size: 36px;
        padding: 4px 8px;
        border-radius: 7px;
        cursor: pointer;
      }
      .class:hover {
        background: var(--mw-surface-2, #eceff1);
      }
      .class[aria-selected="true"] {
        background: var(--mw-accent-soft, #e0eff4);
        font-weight: 600;
      }
      .swatch {
        inline-size: 16px;
        block-size: 16px;
        border-radius: 4px;
        box-shadow: inset 0 0 0 1px rgb(0 0 0 / 25%);
      }
      .name {
        min-inline-size: 0;
        overflow-wrap: anywhere;
      }
      .end {
        display: grid; /* the switches lie over the share: names need the room */
        place-items: center end;
      }
      .end > * {
        grid-area: 1 / 1;
      }
      .switches {
        display: flex;
        margin-inline-end: -6px;
      }
      .switch {
        display: grid;
        place-items: center;
        inline-size: 24px;
        block-size: 24px;
        border-radius: 5px;
        color: var(--mw-muted, #56636c);
        visibility: hidden;
      }
      .switch svg {
        inline-size: 16px;
        block-size: 16px;
      }
      .class:hover .switch,
      .switch.on {
        visibility: visible;
      }
      .switch.on {
        color: var(--mw-text, #1a2227);
      }
      li:hover .share,
      .end:has(.on) .share {
        visibility: hidden;
      }
      .switch:hover {
        background: var(--mw-border, #d9dfe3);
      }
      .class.away .name,
      .class.away .swatch {
        opacity: 0.6;
      }
      .said {
        position: absolute;
        overflow: hidden;
        inline-size: 1px;
        block-size: 1px;
        clip-path: inset(50%);
      }
      @media (hover: none) {
        .class[aria-selected="true"] .switch {
          visibility: visible;
        }
        [aria-selected="true"] .share {
          visibility: hidden;
        }
      }
      .share {
        min-inline-size: 46px;
        color: var(--mw-muted, #56636c);
        font-size: 12px;
        font-weight: 400;
        font-variant-numeric: tabular-nums;
        text-align: end;
      }
      .unlabeled {
        margin: 6px 8px 10px;
        border-block-start: 1px solid var(--mw-border, #d9dfe3);
        border-start-start-radius: 0;
        border-start-end-radius: 0;
        cursor: default;
        color: var(--mw-muted, #56636c);
      }
      .unlabeled:hover {
        background: none;
      }
      .unlabeled .swatch {
        background: repeating-linear-gradient(135deg, #fff 0 2px, #5b666d 2px 4px);
      }
      .none {
        padding: 8px 14px;
        color: var(--mw-muted, #56636c);
      }
    `,
  ];

  @property({ attribute: false }) engine: Engine | null = null;
  @state() private search = "";
  #scrolledTo = 0;

  /** Puts the cursor into the search field, where there is one. */
  focusSearch(): void {
    this.renderRoot.querySelector("input")?.focus();
  }

  protected override updated(): void {
    const chosen = this.engine?.workspace.state.category.peek() ?? 0;
    if (chosen === this.#scrolledTo) return;
    this.#scrolledTo = chosen;
    const row = this.renderRoot.querySelector(`#class-${chosen}`);
    const list = row?.parentElement;
    if (!row || !list) return;
    // Not scrollIntoView: it would scroll the page too, where the editor is one part of it (a preview).
    const [inner, outer] = [row.getBoundingClientRect(), list.getBoundingClientRect()];
    if (inner.top < outer.top) list.scrollTop -= outer.top - inner.top;
    else if (inner.bottom > outer.bottom) list.scrollTop += inner.bottom - outer.bottom;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { engine } = this;
    if (engine === null) return nothing;
    const { workspace } = engine;
    const { map, categories, state: editor } = workspace;
    void editor.revision.value;
    const whole = map.width * map.height;
    const wanted = this.search.trim().toLowerCase();
    const shown = categories.filter(({ name }) => name.toLowerCase().includes(wanted));
    return html`<h2 id="heading">${t("Classes")}</h2>
      ${categories.length > SEARCH_FROM
        ? html`<input
            type="search" placeholder=${t("Search classes")} aria-label=${t("Search classes")} .value=${this.search}
            @input=${(event: Event) => (this.search = (event.target as HTMLInputElement).value)}
            @keydown=${(event: KeyboardEvent) => this.#searchKey(event, shown)}
          />`
        : nothing}
      <ul role="listbox" aria-labelledby="heading" tabindex="0" aria-activedescendant=${editor.category.value === 0 ? nothing : `class-${editor.category.value}`}
        @keydown=${(event: KeyboardEvent) => this.#arrows(event, shown)}>
        ${shown.map((category) => this.#row(engine, category, whole))}
      </ul>
      ${shown.length === 0 ? html`<div class="none">${categories.length === 0 ? t("There is no class yet.") : t("No class has this name.")}</div>` : nothing}
      <div class="class unlabeled">
        <span class="swatch"></span><span class="name">${t("Unlabeled")}</span><span></span>
        <span class="share">${share(map.unlabeled, whole)}</span>
      </div>`;
  }

  #row(engine: Engine, category: Category, whole: number): TemplateResult {
    const { map, state: editor } = engine.workspace;
    const key = engine.keymap.keyFor(category);
    const [locked, hidden] = [editor.locked.value.has(category.index), editor.hidden.value.has(category.index)];
    return html`<li
      class=${hidden ? "class away" : "class"} role="option" id="class-${category.index}"
      aria-selected=${editor.category.value === category.index ? "true" : "false"}
      title=${category.description === "" ? nothing : category.description}
      @click=${() => (editor.category.value = category.index)}
    >
      <span class="swatch" .style=${`background:${category.color}`}></span>
      <span class="name">
        ${category.name}${locked ? html`<span class="said">${t("locked")}</span>` : nothing}${hidden ? html`<span class="said">${t("hidden")}</span>` : nothing}
      </span>
      ${key === null ? html`<span></span>` : html`<kbd>${showKey(key, false)}</kbd>`}
      <span class="end">
        <span class="share">${share(map.counts[category.index], whole)}</span>
        <span class="switches" aria-hidden="true">
          ${engine.workspace.readOnly ? nothing : this.#switch("lock", locked, locked ? t("Unlock") : t("Lock: no tool changes it"), () => (editor.locked.value = toggled(editor.locked.value, category.index)))}
          ${this.#switch("hide", hidden, hidden ? t("Show") : t("Hide"), () => (editor.hidden.value = toggled(editor.hidden.value, category.index)))}
        </span>
      </span>
    </li>`;
  }

  /** For mouse and finger; with keys the same is done by actions for the chosen class: an option holds no button. */
  #switch(what: keyof typeof SWITCHES, on: boolean, title: string, flip: () => void): TemplateResult {
    const onClick = (event: Event): void => {
      event.stopPropagation();
      flip();
    };
    return html`<span class=${on ? `switch ${what} on` : `switch ${what}`} title=${title} @click=${onClick}>${icon(SWITCHES[what][on ? 1 : 0])}</span>`;
  }

  #arrows(event: KeyboardEvent, shown: readonly Category[]): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined || shown.length === 0 || this.engine === null) return;
    event.preventDefault();
    event.stopPropagation();
    const { state: editor } = this.engine.workspace;
    const at = shown.findIndex(({ index }) => index === editor.category.value);
    const next = shown[Math.min(shown.length - 1, Math.max(0, at + step))];
    editor.category.value = next.index;
  }

  /** Enter takes the first class found, Escape the search away; both give the keyboard back to the image. */
  #searchKey(event: KeyboardEvent, shown: readonly Category[]): void {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Enter" && shown.length > 0 && this.engine !== null) {
      this.engine.workspace.state.category.value = shown[0].index;
    }
    this.search = "";
    this.engine?.stage.host.focus();
  }
}

customElements.define("mw-editor-labels", LabelList);
