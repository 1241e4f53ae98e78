import { LitElement, html, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { keyed } from "lit/directives/keyed.js";
import { FrameHost, SANDBOX } from "../framed/frame-host";
import { Api, ApiError } from "../shared/api";
import { listen, type Disposer } from "../shared/dom";
import { frameTheme } from "../framed/frame-theme";
import type { FramedAnswer, FromFrame } from "../shared/frame-messages";
import { formatNumber, locale, t } from "../shared/i18n";
import { showAnswer } from "./shown-answer";

const PAUSE = 700;

interface Trial {
  readonly url: string | null;
  readonly errors: readonly { readonly message: string; readonly line?: number | null; readonly column?: number | null }[];
  /** Named by the template, not on the organization's list. */
  readonly hosts: readonly string[];
}

/**
 * `<mw-frame-preview form="<id of a form>">`: the template in the form's field `source`, rendered while it is written;
 * `<mw-frame-preview src="<address>">`: a job's. Submit shows the answer that would be sent; nothing is.
 */
@customElement("mw-frame-preview")
export class FramePreview extends LitElement {
  @property({ attribute: "form" }) formId = "";
  @property() src = "";
  @state() private url: string | null = null;
  @state() private problems: readonly string[] = [];
  @state() private hosts: readonly string[] = [];
  @state() private answer: FramedAnswer | null = null;
  @state() private round = 0;
  @query("iframe") private readonly frame!: HTMLIFrameElement | null;
  readonly #api = new Api();
  readonly #host = new FrameHost({
    heard: (message) => this.#heard(message),
    silent: () => (this.problems = [t("The page does not answer. Look at the template's scripts.")]),
  });
  #form: HTMLFormElement | null = null;
  #shown = "";
  #asking: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #disposers: Disposer[] = [];
  #download = "";

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.src !== "") {
      this.#show(this.src);
      return;
    }
    const form = document.getElementById(this.formId);
    this.#form = form instanceof HTMLFormElement ? form : null;
    if (this.#form === null) return;
    const later = (): void => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.#follow(), PAUSE);
    };
    this.#disposers = [listen(this.#form, "input", later), listen(this.#form, "change", later)];
    if (this.#field("source").trim() !== "") this.#form.querySelector("[name=source]")?.closest("details")?.setAttribute("open", "");
    void this.#follow();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.#host.end();
    this.#disposers.forEach((dispose) => dispose());
    URL.revokeObjectURL(this.#download);
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.url === null && this.problems.length === 0) return nothing;
    return html`<section class="mw-card mw-card--flush mw-preview" aria-label=${t("Preview")}>
      <header class="mw-card__header">
        <h2>${t("Preview")}</h2>
        <span class="mw-muted mw-small">${t("As labelers see it. Submit shows what would be sent; nothing is.")}</span>
      </header>
      ${this.problems.map((problem) => html`<p class="mw-preview__problem" role="alert">${problem}</p>`)}
      ${this.hosts.length === 0
        ? nothing
        : html`<p class="mw-preview__problem">
            ${t("The template loads from hosts that are not allowed: {hosts}. An owner may allow them.", { hosts: this.hosts.join(", ") })}
          </p>`}
      ${this.url === null
        ? nothing
        : html`<div class="mw-preview__frame">
            ${keyed(
              this.round,
              html`<iframe sandbox=${SANDBOX} referrerpolicy="no-referrer" title=${t("Preview")} src=${this.url}
                @load=${() => this.#host.begin(this.frame?.contentWindow ?? null)}></iframe>`,
            )}
          </div>`}
      ${this.answer === null ? nothing : this.#answered(this.answer)}
    </section>`;
  }

  #answered(answer: FramedAnswer): TemplateResult {
    return html`<div class="mw-preview__answer" role="status">
      <header>
        <h3>${t("What would be submitted")}</h3>
        <a class="mw-button mw-button--quiet" href=${this.#download} download="answer.json">${t("Download")}</a>
        <button class="mw-button mw-button--quiet" type="button" @click=${() => (this.answer = null)}>${t("Close")}</button>
      </header>
      <pre tabindex="0" aria-label=${t("What would be submitted")}>${showAnswer(answer, (count) => t("({count} characters)", { count: formatNumber(count) }))}</pre>
    </div>`;
  }

  #heard(message: FromFrame): void {
    if (message.type === "ready") {
      this.#host.say({ type: "task", language: locale(), theme: frameTheme(), draft: null, readOnly: false });
    } else if (message.type === "submit") {
      URL.revokeObjectURL(this.#download);
      this.#download = URL.createObjectURL(new Blob([JSON.stringify(message.answer, null, 2)], { type: "application/json" }));
      this.answer = message.answer;
      // So that it can be submitted again.
      this.#host.say({ type: "refused", message: "" });
      void this.updateComplete.then(() => this.querySelector(".mw-preview__answer")?.scrollIntoView({ block: "nearest" }));
    }
  }

  #field(name: string): string {
    const value = this.#form === null ? null : new FormData(this.#form).get(name);
    return typeof value === "string" ? value : "";
  }

  async #follow(): Promise<void> {
    const [template, labelSet] = [this.#field("source"), this.#field("label_set")];
    const said = JSON.stringify([template, labelSet]);
    if (said === this.#shown) return;
    this.#shown = said;
    this.#asking?.abort();
    // The other preview shows our own editor, which this page takes the place of.
    const other = document.querySelector<HTMLElement>("mw-template-preview");
    if (other !== null) other.hidden = template.trim() !== "";
    if (template.trim() === "") {
      this.#show(null);
      return;
    }
    const asking = new AbortController();
    this.#asking = asking;
    try {
      const json = { template, ...(labelSet === "" ? {} : { label_set_id: labelSet }) };
      const trial = await this.#api.json<Trial>("/api/v1/template-previews", { json, signal: asking.signal });
      this.#show(trial.url, trial.errors.map(errorWords), trial.hosts);
    } catch (error) {
      if (asking.signal.aborted) return;
      const fields = error instanceof ApiError ? error.fields.map(({ message }) => message) : [];
      this.#show(null, fields.length > 0 ? fields : [error instanceof Error ? error.message : String(error)]);
    }
  }

  #show(url: string | null, problems: readonly string[] = [], hosts: readonly string[] = []): void {
    if (url === null) this.#host.end();
    this.url = url;
    this.problems = problems;
    this.hosts = hosts;
    this.answer = null;
    this.round += 1;
  }
}

function errorWords({ message, line }: Trial["errors"][number]): string {
  return line ? t("Line {line}: {message}", { line, message }) : message;
}
