import { css, html, type TemplateResult } from "lit";
import { t } from "../../shared/i18n";
import type { AssignmentSession } from "../session/assignment-session";
import type { SavingState } from "../session/drafts";
import { icon } from "./base";
import { countdown } from "./format";

/** Below this much time left, the clock asks for attention. */
const SOON = 120_000;

const SAVING: Readonly<Record<SavingState, { readonly tone: string; readonly text: () => string }>> = {
  saved: { tone: "good", text: () => t("Saved") },
  saving: { tone: "busy", text: () => t("Saving…") },
  local: { tone: "warn", text: () => t("Offline: kept on this device") },
  failed: { tone: "bad", text: () => t("Not saved: do not close this window") },
};

export const itemStyles = css`
  .item {
    display: flex;
    align-items: center;
    gap: 7px;
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
`;

/** Whether what was painted is saved. */
export function savingItem(session: AssignmentSession): TemplateResult {
  const { tone, text } = SAVING[session.saving.value];
  return html`<span class="item ${tone}" role="status" data-testid="saving"><i class="dot"></i>${text()}</span>`;
}

/** The time left at `now` (ms). */
export function clockItem(session: AssignmentSession, now: number): TemplateResult {
  if (session.paused.value) {
    return html`<span class="item warn" data-testid="clock">${icon("M9 6v12M15 6v12", 16)}${t("Paused")}</span>`;
  }
  const left = session.deadline.value - now;
  return html`<span class="item ${left < SOON ? "warn" : ""}" role="timer" data-testid="clock" title=${t("While you work, the time is renewed up to the job's limit.")}>
    ${icon("M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16ZM12 8v4.5l3 2", 16)}${t("{time} left", { time: countdown(left) })}
  </span>`;
}
