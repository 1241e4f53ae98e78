import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { connectionBadge } from "../shared/connection-badge";
import { Api, ApiError } from "../shared/api";
import { browserClock } from "../shared/clock";
import { listen, type Disposer } from "../shared/dom";
import { formatNumber, formatPercent, t, tn } from "../shared/i18n";
import { followNetwork, HintSocket, type Connection } from "../shared/socket";
import { statusBadge } from "../shared/status";
import { Throttle } from "./throttle";

/** `GET /api/v1/jobs/{id}/progress`. */
export interface JobProgress {
  readonly state: string;
  readonly tasks: Readonly<Record<"total" | "waiting" | "open" | "consolidating" | "reviewing" | "done" | "failed", number>>;
  /** Photos that somebody holds at this moment, to label or to review them. */
  readonly labeling: number;
  readonly in_review: number;
  readonly answers: { readonly accepted: number; readonly wanted: number };
  /** While the photos are being checked. */
  readonly intake?: { readonly checked: number; readonly total: number | null; readonly unusable: number } | null;
}

const AT_MOST_EVERY = 1_000;
const SLOW_POLL = 20_000;

/**
 * `<mw-job-progress job="<id>" state="<state the page was made for>">`: a job as it goes. When its state becomes
 * another than the page was made for, the page loads anew, because its buttons belong to the old one.
 */
@customElement("mw-job-progress")
export class JobProgressElement extends LitElement {
  @property() job = "";
  @property({ attribute: "state" }) pageState = "";
  @state() private progress: JobProgress | null = null;
  @state() private problem = "";
  @state() private connection: Connection = "connecting";
  readonly #api = new Api();
  #disposers: Disposer[] = [];

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const throttle = new Throttle(AT_MOST_EVERY, browserClock, () => this.#load());
    const socket = new HintSocket(`/ws/jobs/${this.job}/`, {
      message: (message) => {
        if (message.type === "job.progress" || message.type === "job.changed") throttle.call();
      },
      connection: (connection) => {
        this.connection = connection;
        if (connection === "live") throttle.call();
      },
      ended: (ending) => {
        this.problem =
          ending === "signed-out"
            ? t("You are signed out. Sign in again, then reload this page.")
            : t("You may no longer see this job.");
      },
    });
    const timer = setInterval(() => {
      if (!document.hidden) throttle.call();
    }, SLOW_POLL);
    this.#disposers = [
      followNetwork(socket),
      listen(document, "visibilitychange", () => {
        if (!document.hidden) throttle.call();
      }),
      () => clearInterval(timer),
      () => socket.close(),
      () => throttle.cancel(),
    ];
    socket.open();
    throttle.call();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#disposers.forEach((dispose) => dispose());
  }

  protected override updated(_changed: PropertyValues): void {
    if (this.progress && this.pageState && this.progress.state !== this.pageState) location.reload();
  }

  protected override render(): TemplateResult {
    const { progress, problem } = this;
    return html`<div class="mw-live__head">
        ${progress ? statusBadge(progress.state) : html`<span class="mw-skeleton mw-skeleton--short"></span>`}
        ${connectionBadge(this.connection)}
      </div>
      ${progress ? bars(progress) : problem ? nothing : html`<span class="mw-skeleton"></span>`}
      ${problem ? html`<p class="mw-banner mw-banner--error" role="alert">${problem}</p>` : nothing}`;
  }

  async #load(): Promise<void> {
    try {
      this.progress = await this.#api.json<JobProgress>(`/api/v1/jobs/${this.job}/progress`);
      this.problem = "";
    } catch (error) {
      // A passing fault is shown only as long as nothing better is there; the badge tells of the rest.
      const passing = error instanceof ApiError && error.passing;
      if (!passing || !this.progress) this.problem = error instanceof Error ? error.message : String(error);
    }
  }
}

function bars({ tasks, answers, intake, labeling, in_review }: JobProgress): TemplateResult {
  if (intake) return intakeBar(intake);
  const share = tasks.total > 0 ? tasks.done / tasks.total : 0;
  return html`<div class="mw-upload__line">
      <strong class="mw-number">
        ${t("{done} of {total} photos done", { done: formatNumber(tasks.done), total: formatNumber(tasks.total) })}
      </strong>
      <span class="mw-muted mw-number">${formatPercent(share)}</span>
    </div>
    <progress class="mw-progress" aria-label=${t("Photos done")} max=${Math.max(tasks.total, 1)} .value=${tasks.done}></progress>
    <dl class="mw-live__counts mw-number">
      ${count(t("Waiting"), tasks.waiting + Math.max(tasks.open - labeling, 0))}
      ${count(t("Being labeled now"), Math.min(labeling, tasks.open))}
      ${tasks.consolidating > 0 ? count(t("Being consolidated"), tasks.consolidating) : nothing}
      ${tasks.reviewing + in_review > 0 ? count(t("In review"), tasks.reviewing) : nothing}
      ${count(t("Done"), tasks.done)} ${count(t("Failed"), tasks.failed)}
      ${count(t("Answers"), answers.accepted, answers.wanted)}
    </dl>`;
}

function intakeBar({ checked, total, unusable }: NonNullable<JobProgress["intake"]>): TemplateResult {
  return html`<div class="mw-upload__line">
      <strong class="mw-number">
        ${total === null
          ? tn(checked, "One photo checked", "{count} photos checked")
          : t("{checked} of {total} photos checked", { checked: formatNumber(checked), total: formatNumber(total) })}
      </strong>
      ${unusable > 0
        ? html`<span class="mw-badge mw-badge--warning mw-number">${tn(unusable, "1 cannot be used", "{count} cannot be used")}</span>`
        : nothing}
    </div>
    ${total === null
      ? html`<progress class="mw-progress" aria-label=${t("Photos checked")}></progress>`
      : html`<progress class="mw-progress" aria-label=${t("Photos checked")} max=${Math.max(total, 1)} .value=${checked}></progress>`}`;
}

function count(label: string, value: number, of?: number): TemplateResult {
  return html`<div>
    <dt>${label}</dt>
    <dd>${formatNumber(value)}${of === undefined ? nothing : html`<span class="mw-muted"> / ${formatNumber(of)}</span>`}</dd>
  </div>`;
}
