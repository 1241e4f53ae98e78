import { css, html, nothing, type TemplateResult } from "lit";
import { t } from "../../shared/i18n";
import type { OtherCommand } from "../actions/shortcuts";
import type { Engine } from "../engine";
import type { Category } from "../workspace";
import { share } from "./format";
import "./shortcut-sheet";

export type DialogId = "unlabeled" | "empty" | "impossible" | "decline" | "release" | "help" | "history" | "send-back" | "accept-painted";

export const dialogStyles = css`
  dialog {
    inline-size: min(480px, calc(100vw - 32px));
    max-block-size: calc(100vh - 48px);
    padding: 0;
    border: 1px solid var(--mw-border, #d9dfe3);
    border-radius: var(--mw-radius-large, 12px);
    background: var(--mw-surface, #fff);
    color: var(--mw-text, #1a2227);
    box-shadow: var(--mw-shadow-raised, 0 8px 28px rgb(20 30 36 / 16%));
    overflow: auto;
  }
  dialog.wide {
    inline-size: min(860px, calc(100vw - 32px));
  }
  dialog::backdrop {
    background: var(--mw-scrim, rgb(15 22 26 / 45%));
  }
  dialog form {
    display: grid;
    gap: 14px;
    padding: 22px 24px 20px;
  }
  dialog h2 {
    margin: 0;
    font-size: 17px;
    font-weight: 600;
  }
  dialog p {
    margin: 0;
    color: var(--mw-muted, #56636c);
    line-height: 1.5;
  }
  dialog .row {
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    gap: 8px;
    margin-block-start: 4px;
  }
  dialog .give {
    display: flex;
    align-items: center;
    gap: 8px;
  }
  dialog .give select {
    flex: 1;
    min-inline-size: 0;
  }
  dialog select,
  dialog textarea {
    padding: 7px 10px;
    border: 1px solid var(--mw-border-strong, #7d8a93);
    border-radius: 7px;
    background: var(--mw-surface, #fff);
  }
  dialog textarea {
    min-block-size: 76px;
    resize: vertical;
  }
  dialog fieldset {
    display: grid;
    gap: 2px;
    margin: 0;
    padding: 0;
    border: 0;
  }
  dialog legend {
    padding: 0;
    font-weight: 600;
  }
  dialog .choice {
    display: flex;
    align-items: center;
    gap: 10px;
    padding: 6px 0;
    cursor: pointer;
  }
  dialog .button.primary kbd {
    border-color: color-mix(in srgb, currentColor 45%, transparent);
    background: transparent;
    color: inherit;
  }
  dialog .next {
    display: grid;
    gap: 4px;
    margin: 0;
    padding-inline-start: 18px;
    color: var(--mw-muted, #56636c);
    line-height: 1.5;
  }
  dialog .error {
    color: var(--mw-danger, #b42318);
  }
  dialog .choice input {
    accent-color: var(--mw-accent, #0a6380);
  }
`;

export const IMPOSSIBLE_REASONS: readonly (() => string)[] = [
  () => t("The image is too dark, too bright or blurred"),
  () => t("The image does not show what the instructions are about"),
  () => t("The image is damaged or incomplete"),
  () => t("The instructions do not say how to label this"),
];

export const DECLINE_REASONS: readonly (() => string)[] = [
  () => t("I do not know enough about this subject"),
  () => t("I would rather not see images like this"),
  () => t("The instructions do not say how to label this"),
  () => t("I have no time to finish it"),
];

const close = (event: Event): void => (event.target as Element).closest("dialog")?.close();
const back = (): TemplateResult =>
  html`<button type="button" class="button" @click=${close}>${t("Go on labeling")}</button>`;

/** Keys of the dialog's buttons and boxes (`data-key`), pressed anywhere in it but in a list or text. */
function pressByKey(event: KeyboardEvent): void {
  // Held from the shortcut that opened the dialog: it must not answer the question at once.
  if (event.repeat) {
    event.preventDefault();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || (event.target as Element).matches("select, textarea")) return;
  const key = event.key.toLowerCase();
  if (!/^[a-z]$/.test(key)) return;
  const control = (event.currentTarget as Element).querySelector<HTMLElement>(`[data-key="${key}"]`);
  if (control === null) return;
  event.preventDefault();
  control.click();
}

export interface UnlabeledAnswers {
  readonly submit: () => void;
  readonly give: (index: number) => void;
  readonly show: () => void;
  /** Whether to ask again in this job; null where it cannot be chosen. */
  readonly silence: ((silent: boolean) => void) | null;
}

/** Some pixels have no class: submit anyway, give them to a class, or go on. The usual answer has the focus. */
export function unlabeledDialog(
  unlabeled: number,
  whole: number,
  categories: readonly Category[],
  chosen: number,
  mustCover: boolean,
  on: UnlabeledAnswers,
): TemplateResult {
  const onGive = (event: Event): void => {
    const select = (event.target as Element).closest(".give")?.querySelector("select");
    on.give(Number(select?.value));
  };
  const onSubmit = (event: Event): void => {
    const box = (event.target as Element).closest("form")?.querySelector<HTMLInputElement>("input[name=silent]");
    if (box?.checked === true) on.silence?.(true);
    on.submit();
  };
  return html`<form method="dialog" @keydown=${pressByKey}>
    <h2>${t("{share} of the image is unlabeled", { share: share(unlabeled, whole) })}</h2>
    <p>
      ${mustCover
        ? t("This job wants every pixel to have a class. Give the rest to a class, or go on labeling.")
        : t("Unlabeled pixels count as background. You can submit them so, or give them to a class first.")}
    </p>
    <div class="give">
      <select aria-label=${t("Class for the unlabeled pixels")}>
        ${categories.map(({ index, name }) => html`<option value=${index} ?selected=${index === chosen}>${name}</option>`)}
      </select>
      <button type="button" class="button" data-key="g" aria-keyshortcuts="G" ?autofocus=${mustCover} @click=${onGive}>
        ${t("Give the rest to this class")} <kbd aria-hidden="true">G</kbd>
      </button>
    </div>
    ${mustCover || on.silence === null
      ? nothing
      : html`<label class="choice">
          <input type="checkbox" name="silent" data-key="d" aria-keyshortcuts="D" />
          <span>${t("Submit without this question in this job from now on")}</span> <kbd aria-hidden="true">D</kbd>
        </label>`}
    <div class="row">
      <button type="button" class="button" data-key="w" aria-keyshortcuts="W" @click=${(event: Event) => (close(event), on.show())}>
        ${t("Show me where")} <kbd aria-hidden="true">W</kbd>
      </button>
      <button type="button" class="button" aria-keyshortcuts="Escape" @click=${close}>${t("Go on labeling")} <kbd aria-hidden="true">Esc</kbd></button>
      ${mustCover
        ? nothing
        : html`<button type="button" class="button primary" data-key="s" aria-keyshortcuts="S" autofocus @click=${onSubmit}>
            ${t("Submit anyway")} <kbd aria-hidden="true">S</kbd>
          </button>`}
    </div>
  </form>`;
}

/** A question with one way on. */
export function confirmDialog(
  title: string,
  text: string,
  action: string,
  run: () => void,
): TemplateResult {
  return html`<form method="dialog">
    <h2>${title}</h2>
    <p>${text}</p>
    <div class="row">${back()}<button type="button" class="button primary" @click=${run}>${action}</button></div>
  </form>`;
}

/** A reason from a list or in own words; `run` gets it once there is one. */
export function reasonDialog(
  title: string,
  text: string | readonly string[],
  reasons: readonly (() => string)[],
  action: string,
  run: (reason: string) => void,
): TemplateResult {
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const field = (name: string): string => {
      const value = data.get(name);
      return typeof value === "string" ? value.trim() : "";
    };
    const [choice, words] = [field("reason"), field("words")];
    const form = event.target as HTMLFormElement;
    const missing = choice === "" && words === "";
    form.querySelector(".error")?.toggleAttribute("hidden", !missing);
    if (missing) {
      form.querySelector<HTMLInputElement>("input[name=reason]")?.focus();
      return;
    }
    run([choice, words].filter((part) => part !== "").join(": "));
  };
  return html`<form @submit=${onSubmit}>
    <h2>${title}</h2>
    ${typeof text === "string" ? html`<p>${text}</p>` : html`<ul class="next">${text.map((line) => html`<li>${line}</li>`)}</ul>`}
    <fieldset>
      <legend>${t("Your reason")}</legend>
      ${reasons.map((reason, at) => html`<label class="choice"><input type="radio" name="reason" value=${reason()} ?autofocus=${at === 0} />${reason()}</label>`)}
    </fieldset>
    <p class="error" role="alert" hidden>${t("Choose a reason, or say it in your own words.")}</p>
    <textarea name="words" maxlength="500" placeholder=${t("In your own words")} aria-label=${t("In your own words")}></textarea>
    <div class="row">${back()}<button class="button primary">${action}</button></div>
  </form>`;
}

/** Tools and shortcuts. */
export function helpSheet(engine: Engine, others: readonly OtherCommand[]): TemplateResult {
  return html`<form method="dialog">
    <h2>${t("Tools and shortcuts")}</h2>
    <mw-editor-shortcuts .engine=${engine} .others=${others}></mw-editor-shortcuts>
    <div class="row"><button class="button primary">${t("Close")}</button></div>
  </form>`;
}
