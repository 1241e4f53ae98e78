/** After an answer in a qualification: which pixels were wrong, what was taken for what, and how one stands. */
import { LitElement, html, nothing, svg, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { styleMap } from "lit/directives/style-map.js";
import { formatPercent, t } from "../shared/i18n";
import type { Claim, Feedback, FeedbackResult } from "./types";

const FIRST_RETRY = 1_000;
const LAST_RETRY = 15_000;

/** The colours of the server's picture of mistakes. */
const MISTAKES = [
  { color: "#ffc107", label: "Missed" },
  { color: "#1e88e5", label: "Too much" },
  { color: "#d81b60", label: "Taken for something else" },
] as const;

@customElement("mw-answer-feedback")
export class AnswerFeedback extends LitElement {
  @property({ attribute: false }) claim!: Claim;
  @property({ attribute: false }) load!: (claim: string) => Promise<Feedback>;
  @state() private found: Feedback | null = null;
  @state() private problem = "";
  @state() private shown = true;
  #timer = 0;
  #tries = 0;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#ask();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  async #ask(): Promise<void> {
    try {
      this.found = await this.load(this.claim.id);
      this.problem = "";
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
      this.#timer = window.setTimeout(() => void this.#ask(), Math.min(LAST_RETRY, FIRST_RETRY * 2 ** this.#tries));
      this.#tries += 1;
    }
  }

  protected override render(): TemplateResult {
    const { found } = this;
    if (!found) {
      return html`<section class="mw-waiting mw-card mw-empty" role="status">
        <h1>${t("Comparing your mask")}</h1>
        <p>${this.problem ? `${this.problem} ${t("The page tries again by itself.")}` : t("One moment.")}</p>
        <div class="mw-actions">${this.#goOn(t("Go on without it"), false)}</div>
      </section>`;
    }
    return html`<section class="mw-judged">
      <figure class="mw-card mw-judged__picture">
        <div class="mw-judged__photo" style=${styleMap({ "--mw-judged-ratio": String(found.width / found.height) })}>
          <img src=${found.photo.url} alt=${t("The photo")} width=${found.width} height=${found.height} />
          <img class="mw-judged__errors" ?hidden=${!this.shown} src=${found.overlay.url} alt="" width=${found.width} height=${found.height} />
        </div>
        <figcaption>
          <ul class="mw-judged__legend">
            ${MISTAKES.map(({ color, label }) => html`<li>${swatch(color)} ${t(label)}</li>`)}
          </ul>
          <label class="mw-judged__toggle">
            <input type="checkbox" .checked=${this.shown} @change=${(event: Event) => (this.shown = (event.target as HTMLInputElement).checked)} />
            ${t("Show mistakes")}
          </label>
        </figcaption>
      </figure>
      <div class="mw-judged__words">
        ${found.result ? outcome(found.result, found.threshold) : nothing}
        <div class="mw-card">
          <p class="mw-muted mw-small">${t("Photo {number} of {count}", { number: found.answered, count: found.total })}</p>
          <h1>${t("{share} overlap with the right mask", { share: formatPercent(found.mean_iou) })}</h1>
          <p class="mw-muted">
            ${t("{share} of the pixels are right.", { share: formatPercent(found.accuracy) })}
            ${found.result ? nothing : t("On average {share} earn the skill {skill}.", { share: formatPercent(found.threshold), skill: found.skill })}
          </p>
          <table class="mw-table">
            <thead><tr><th scope="col">${t("Category")}</th><th scope="col" class="mw-table__number">${t("Overlap")}</th></tr></thead>
            <tbody>
              ${found.classes.map((one) => html`<tr><th scope="row">${swatch(one.color)} ${one.name}</th><td class="mw-table__number">${formatPercent(one.iou)}</td></tr>`)}
            </tbody>
          </table>
          ${found.confused.length ? confusions(found) : html`<p>${t("Nothing was confused. Well done.")}</p>`}
        </div>
        <div class="mw-actions">
          ${this.#goOn(found.result ? t("Done") : t("Next photo"), true)}
          <button class="mw-button" @click=${() => this.#tell("mw-stop")}>${t("Stop for now")} <kbd aria-hidden="true">Esc</kbd></button>
        </div>
      </div>
    </section>`;
  }

  #goOn(label: string, primary: boolean): TemplateResult {
    return html`<button class="mw-button ${primary ? "mw-button--primary" : ""}" @click=${() => this.#tell("mw-go-on")}>
      ${label} ${primary ? html`<kbd aria-hidden="true">Enter</kbd>` : nothing}
    </button>`;
  }

  #tell(type: string): void {
    this.dispatchEvent(new CustomEvent(type, { bubbles: true }));
  }
}

function confusions(found: Feedback): TemplateResult {
  return html`<h2>${t("What was taken for what")}</h2>
    <ul class="mw-judged__confused">
      ${found.confused.map(
        (one) => html`<li>
          <span>${t("{truth} as {answer}", { truth: one.truth, answer: one.answer })}</span>
          <span class="mw-number mw-muted">${one.share < 0.005 ? t("under 1 %") : formatPercent(one.share)}</span>
        </li>`,
      )}
    </ul>`;
}

function outcome(result: FeedbackResult, threshold: number): TemplateResult {
  const share = formatPercent(result.mean_iou);
  return result.passed
    ? html`<div class="mw-banner mw-banner--success" role="status"><p>
        <strong>${t("Passed: you have the skill {skill} at level {level}.", { skill: result.skill, level: result.level })}</strong>
        ${t("Your average is {share}.", { share })}</p></div>`
    : html`<div class="mw-banner mw-banner--warning" role="status"><p>
        <strong>${t("Not passed: your average is {share}.", { share })}</strong>
        ${t("{share} are needed. Your manager can say whether you may try again.", { share: formatPercent(threshold) })}</p></div>`;
}

function swatch(color: string): TemplateResult {
  return html`<svg class="mw-judged__swatch" viewBox="0 0 1 1" aria-hidden="true">${svg`<path fill=${color} d="M0 0h1v1H0z" />`}</svg>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "mw-answer-feedback": AnswerFeedback;
  }
}
