import { css, html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { t } from "../../shared/i18n";
import { FIXED_KEYS, saveKeyChoices, type KeyChoices } from "../actions/key-choices";
import { isMac, keyOf, showKey } from "../actions/keys";
import { GROUP_LABELS, type ActionGroup } from "../actions/registry";
import { commandId, type Command, type OtherCommand } from "../actions/shortcuts";
import type { Engine } from "../engine";
import { baseStyles, SignalElement } from "./base";

/** Every tool and shortcut, from the registries; a press on a key gives the command another one. */
export class ShortcutSheet extends SignalElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
      }
      .sheet {
        columns: 2;
        column-gap: 36px;
      }
      section {
        break-inside: avoid;
        margin-block-end: 18px;
      }
      h3 {
        margin: 0 0 6px;
        color: var(--mw-muted, #56636c);
        font-size: 12px;
        font-weight: 600;
      }
      dl {
        display: grid;
        grid-template-columns: 1fr auto;
        gap: 5px 16px;
        align-items: center;
        margin: 0;
      }
      dd {
        display: flex;
        justify-content: flex-end;
        gap: 4px;
        margin: 0;
      }
      .key {
        padding: 0;
        border: 0;
        border-radius: 5px;
        background: none;
        cursor: pointer;
      }
      .key:hover kbd,
      .key.asked kbd {
        border-color: var(--mw-accent, #0a6380);
        color: var(--mw-accent, #0a6380);
      }
      .own kbd {
        background: var(--mw-accent-soft, #e0eff4);
      }
      .how {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 16px;
        min-block-size: 34px;
        margin-block-end: 14px;
        color: var(--mw-muted, #56636c);
      }
      .how.bad {
        color: var(--mw-danger, #b42318);
      }
      @media (max-width: 700px) {
        .sheet {
          columns: 1;
        }
      }
    `,
  ];

  @property({ attribute: false }) engine: Engine | null = null;
  @property({ attribute: false }) others: readonly OtherCommand[] = [];
  /** The command whose next key is awaited. */
  @state() private asked: string | null = null;
  @state() private refusal = "";

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("keydown", this.#onKey, { capture: true });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("keydown", this.#onKey, { capture: true });
    this.asked = null;
    this.refusal = "";
  }

  protected override render(): TemplateResult | typeof nothing {
    const { engine } = this;
    if (engine === null) return nothing;
    const by = (text: string, keys: string): TemplateResult => html`<dt>${text}</dt><dd><kbd>${keys}</kbd></dd>`;
    const groups: ActionGroup[] = ["edit", "paint", "view"];
    const { categories, state: editor } = engine.workspace;
    const lettered = categories.filter((category) => engine.keymap.keyFor(category) !== null);
    const own = Object.keys(editor.keys.value).length > 0;
    return html`<div class="how ${this.refusal === "" ? "" : "bad"}" role="status">
        <span>${this.refusal || (this.asked === null ? t("Press a key below to choose another one. It is kept in this browser.") : t("Now press the new key. Esc: leave it as it is."))}</span>
        ${own ? html`<button type="button" class="button" @click=${() => this.#choose({})}>${t("Back to the usual keys")}</button>` : nothing}
      </div>
      <div class="sheet">
        <section>
          <h3>${t("Tools")}</h3>
          <dl>${engine.tools.map((tool) => this.#line(engine, { kind: "tool", tool }, tool.label, tool))}</dl>
        </section>
        <section>
          <h3>${t("Mouse and pen")}</h3>
          <dl>
            ${by(t("Zoom at the pointer"), t("Wheel"))} ${by(t("Move the image"), t("Space and drag"))}
            ${by(t("Brush size"), t("Alt and wheel"))} ${by(t("Brush size by dragging"), t("Alt and right button"))}
            ${by(t("Pick the class under the pointer"), t("Alt and click"))} ${by(t("Straight brush line"), t("Shift and click"))}
          </dl>
        </section>
        <section>
          <h3>${t("Without a mouse")}</h3>
          <dl>
            ${by(t("Move the cursor"), t("Arrow keys"))} ${by(t("Move it by one pixel"), t("Shift and arrows"))}
            ${by(t("Click at the cursor; held with arrows: drag"), t("Space"))} ${by(t("Close a polygon"), "Enter")}
            ${by(t("Give up what is half done"), "Esc")}
          </dl>
        </section>
        ${groups.map((group) => {
          const actions = engine.actions.filter((action) => action.group === group);
          return actions.length === 0
            ? nothing
            : html`<section>
                <h3>${GROUP_LABELS[group]()}</h3>
                <dl>${actions.map((action) => this.#line(engine, { kind: "action", action }, action.label, action))}</dl>
              </section>`;
        })}
        <section>
          <h3>${t("Work")}</h3>
          <dl>${this.others.map((other) => this.#line(engine, { kind: "other", other }, other.label, other))}</dl>
        </section>
        ${lettered.length === 0
          ? nothing
          : html`<section>
              <h3>${t("Classes")}</h3>
              <dl>${lettered.map((category) => by(category.name, showKey(engine.keymap.keyFor(category) ?? "", isMac())))}</dl>
            </section>`}
      </div>`;
  }

  #line(engine: Engine, command: Command, label: string, owner: object): TemplateResult {
    const id = commandId(command) ?? "";
    const keys = [...engine.keymap.commands].filter(([, one]) => Object.values(one).includes(owner)).map(([key]) => showKey(key, isMac()));
    const shown = this.asked === id ? ["…"] : keys.length === 0 ? ["–"] : keys;
    const own = engine.workspace.state.keys.value[id] !== undefined;
    return html`<dt>${t(label)}</dt>
      <dd>
        <button
          type="button" class="key ${this.asked === id ? "asked" : ""} ${own ? "own" : ""}"
          aria-label=${t("Key of “{command}”: {keys}. Change", { command: t(label), keys: shown.join(", ") })}
          @click=${() => ((this.asked = id), (this.refusal = ""))}
        >${shown.map((key) => html`<kbd>${key}</kbd> `)}</button>
      </dd>`;
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const { asked, engine } = this;
    if (asked === null || engine === null || ["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    this.asked = null;
    const key = keyOf(event);
    if (key === "escape") return;
    const taken = engine.keymap.commands.get(key);
    if (FIXED_KEYS.has(key)) this.refusal = t("{key} has a fixed meaning. Choose another key.", { key: showKey(key, isMac()) });
    else if (taken !== undefined && commandId(taken) !== asked) {
      this.refusal = t("{key} is already “{command}”. Choose another key, or give that one another first.", {
        key: showKey(key, isMac()),
        command: nameOf(taken),
      });
    } else this.#choose({ ...engine.workspace.state.keys.value, [asked]: key });
  };

  #choose(choices: KeyChoices): void {
    this.refusal = "";
    saveKeyChoices(choices);
    if (this.engine !== null) this.engine.workspace.state.keys.value = choices;
  }
}

function nameOf(command: Command): string {
  switch (command.kind) {
    case "tool":
      return t(command.tool.label);
    case "action":
      return t(command.action.label);
    case "other":
      return t(command.other.label);
    case "category":
      return command.category.name;
  }
}

customElements.define("mw-editor-shortcuts", ShortcutSheet);
