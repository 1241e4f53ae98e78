import { html, type TemplateResult } from "lit";
import { formatTime, t } from "../shared/i18n";
import type { Nothing } from "./types";

export interface Words {
  readonly title: string;
  readonly detail: string;
}

/** Why there is no photo now, and what will change it, in plain words. */
export function waitingWords({ reason, until }: Nothing, now: Date = new Date()): Words {
  switch (reason) {
    case "all_claimed":
      return {
        title: until
          ? t("All photos are with other labelers until {time}", { time: formatTime(until, now) })
          : t("All photos are with other labelers"),
        detail: t("As soon as one comes free it opens here."),
      };
    case "too_many_open":
      return {
        title: t("You have too many photos open"),
        detail: t("Finish or give back one of those you have open; then the next one opens here."),
      };
    case "skills_missing":
      return {
        title: t("The open jobs ask for skills you do not have yet"),
        detail: t("Ask your manager. As soon as there is a photo for you, it opens here."),
      };
    case "paused":
      return {
        title: t("You are paused in this job"),
        detail: t("Your manager can say why, and end it. As soon as there is a photo for you, it opens here."),
      };
    case "job_paused":
      return {
        title: t("The job is paused"),
        detail: until
          ? t("It goes on at {time}; then the next photo opens here.", { time: formatTime(until, now) })
          : t("Its manager has paused it. When it goes on, the next photo opens here."),
      };
    case "done_all":
      return {
        title: t("You did them all"),
        detail: t("Nothing is left for you in your teams' jobs. New photos open here."),
      };
    case "no_jobs":
      return {
        title: t("Your teams have no open job"),
        detail: t("When a manager starts one for your team, its first photo opens here."),
      };
    case "not_started":
      return {
        title: until
          ? t("The job starts at {time}", { time: formatTime(until, now) })
          : t("The job has not started yet"),
        detail: t("When its manager starts it, the first photo opens here."),
      };
    case null:
      return {
        title: t("There is nothing to do at this moment"),
        detail: t("As soon as there is, it opens here."),
      };
  }
}

export interface WaitingActions {
  readonly stop: () => void;
  readonly retry?: () => void;
}

/** Waiting, with or without trouble: one calm card in the middle. */
export function waitingView(words: Words, connection: TemplateResult, actions: WaitingActions): TemplateResult {
  return html`<section class="mw-waiting mw-card mw-empty" role="status">
    ${picture()}
    <h1>${words.title}</h1>
    <p>${words.detail}</p>
    <div class="mw-actions">
      ${actions.retry
        ? html`<button class="mw-button mw-button--primary" @click=${actions.retry}>${t("Try again now")}</button>`
        : null}
      <button class="mw-button" @click=${actions.stop}>${t("Stop for now")} <kbd aria-hidden="true">Esc</kbd></button>
    </div>
    ${connection}
  </section>`;
}

function picture(): TemplateResult {
  return html`<svg viewBox="0 0 56 56" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2">
    <rect x="9" y="13" width="38" height="30" rx="5" opacity="0.35" />
    <rect x="5" y="9" width="38" height="30" rx="5" fill="var(--mw-surface)" />
    <path d="M6 32c7-1 8-10 15-10 6 0 8 7 13 7 4 0 5-2 8-3" />
    <circle cx="33" cy="17" r="3" />
  </svg>`;
}
