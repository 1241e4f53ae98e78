import { html, nothing, type TemplateResult } from "lit";
import { formatTime, t } from "../../shared/i18n";
import { sameBrowser, windowName } from "../../shared/window-name";
import type { AssignmentSession } from "../session/assignment-session";
import type { EditorState } from "../state";
import type { OtherDraft } from "../transport/errors";
import { icon } from "./base";

const CLOSE = "M6 6l12 12M18 6 6 18";

export interface SessionActions {
  readonly submitLate: () => void;
  readonly leave: () => void;
  readonly takeTheirs: () => void;
  readonly resume: () => void;
  readonly retry: () => void;
  readonly signInUrl: string;
}

/** When and where the other draft was painted, as far as it is known. */
function whereElse({ saved_at: at, window, device }: OtherDraft): string {
  if (at === null) return t("You went on with this image in another window, and what was painted there was saved.");
  const time = formatTime(new Date(at));
  if (sameBrowser(windowName(), window)) return t("You went on with this image in another window of this browser, and what was painted there was saved at {time}.", { time });
  return device === ""
    ? t("You went on with this image elsewhere, and what was painted there was saved at {time}.", { time })
    : t("You went on with this image on another device ({device}), and what was painted there was saved at {time}.", { device, time });
}

/** Over the image, above everything: what the person must know about the assignment itself. */
export function sessionBanner(session: AssignmentSession, on: SessionActions): TemplateResult | typeof nothing {
  const phase = session.phase.value;
  const problem = session.problem.value;
  if (phase.kind === "lost" && phase.earlier) {
    return html`<div class="banner warn" role="alert">
      <span>${t("The answer you sent before had arrived, and it counts. What you changed since then is not part of it.")}</span>
      <button class="button primary" @click=${on.leave}>${t("Go on")}</button>
    </div>`;
  }
  if (phase.kind === "lost" && phase.gone === true) {
    return html`<div class="banner warn" role="alert">
      <span>${t("This work was taken away from you, so nothing more can be sent for this image. What you submitted before counts. Your saved labels are kept in case you get the image again.")}</span>
      <button class="button primary" @click=${on.leave}>${t("Go on")}</button>
    </div>`;
  }
  if (phase.kind === "lost" && session.stopping.value) {
    return html`<div class="banner warn" role="alert">
      <span>${t("The job was stopped, and the time to submit this image is over. What you drew is kept, but it does not count.")}</span>
      <button class="button primary" @click=${on.leave}>${t("Go on")}</button>
    </div>`;
  }
  if (phase.kind === "lost") {
    return phase.annotation === null
      ? html`<div class="banner warn" role="alert">
          <span>${t("The time for this image has run out, or it was taken back. Nothing you drew is lost: you can still submit it, and it counts if nobody else has taken the image.")}</span>
          <button class="button" @click=${on.leave}>${t("Leave it")}</button>
          <button class="button primary" @click=${on.submitLate}>${t("Submit all the same")}</button>
        </div>`
      : html`<div class="banner warn" role="alert">
          <span>${t("Somebody else has taken this image in the meantime. Your answer came late and was kept.")}</span>
          <button class="button primary" @click=${on.leave}>${t("Go on")}</button>
        </div>`;
  }
  if (session.signedOut.value) {
    return html`<div class="banner warn" role="alert">
      <span>${t("You were signed out. Your work is kept on this device: sign in again, then go on here.")}</span>
      <a class="button" href=${on.signInUrl} target="_blank" rel="noopener">${t("Sign in")}</a>
      <button class="button primary" @click=${on.retry}>${t("I am signed in again")}</button>
    </div>`;
  }
  const other = session.conflict.value;
  if (other !== null) {
    return html`<div class="banner warn" role="alert">
      <span>${whereElse(other)} ${t("Nothing of this window is saved until you choose one of the two. The other one stays in the history of this draft.")}</span>
      <button class="button" @click=${on.takeTheirs}>${t("Take the other window's")}</button>
      <button class="button primary" @click=${() => void session.keepMine()}>${t("Keep what is here")}</button>
    </div>`;
  }
  if (problem !== null) {
    return html`<div class="banner bad" role="alert">
      <span>${problem.message}${problem.fields.map(({ message }) => html`<br />${message}`)}</span>
      <button class="tool" aria-label=${t("Close")} @click=${() => (session.problem.value = null)}>${icon(CLOSE, 16)}</button>
    </div>`;
  }
  if (session.stopping.value && phase.kind === "working") {
    return html`<div class="banner warn" role="alert">
      <span>${t("This job was stopped. Submit within the time shown above: after that, this image does not count.")}</span>
    </div>`;
  }
  if (session.elsewhere.value && phase.kind === "working") {
    return html`<div class="banner" role="status">
      <span>${t("This image is open in another window of this browser, too. Paint in one of the two only.")}</span>
      <button class="tool" aria-label=${t("Close")} @click=${() => (session.elsewhere.value = false)}>${icon(CLOSE, 16)}</button>
    </div>`;
  }
  if (session.paused.value) {
    return html`<div class="banner" role="status">
      <span>${t("This job is paused. Your time stands still; you may go on drawing, it is saved, and you can submit.")}</span>
    </div>`;
  }
  return nothing;
}

/** Covers the image while nothing can be painted. */
export function sessionVeil(session: AssignmentSession, on: SessionActions): TemplateResult | typeof nothing {
  const phase = session.phase.value;
  switch (phase.kind) {
    case "sending":
      return html`<div class="over veil" role="status">
        <span class="spinner"></span>
        ${phase.waiting === null && session.reachable.value
          ? html`<h2>${t("Submitting…")}</h2>`
          : html`<h2>${t("The server cannot be reached")}</h2>
              <p>${phase.waiting === null
                ? t("Your work is kept on this device. It is sent at once when the network is back.")
                : t("Your work is kept on this device. It is sent again in {seconds} seconds, and at once when the network is back.", { seconds: Math.ceil(phase.waiting) })}</p>
              <button class="button" @click=${() => session.cancelSending()}>${t("Back to the image")}</button>`}
      </div>`;
    case "sent":
      return html`<div class="over veil" role="status">${icon("M5 12.5l4.5 4.5L19 7.5", 40)}<h2>${t("Done")}</h2></div>`;
    case "stopped":
      return html`<div class="over veil" role="status">
        <h2>${t("Stopped: everything is saved")}</h2>
        <p>${t("The image stays yours until its time runs out. You can go on here or on another device.")}</p>
        <button class="button primary" @click=${on.resume}>${t("Go on")}</button>
      </div>`;
    default:
      return nothing;
  }
}

/** Short news at the lower edge of the image. */
export function toast(state: EditorState): TemplateResult {
  const busy = state.busy.value;
  const notice = state.notice.value;
  return html`<div aria-live="polite">
    ${busy !== null
      ? html`<div class="toast"><span class="spinner small"></span>${busy}</div>`
      : notice !== null
        ? html`<div class="toast ${notice.kind}">
            ${notice.text}
            <button aria-label=${t("Close")} @click=${() => (state.notice.value = null)}>${icon(CLOSE, 14)}</button>
          </div>`
        : nothing}
  </div>`;
}
