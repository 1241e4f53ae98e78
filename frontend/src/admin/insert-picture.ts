import { LitElement, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { Api } from "../shared/api";
import { listen, type Disposer } from "../shared/dom";
import { t } from "../shared/i18n";
import { withPicture } from "./picture-markdown";

const PICTURE = /^image\/(png|jpeg)$/;

/**
 * `<mw-insert-picture>` below the text area of instructions: a picture of this computer is kept in the organization and
 * its Markdown put in at the cursor. Pictures may be dropped or pasted into the text, too.
 */
@customElement("mw-insert-picture")
export class InsertPicture extends LitElement {
  /** The text area it belongs to. */
  area: HTMLTextAreaElement | null = null;
  @state() private busy = false;
  @state() private problem = "";
  readonly #api = new Api();
  #disposers: Disposer[] = [];

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const { area } = this;
    if (!area) return;
    this.#disposers = [
      listen(area, "paste", (event) => this.#take(event, event.clipboardData)),
      listen(area, "drop", (event) => this.#take(event, event.dataTransfer)),
      listen(area, "dragover", (event) => {
        if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
      }),
    ];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#disposers.forEach((dispose) => dispose());
  }

  protected override render(): TemplateResult {
    return html`<div class="mw-actions mw-insert-picture">
        <label class="mw-button" ?aria-disabled=${this.busy}
          >${this.busy ? t("Keeping the picture …") : t("Insert a picture")}<input
            class="mw-visually-hidden"
            type="file"
            accept="image/png,image/jpeg"
            ?disabled=${this.busy}
            @change=${(event: Event) => this.#chosen(event)}
        /></label>
        <span class="mw-muted mw-small">${t("JPEG or PNG, at most 5 MB. Only your people and vendors see it.")}</span>
      </div>
      ${this.problem ? html`<p class="mw-field__errors" role="alert">${this.problem}</p>` : nothing}`;
  }

  #chosen(event: Event): void {
    const input = event.target as HTMLInputElement;
    void this.#insert([...(input.files ?? [])]);
    input.value = "";
  }

  /** Only pictures are taken over; text is pasted and dropped as ever. */
  #take(event: Event, data: DataTransfer | null): void {
    const pictures = [...(data?.files ?? [])].filter((file) => PICTURE.test(file.type));
    if (pictures.length === 0) return;
    event.preventDefault();
    void this.#insert(pictures);
  }

  async #insert(files: readonly File[]): Promise<void> {
    this.busy = true;
    this.problem = "";
    try {
      for (const file of files) await this.#one(file);
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    } finally {
      this.busy = false;
    }
  }

  async #one(file: File): Promise<void> {
    const response = await this.#api.send(`/api/v1/templates/pictures?name=${encodeURIComponent(file.name)}`, {
      method: "POST",
      body: new Uint8Array(await file.arrayBuffer()),
      headers: { "Content-Type": "application/octet-stream" },
    });
    const { address } = (await response.json()) as { address: string };
    const { area } = this;
    if (!area) return;
    const changed = withPicture(area.value, area.selectionStart, area.selectionEnd, address, file.name);
    area.value = changed.text;
    area.setSelectionRange(changed.cursor, changed.cursor);
    area.dispatchEvent(new Event("input", { bubbles: true })); // the preview follows
    area.focus();
  }
}

/** Gives every text area of instructions its button. */
export function offerPictures(root: ParentNode): void {
  for (const area of root.querySelectorAll<HTMLTextAreaElement>("form textarea[name=instructions]")) {
    if (area.readOnly || area.disabled) continue;
    const element = new InsertPicture();
    element.area = area;
    area.after(element);
  }
}
