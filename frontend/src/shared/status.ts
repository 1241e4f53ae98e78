import { html, type TemplateResult } from "lit";
import { t } from "./i18n";

type Tone = "accent" | "success" | "warning" | "danger" | "plain";

/** Words and tone of a job's or object's state; a state that is not listed shows its own name. */
const STATES: Readonly<Record<string, readonly [string, Tone]>> = {
  draft: ["Draft", "plain"],
  initializing: ["Preparing", "plain"],
  ready: ["Ready", "plain"],
  not_started: ["Not started", "plain"],
  waiting: ["Waiting", "plain"],
  open: ["Open", "accent"],
  in_progress: ["Running", "accent"],
  running: ["Running", "accent"],
  paused: ["Paused", "warning"],
  stopping: ["Stopping", "warning"],
  stopped: ["Stopped", "warning"],
  consolidating: ["Consolidating", "accent"],
  completed: ["Done", "success"],
  done: ["Done", "success"],
  failed: ["Failed", "danger"],
};

/** `in_progress` and Ground Truth's `InProgress` are the same state. */
function normal(status: string): string {
  return status.replace(/([a-z])([A-Z])/g, "$1_$2").toLowerCase();
}

export function statusBadge(status: string): TemplateResult {
  const [words, tone] = STATES[normal(status)] ?? [status, "plain"];
  return html`<span class="mw-badge ${tone === "plain" ? "" : `mw-badge--${tone}`}">${t(words)}</span>`;
}
