import { LitElement, html, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { FixtureTransport } from "../editor/transport/fixture";
import { Api } from "../shared/api";
import { listen, readJsonScript, type Disposer } from "../shared/dom";
import { t } from "../shared/i18n";
import "./photo-chooser";
import type { PhotoChooser } from "./photo-chooser";
import { localPhoto, samplePhoto, uploadedPhoto, type PreviewPhoto } from "./preview-photo";
import { readCategories, readTemplate, type PreviewData } from "./template-form";

const PAUSE = 350;
/** The uploaded photo somebody chose, for the other previews of this tab and for after a save. */
const REMEMBERED = "mw-preview-photo";

/**
 * `<mw-template-preview form="<id of a form>" data="<id of a json_script tag>">`: the real editor on one photo,
 * following the form while it is filled in. The photo is the newest of a job, an uploaded one, a file of this computer,
 * or a drawing of ours. Nothing that is painted is sent, and no file of this computer either.
 */
@customElement("mw-template-preview")
export class TemplatePreview extends LitElement {
  @property({ attribute: "form" }) formId = "";
  @property({ attribute: "data" }) dataId = "";
  @state() private assignment: unknown = null;
  @state() private problem = "";
  /** Pictures of the instructions that labelers would not see. */
  @state() private pictures: readonly string[] = [];
  @state() private photo: PreviewPhoto | null = null;
  @state() private over = false;
  @query("mw-photo-chooser") private readonly chooser!: PhotoChooser;
  #transport = new FixtureTransport();
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
    if (this.#instructions) void this.#askPictures();
    void this.#firstPhoto();
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
    return html`<section
      class="mw-card mw-card--flush mw-preview ${this.over ? "mw-preview--over" : ""}"
      aria-label=${t("Preview")}
      @dragover=${(event: DragEvent) => {
        event.preventDefault();
        this.over = true;
      }}
      @dragleave=${() => (this.over = false)}
      @drop=${(event: DragEvent) => this.#dropped(event)}
    >
      <header class="mw-card__header">
        <h2>${t("Preview")}</h2>
        <span class="mw-muted mw-small">${t("As labelers see it. Paint to try; nothing is saved.")}</span>
      </header>
      <div class="mw-preview__photo">
        ${this.photo?.kind === "sample" ? html`<span class="mw-badge">${t("Sample")}</span>` : nothing}
        <span class="mw-preview__name mw-small" title=${this.photo?.name ?? ""}>${photoWords(this.photo)}</span>
        <button class="mw-button" type="button" @click=${() => this.chooser.open()}>${t("Choose a photo")}</button>
      </div>
      ${this.problem ? html`<p class="mw-preview__problem" role="alert">${this.problem}</p>` : nothing}
      ${this.pictures.map((problem) => html`<p class="mw-preview__problem" role="alert">${problem}</p>`)}
      <div class="mw-preview__editor">
        <segmentation-editor mode="preview" .transport=${this.#transport} .assignment=${this.assignment}></segmentation-editor>
      </div>
      <mw-photo-chooser
        .own=${jobPhoto(this.#data)}
        @mw-photo=${(event: CustomEvent<PreviewPhoto>) => this.#use(event.detail)}
      ></mw-photo-chooser>
    </section>`;
  }

  async #firstPhoto(): Promise<void> {
    const remembered = readRemembered();
    try {
      if (remembered) return this.#use(await uploadedPhoto(remembered.url, remembered.name));
    } catch {
      sessionStorage.removeItem(REMEMBERED);
    }
    this.#use(jobPhoto(this.#data) ?? (await samplePhoto()));
  }

  #use(photo: PreviewPhoto): void {
    this.photo = photo;
    this.problem = "";
    this.#transport = new FixtureTransport(photo.bytes);
    if (photo.kind === "upload") {
      sessionStorage.setItem(REMEMBERED, JSON.stringify({ url: photo.image.url, name: photo.name }));
    } else {
      sessionStorage.removeItem(REMEMBERED);
    }
    this.#show();
  }

  #dropped(event: DragEvent): void {
    event.preventDefault();
    this.over = false;
    const file = event.dataTransfer?.files[0];
    if (!file) return;
    localPhoto(file).then(
      (photo) => this.#use(photo),
      (error: unknown) => (this.problem = error instanceof Error ? error.message : String(error)),
    );
  }

  /** Of text that was there already: it is shown, but what is missing in it has to be asked for. */
  async #askPictures(): Promise<void> {
    try {
      const call = { json: { instructions: this.#instructions } };
      this.pictures = (await this.#api.json<{ problems: string[] }>("/api/v1/templates/preview", call)).problems;
    } catch {
      // The next change of the text asks again and says what is wrong.
    }
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
        const answer = await this.#api.json<{ html: string; problems: string[] }>("/api/v1/templates/preview", call);
        this.#instructionsHtml = answer.html;
        this.pictures = answer.problems;
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
    const [data, photo] = [this.#data, this.photo];
    if (!data || !photo) return;
    const form = this.#form ? new FormData(this.#form) : new FormData();
    const fields = new Set(Array.from(this.#form?.elements ?? [], (element) => element.getAttribute("name") ?? ""));
    const template = readTemplate(form, fields, data);
    const content = {
      categories: readCategories(form, data),
      template: { ...template, instructions_html: this.#instructionsHtml ?? template.instructions_html },
    };
    const text = JSON.stringify([content, photo.image.url]);
    if (text === this.#shown) return;
    this.#shown = text;
    this.#number += 1;
    this.assignment = {
      id: `preview-${this.#number}`,
      token: 0,
      expires_at: new Date(Date.now() + 3_600_000).toISOString(),
      seconds_left: 3_600,
      task: { id: "preview", job: { id: "preview", name: template.title }, data_object: { id: "preview", code: "preview" } },
      image: photo.image,
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

function jobPhoto(data: PreviewData | null): PreviewPhoto | null {
  return data?.image ? { name: t("Newest photo of a job"), kind: "job", image: data.image, bytes: null } : null;
}

function photoWords(photo: PreviewPhoto | null): string {
  if (photo === null) return "";
  if (photo.kind === "sample") return t("A drawing: choose a photo of yours.");
  return photo.kind === "local" ? t("{name}, only in this tab", { name: photo.name }) : photo.name;
}

function readRemembered(): { url: string; name: string } | null {
  try {
    const found = JSON.parse(sessionStorage.getItem(REMEMBERED) ?? "null") as { url?: unknown; name?: unknown } | null;
    const { url, name } = found ?? {};
    return typeof url === "string" && typeof name === "string" && url.startsWith("/api/v1/uploads/") ? { url, name } : null;
  } catch {
    return null;
  }
}
