import { html, type TemplateResult } from "lit";
import { t, tn } from "../../shared/i18n";
import type { VerdictContent } from "../transport/transport";
import type { ReviewDesk } from "./desk";

const close = (event: Event): void => (event.target as Element).closest("dialog")?.close();

/** Why the answers go back, which of them, and to whom; `send` gets the verdict once it is complete. */
export function sendBackDialog(desk: ReviewDesk, send: (content: VerdictContent) => void): TemplateResult {
  const comments = desk.pins.said;
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const data = new FormData(form);
    const written = data.get("reason");
    const reason = typeof written === "string" ? written.trim() : "";
    const annotations = data.getAll("answer").filter((id): id is string => typeof id === "string");
    const [words, first] = [form.querySelector("textarea"), form.querySelector<HTMLInputElement>("[name=answer]")];
    words?.setCustomValidity(reason === "" && comments.length === 0 ? t("Say what is wrong, or pin a comment to the place.") : "");
    first?.setCustomValidity(annotations.length === 0 ? t("Choose at least one answer.") : "");
    if (!form.reportValidity()) return;
    send({ verdict: "return", reason, comments, annotations, to: data.get("to") === "other" ? "other" : "same" });
  };
  const clear = (event: Event): void => {
    for (const field of (event.currentTarget as HTMLFormElement).querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("textarea, [name=answer]")) {
      field.setCustomValidity("");
    }
  };
  return html`<form @submit=${onSubmit} @input=${clear} novalidate>
    <h2>${t("Send back")}</h2>
    <p>
      ${comments.length === 0
        ? t("Say what is wrong. You can also pin comments to places first.")
        : tn(comments.length, "Your comment goes with it.", "Your {count} comments go with it.")}
      ${desk.changed.value ? t("What you painted is not sent: the labelers correct their own masks.") : ""}
    </p>
    <textarea name="reason" maxlength="1000" placeholder=${t("What is wrong?")} aria-label=${t("What is wrong?")}></textarea>
    <fieldset>
      <legend>${t("Which answers")}</legend>
      ${desk.sheet.answers.map(({ id, name }) => html`<label class="choice"><input type="checkbox" name="answer" value=${id} .defaultChecked=${true} />${t("Answer {name}", { name })}</label>`)}
    </fieldset>
    <fieldset>
      <legend>${t("To whom")}</legend>
      <label class="choice"><input type="radio" name="to" value="same" .defaultChecked=${true} />${t("to who gave it; kept for them for a day")}</label>
      <label class="choice"><input type="radio" name="to" value="other" />${t("to somebody else")}</label>
    </fieldset>
    <div class="row">
      <button type="button" class="button" @click=${close}>${t("Go on reviewing")}</button>
      <button class="button primary">${t("Send back")}</button>
    </div>
  </form>`;
}

/** A repainted mask is an answer of its own: comments do not go with it. */
export function acceptPaintedDialog(count: number, accept: () => void): TemplateResult {
  return html`<form method="dialog">
    <h2>${t("Accept your mask?")}</h2>
    <p>${tn(count, "You also wrote a comment. It goes only to labelers to whom you send something back, not with a mask you painted.", "You also wrote {count} comments. They go only to labelers to whom you send something back, not with a mask you painted.")}</p>
    <div class="row">
      <button type="button" class="button" @click=${close}>${t("Go on reviewing")}</button>
      <button type="button" class="button primary" @click=${accept}>${t("Accept without the comments")}</button>
    </div>
  </form>`;
}
