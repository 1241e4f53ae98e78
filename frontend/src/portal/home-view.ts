import { html, nothing, type TemplateResult } from "lit";
import { formatDuration, formatNumber, formatTime, locale, t, tn } from "../shared/i18n";
import { statusBadge } from "../shared/status";
import type { OverviewState } from "./overview-store";
import type { JobSummary, Overview, Returned, ReviewCounts, Reviewed, SentBack } from "./types";

export interface HomeActions {
  readonly start: () => void;
  readonly retry: () => void;
}

export function homeView(state: OverviewState, connection: TemplateResult, actions: HomeActions): TemplateResult {
  const { overview, error } = state;
  return html`
    <div class="mw-page__head">
      <div>
        <h1>${overview ? t("Hello, {name}", { name: overview.person.name || overview.person.username }) : t("Work")}</h1>
      </div>
      ${connection}
    </div>
    ${error ? errorBanner(error, actions.retry) : nothing}
    ${overview ? loaded(overview, actions) : error ? nothing : skeleton()}
  `;
}

function loaded(overview: Overview, actions: HomeActions): TemplateResult {
  return html`
    ${startCard(overview, actions.start)} ${today(overview)}
    ${overview.reviewed ? reviewedCard(overview, overview.reviewed) : nothing}
    ${overview.returned.length > 0 ? returnedCard(overview) : nothing} ${jobsCard(overview)}
  `;
}

function startCard(overview: Overview, start: () => void): TemplateResult {
  const { headline, detail, label } = startWords(overview);
  return html`<section class="mw-card mw-start" aria-labelledby="mw-start-title">
    <div class="mw-start__words">
      <h2 id="mw-start-title">${headline}</h2>
      <p class="mw-muted">${detail}</p>
    </div>
    <button class="mw-button mw-button--primary mw-button--large" @click=${start}>
      ${label} <kbd aria-hidden="true">Enter</kbd>
    </button>
  </section>`;
}

function startWords({ claim, jobs }: Overview): { headline: string; detail: string; label: string } {
  if (claim) {
    const job = jobs.find((candidate) => candidate.id === claim.job);
    return {
      headline: t("You have a photo open"),
      detail: job
        ? t("It is from {job}. What you painted is saved; go on where you stopped.", { job: job.title || job.name })
        : t("What you painted is saved; go on where you stopped."),
      label: t("Continue"),
    };
  }
  const waiting = jobs.reduce((sum, job) => sum + (job.paused ? 0 : job.waiting), 0);
  const reviews = jobs.reduce((sum, job) => sum + (job.paused ? 0 : (job.reviews ?? 0)), 0);
  if (reviews > 0) {
    return {
      headline: tn(reviews, "One review is waiting for you", "{count} reviews are waiting for you"),
      detail: waiting > 0
        ? tn(waiting, "One photo to label is waiting, too. After each the next one opens by itself.", "{count} photos to label are waiting, too. After each the next one opens by itself.")
        : t("Press Start once: after each review the next one opens by itself."),
      label: t("Start"),
    };
  }
  if (waiting > 0) {
    return {
      headline: tn(waiting, "One photo is waiting for you", "{count} photos are waiting for you"),
      detail: t("Press Start once: after each photo the next one opens by itself."),
      label: t("Start"),
    };
  }
  return {
    headline: t("Nothing is waiting at this moment"),
    detail: t("Press Start and leave the page open: the next photo opens by itself as soon as there is one."),
    label: t("Start"),
  };
}

function today({ today: done, returned, reviewed }: Overview): TemplateResult {
  const toCorrect = reviewed?.sent_back.filter(({ open }) => open).length ?? 0;
  return html`<dl class="mw-stats">
    ${stat(t("Submitted today"), formatNumber(done.submitted))}
    ${stat(t("Active time today"), formatDuration(done.active_seconds))}
    ${stat(t("Came back to you"), formatNumber(returned.length + toCorrect))}
  </dl>`;
}

function stat(label: string, value: string): TemplateResult {
  return html`<div class="mw-card mw-stat">
    <dt>${label}</dt>
    <dd class="mw-number">${value}</dd>
  </div>`;
}

function returnedCard({ returned, jobs }: Overview): TemplateResult {
  const row = (item: Returned): TemplateResult => {
    const job = jobs.find((candidate) => candidate.id === item.job);
    return html`<li>
      <strong>${job ? job.title || job.name : t("A photo")}</strong>
      <span class="mw-muted">${item.reason ?? t("No reason was given.")}</span>
    </li>`;
  };
  return html`<section class="mw-card mw-card--flush">
    <header class="mw-card__header"><h2>${t("Came back to you")}</h2></header>
    <ul class="mw-rows">
      ${returned.map(row)}
    </ul>
  </section>`;
}

/** Nothing at all was reviewed this week: nothing is said of it. */
function reviewedCard({ jobs }: Overview, { today: day, week, sent_back: sentBack }: Reviewed): TemplateResult | typeof nothing {
  if (week.accepted + week.returned === 0) return nothing;
  const figures = (label: string, { accepted, returned }: ReviewCounts): TemplateResult => html`<div>
    <dt>${label}</dt>
    <dd>
      <span class="mw-badge mw-badge--success mw-number">${tn(accepted, "1 accepted", "{count} accepted")}</span>
      <span class="mw-badge ${returned > 0 ? "mw-badge--warning" : ""} mw-number">${tn(returned, "1 sent back", "{count} sent back")}</span>
    </dd>
  </div>`;
  const row = ({ job: id, reason, comments, open, returned_at: at }: SentBack): TemplateResult => {
    const job = jobs.find((candidate) => candidate.id === id);
    return html`<li>
      <span class="mw-reviewed__head">
        <strong>${job ? job.title || job.name : t("A photo")}</strong>
        ${at === undefined ? nothing : html`<time class="mw-muted mw-small" datetime=${at}>${when(at)}</time>`}
        <span class="mw-badge ${open ? "mw-badge--warning" : "mw-badge--success"}">${open ? t("to be corrected") : t("corrected")}</span>
      </span>
      <span>${reason || t("See the comments in the photo.")}</span>
      ${comments > 0 ? html`<span class="mw-muted mw-small">${tn(comments, "1 comment in the photo", "{count} comments in the photo")}</span>` : nothing}
    </li>`;
  };
  return html`<section class="mw-card mw-card--flush" aria-labelledby="mw-reviewed">
    <header class="mw-card__header"><h2 id="mw-reviewed">${t("Reviews of your answers")}</h2></header>
    <dl class="mw-reviewed">${figures(t("Today"), day)} ${figures(t("This week"), week)}</dl>
    ${sentBack.length > 0 ? html`<ul class="mw-rows mw-reviewed__rows">${sentBack.map(row)}</ul>` : nothing}
  </section>`;
}

function when(at: string): string {
  return new Intl.DateTimeFormat(locale(), { weekday: "short", hour: "2-digit", minute: "2-digit" }).format(new Date(at));
}

function jobsCard({ jobs, organization }: Overview): TemplateResult {
  return html`<section class="mw-card mw-card--flush">
    <header class="mw-card__header"><h2>${t("Your teams' jobs")}</h2></header>
    ${jobs.length > 0
      ? html`<ul class="mw-rows">
          ${jobs.map((job) => jobRow(job, job.customer === organization.name ? "" : job.customer))}
        </ul>`
      : html`<div class="mw-empty">
          <h3>${t("No jobs yet")}</h3>
          <p>${t("When a manager gives your team a job, it appears here. You need not reload.")}</p>
        </div>`}
  </section>`;
}

function jobRow(job: JobSummary, customer: string): TemplateResult {
  const id = `mw-job-${job.id}`;
  const details = [customer, job.title ? job.name : ""].filter(Boolean);
  return html`<li class="mw-job">
    <div class="mw-job__name">
      <strong id=${id}>${job.title || job.name}</strong>
      <span class="mw-muted mw-small">${details.join(" · ")}</span>
    </div>
    <div class="mw-job__progress">
      <span class="mw-small mw-muted mw-number"
        >${t("You did {mine} of {total}", { mine: formatNumber(job.mine), total: formatNumber(job.total) })}</span
      >
      <progress class="mw-progress" aria-labelledby=${id} max=${Math.max(job.total, 1)} .value=${job.mine}></progress>
    </div>
    <div class="mw-job__state">
      ${job.kept_until
        ? html`<span class="mw-badge">${t("kept for you until {time}", { time: formatTime(new Date(job.kept_until), new Date()) })}</span>`
        : nothing}
      ${!job.paused && (job.reviews ?? 0) > 0
        ? html`<span class="mw-badge mw-badge--accent mw-number">${tn(job.reviews ?? 0, "1 to review", "{count} to review")}</span>`
        : nothing}
      ${job.waiting > 0 && !job.paused
        ? html`<span class="mw-badge mw-badge--accent mw-number"
            >${tn(job.waiting, "1 waiting", "{count} waiting")}</span
          >`
        : job.paused
          ? statusBadge("paused")
          : (job.reviews ?? 0) > 0
            ? nothing
            : statusBadge(job.status)}
    </div>
  </li>`;
}

function errorBanner(message: string, retry: () => void): TemplateResult {
  return html`<div class="mw-banner mw-banner--error" role="alert">
    <div>
      <strong>${t("The overview could not be loaded.")}</strong>
      <p>${message}</p>
    </div>
    <div class="mw-actions"><button class="mw-button" @click=${retry}>${t("Try again")}</button></div>
  </div>`;
}

function skeleton(): TemplateResult {
  const bar = (size: string): TemplateResult => html`<span class="mw-skeleton mw-skeleton--${size}"></span>`;
  return html`<div class="mw-loading" role="status">
    <span class="mw-visually-hidden">${t("Loading your work")}</span>
    <div class="mw-card mw-start">
      <div class="mw-start__words">${bar("title")}${bar("line")}</div>
      ${bar("button")}
    </div>
    <div class="mw-stats">
      ${[1, 2, 3].map(() => html`<div class="mw-card mw-stat">${bar("short")}${bar("title")}</div>`)}
    </div>
    <div class="mw-card mw-rows--loading">${[1, 2, 3].map(() => bar("line"))}</div>
  </div>`;
}
