import { LitElement, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { Api } from "../shared/api";
import { listen, readJsonScript, type Disposer } from "../shared/dom";
import { t } from "../shared/i18n";
import { readCategories, readTemplate, type PreviewData } from "./template-form";

const PAUSE = 350;

/**
 * `<mw-template-preview form="<id of a form>" data="<id of a json_script tag>">`: the real editor on one photo,
 * following the form while it is filled in. Nothing that is painted is sent.
 */
@customElement("mw-template-preview")
export class TemplatePreview extends LitElement {
  @property({ attribute: "form" }) formId = "";
  @property({ attribute: "data" }) dataId = "";
  @state() private assignment: unknown = null;
  @state() private problem = "";
  readonly #api = new Api();
  #data: PreviewData | null = null;
  #form: HTMLFormElement | null = null;
  #instructions = "";
  #instructionsHtml: string | null = null;
  #shown = "";
  #number = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking: AbortController | null = null;
  #disposers: Disposer[] = [];

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#data = readJsonScript(this.dataId) as PreviewData | null;
    const form = this.formId ? document.getElementById(this.formId) : this.closest("form");
    this.#form = form instanceof HTMLFormElement ? form : null;
    void import("../editor/main");
    this.#instructions = this.#field("instructions");
    this.#show();
    if (!this.#form) return;
    const later = (): void => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.#follow(), PAUSE);
    };
    this.#disposers = [listen(this.#form, "input", later), listen(this.#form, "change", later)];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.#disposers.forEach((dispose) => dispose());
  }

  protected override render(): TemplateResult {
    return html`<section class="mw-card mw-card--flush mw-preview" aria-label=${t("Preview")}>
      <header class="mw-card__header">
        <h2>${t("Preview")}</h2>
        <span class="mw-muted mw-small">${t("As labelers see it. Paint to try; nothing is saved.")}</span>
      </header>
      ${this.problem ? html`<p class="mw-preview__problem" role="alert">${this.problem}</p>` : nothing}
      <div class="mw-preview__editor">
        <segmentation-editor mode="preview" .assignment=${this.assignment}></segmentation-editor>
      </div>
    </section>`;
  }

  async #follow(): Promise<void> {
    const instructions = this.#field("instructions");
    if (instructions !== this.#instructions) {
      this.#instructions = instructions;
      this.#asking?.abort();
      const asking = new AbortController();
      this.#asking = asking;
      try {
        const call = { json: { instructions }, signal: asking.signal };
        const { html: shown } = await this.#api.json<{ html: string }>("/api/v1/templates/preview", call);
        this.#instructionsHtml = shown;
        this.problem = "";
      } catch (error) {
        if (asking.signal.aborted) return;
        this.problem = t("The instructions cannot be shown: {reason}", {
          reason: error instanceof Error ? error.message : String(error),
        });
      }
    }
    this.#show();
  }

  /** Gives the editor an assignment of its own for each difference; it opens what has another id anew. */
  #show(): void {
    const data = this.#data;
    if (!data) return;
    const form = this.#form ? new FormData(this.#form) : new FormData();
    const fields = new Set(Array.from(this.#form?.elements ?? [], (element) => element.getAttribute("name") ?? ""));
    const template = readTemplate(form, fields, data);
    const content = {
      categories: readCategories(form, data),
      template: { ...template, instructions_html: this.#instructionsHtml ?? template.instructions_html },
    };
    const text = JSON.stringify(content);
    if (text === this.#shown) return;
    this.#shown = text;
    this.#number += 1;
    this.assignment = {
      id: `preview-${this.#number}`,
      token: 0,
      expires_at: new Date(Date.now() + 3_600_000).toISOString(),
      seconds_left: 3_600,
      task: { id: "preview", job: { id: "preview", name: template.title }, data_object: { id: "preview", index: 0 } },
      image: data.image,
      ...content,
      revision: 1,
      paused: false,
      draft: null,
    };
  }

  #field(name: string): string {
    const value = this.#form ? new FormData(this.#form).get(name) : null;
    return typeof value === "string" ? value : "";
  }
}
