import { css, html, nothing, type TemplateResult } from "lit";
import { t } from "../../shared/i18n";
import type { OtherCommand } from "../actions/shortcuts";
import type { Engine } from "../engine";
import type { Category } from "../workspace";
import { share } from "./format";
import "./shortcut-sheet";

export type DialogId = "unlabeled" | "empty" | "impossible" | "decline" | "release" | "help" | "send-back" | "accept-painted";

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
  () => t("I have no time to finish it"),
];

const close = (event: Event): void => (event.target as Element).closest("dialog")?.close();
const back = (): TemplateResult =>
  html`<button type="button" class="button" @click=${close}>${t("Go on labeling")}</button>`;

/** Some pixels have no class: submit anyway, give them to a class, or go on. */
export function unlabeledDialog(
  unlabeled: number,
  whole: number,
  categories: readonly Category[],
  chosen: number,
  mustCover: boolean,
  on: { readonly submit: () => void; readonly give: (index: number) => void; readonly show: () => void },
): TemplateResult {
  const onGive = (event: Event): void => {
    const select = (event.target as Element).closest(".give")?.querySelector("select");
    on.give(Number(select?.value));
  };
  return html`<form method="dialog">
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
      <button type="button" class="button" @click=${onGive}>${t("Give the rest to this class")}</button>
    </div>
    <div class="row">
      <button type="button" class="button" @click=${(event: Event) => (close(event), on.show())}>${t("Show me where")}</button>
      ${back()}
      ${mustCover
        ? nothing
        : html`<button type="button" class="button primary" @click=${on.submit}>${t("Submit anyway")}</button>`}
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
  text: string,
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
    if (choice === "" && words === "") {
      (event.target as HTMLFormElement).querySelector("textarea")?.focus();
      return;
    }
    run([choice, words].filter((part) => part !== "").join(": "));
  };
  return html`<form @submit=${onSubmit}>
    <h2>${title}</h2>
    <p>${text}</p>
    <fieldset>
      ${reasons.map((reason) => html`<label class="choice"><input type="radio" name="reason" value=${reason()} />${reason()}</label>`)}
    </fieldset>
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
