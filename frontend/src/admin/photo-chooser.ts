import { LitElement, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { Api } from "../shared/api";
import { formatNumber, t } from "../shared/i18n";
import { localPhoto, samplePhoto, uploadedPhoto, type PreviewPhoto } from "./preview-photo";

interface UploadRow {
  readonly id: string;
  readonly name: string;
}

interface UploadPage {
  readonly files: readonly { readonly name: string }[];
  readonly next: string | null;
}

const PAGE = 24;
const PHOTO = /\.(jpe?g|png)$/i;

/**
 * `<mw-photo-chooser>`: the dialog in which a manager chooses what his preview shows. `open()` shows it;
 * `mw-photo` is fired with the `PreviewPhoto` in `detail`.
 */
@customElement("mw-photo-chooser")
export class PhotoChooser extends LitElement {
  /** The newest photo of a job, where there is one. */
  @property({ attribute: false }) own: PreviewPhoto | null = null;
  @state() private uploads: readonly UploadRow[] | null = null;
  @state() private upload = "";
  @state() private names: readonly string[] | null = null;
  @state() private next: string | null = null;
  @state() private problem = "";
  readonly #api = new Api();
  #asked = 0;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  open(): void {
    this.problem = "";
    this.#dialog()?.showModal();
    if (this.uploads === null) void this.#listUploads();
  }

  protected override render(): TemplateResult {
    return html`<dialog class="mw-dialog mw-chooser" aria-labelledby="chooser-title">
      <h2 id="chooser-title">${t("Photo for the preview")}</h2>
      ${this.problem ? html`<div class="mw-banner mw-banner--error" role="alert"><p>${this.problem}</p></div>` : nothing}
      <div class="mw-actions mw-chooser__sources">
        <label class="mw-button"
          >${t("From this computer")}<input class="mw-visually-hidden" type="file" accept="image/jpeg,image/png"
            @change=${(event: Event) => this.#local(event)}
        /></label>
        ${this.own
          ? html`<button class="mw-button" type="button" @click=${() => this.#give(Promise.resolve(this.own as PreviewPhoto))}>
              ${t("Newest photo of a job")}
            </button>`
          : nothing}
        <button class="mw-button" type="button" @click=${() => this.#give(samplePhoto())}>${t("Sample picture")}</button>
      </div>
      <p class="mw-muted mw-small">${t("A file of this computer stays in this tab; it is not uploaded.")}</p>
      ${this.#library()}
      <div class="mw-actions">
        <button class="mw-button mw-button--quiet" type="button" @click=${() => this.#dialog()?.close()}>${t("Cancel")}</button>
      </div>
    </dialog>`;
  }

  #library(): TemplateResult {
    if (this.uploads === null) return html`<p class="mw-muted">${t("Looking for your uploads")}</p>`;
    if (this.uploads.length === 0) return html`<p class="mw-muted">${t("There are no uploaded photos yet.")}</p>`;
    return html`<div class="mw-field">
        <label for="chooser-upload">${t("Upload")}</label>
        <select id="chooser-upload" class="mw-input" @change=${(event: Event) => void this.#list((event.target as HTMLSelectElement).value)}>
          ${this.uploads.map(({ id, name }) => html`<option value=${id} ?selected=${id === this.upload}>${name}</option>`)}
        </select>
      </div>
      ${this.names === null
        ? html`<p class="mw-muted">${t("Looking for its photos")}</p>`
        : this.names.length === 0
          ? html`<p class="mw-muted">${t("This upload has no JPEG or PNG.")}</p>`
          : html`<ul class="mw-chooser__photos">
              ${this.names.map((name) => this.#photo(name))}
            </ul>`}
      ${this.next
        ? html`<button class="mw-button" type="button" @click=${() => void this.#more()}>
            ${t("{count} more", { count: formatNumber(PAGE) })}
          </button>`
        : nothing}`;
  }

  #photo(name: string): TemplateResult {
    return html`<li>
      <button type="button" title=${name} @click=${() => this.#give(uploadedPhoto(this.#url("files", name), name))}>
        <span class="manage-thumbnail"><img src=${this.#url("thumbnails", name)} alt="" loading="lazy" width="80" height="60" /></span>
        <span class="mw-small">${name.slice(name.lastIndexOf("/") + 1)}</span>
      </button>
    </li>`;
  }

  #url(folder: string, name: string): string {
    return `/api/v1/uploads/${this.upload}/${folder}/${name.split("/").map(encodeURIComponent).join("/")}`;
  }

  async #listUploads(): Promise<void> {
    try {
      const { results } = await this.#api.json<{ results: UploadRow[] }>("/api/v1/uploads?limit=100");
      this.uploads = results;
      if (results[0]) await this.#list(results[0].id);
    } catch (error) {
      this.#failed(error);
    }
  }

  async #list(upload: string): Promise<void> {
    this.upload = upload;
    this.names = null;
    this.next = null;
    await this.#page(`/api/v1/uploads/${upload}?limit=${PAGE}`);
  }

  async #more(): Promise<void> {
    if (this.next) await this.#page(this.next);
  }

  async #page(url: string): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    try {
      const page = await this.#api.json<UploadPage>(url);
      if (asked !== this.#asked) return; // another upload was chosen meanwhile
      this.names = [...(this.names ?? []), ...page.files.map(({ name }) => name).filter((name) => PHOTO.test(name))];
      this.next = page.next;
    } catch (error) {
      if (asked === this.#asked) this.#failed(error);
    }
  }

  #local(event: Event): void {
    const input = event.target as HTMLInputElement;
    const file = input.files?.[0];
    if (file) this.#give(localPhoto(file));
    input.value = "";
  }

  #give(photo: Promise<PreviewPhoto>): void {
    photo.then(
      (detail) => {
        this.#dialog()?.close();
        this.dispatchEvent(new CustomEvent("mw-photo", { detail }));
      },
      (error: unknown) => this.#failed(error),
    );
  }

  #failed(error: unknown): void {
    this.problem = error instanceof Error ? error.message : String(error);
  }

  #dialog(): HTMLDialogElement | null {
    return this.querySelector("dialog");
  }
}
