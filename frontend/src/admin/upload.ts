import { LitElement, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { Api } from "../shared/api";
import { browserClock } from "../shared/clock";
import { listen, type Disposer } from "../shared/dom";
import { formatBytes, formatNumber, t, tn } from "../shared/i18n";
import { choose, fromDrop, fromInput } from "./local-files";
import { nameList } from "./name-list";
import { UploadApi } from "./upload-api";
import { UploadMemory } from "./upload-memory";
import { UploadQueue } from "./upload-queue";

/** More would only be scrolled past. */
const LISTED_REFUSALS = 100;

/**
 * `<mw-upload upload="<id>" there="<number of files the server has>" next="<address>">`: a folder of photos to the
 * server. It may be left and come back to: what is there already is skipped and counts, what is not there of an
 * earlier choice is named. Afterwards the browser goes to `next`, if given, and `mw-uploaded` is fired.
 */
@customElement("mw-upload")
export class UploadElement extends LitElement {
  @property() upload = "";
  @property() next = "";
  /** Endings of the files that are taken. */
  @property() accept = ".jpg,.jpeg,.png";
  @property({ type: Number }) there = 0;
  @state() private ignored: readonly string[] = [];
  /** Of an earlier choice of files, before this page was loaded, those that have not arrived. */
  @state() private missing: readonly string[] = [];
  @state() private over = false;
  @state() private completing = false;
  @state() private problem = "";
  #api: UploadApi | null = null;
  #queue: UploadQueue | null = null;
  #memory: UploadMemory | null = null;
  #disposers: Disposer[] = [];

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const api = new UploadApi(new Api(), this.upload);
    this.#api = api;
    this.#memory = new UploadMemory(this.upload, localStorage);
    this.#queue = new UploadQueue({
      listed: () => api.listed(),
      send: (file) => api.send(file),
      clock: browserClock,
      changed: () => this.requestUpdate(),
    });
    this.#disposers = [
      listen(window, "beforeunload", (event) => {
        if (this.#queue?.busy) event.preventDefault();
      }),
      listen(window, "focus", () => this.#queue?.resume()),
    ];
    void this.#lookBack();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#disposers.forEach((dispose) => dispose());
  }

  protected override render(): TemplateResult | typeof nothing {
    const queue = this.#queue;
    if (!queue) return nothing;
    return html`${this.#dropZone(queue)} ${queue.total > 0 ? this.#progress(queue) : nothing}
    ${queue.refused.length > 0 ? this.#refusals(queue) : nothing}
    ${queue.total === 0 && this.missing.length > 0 ? this.#missing() : nothing}
    ${this.ignored.length > 0
      ? nameList(
          tn(this.ignored.length, "One file was left out: not a JPEG or PNG.", "{count} files were left out: not JPEG or PNG."),
          this.ignored,
          "left-out.txt",
        )
      : nothing}
    ${this.problem ? html`<div class="mw-banner mw-banner--error" role="alert"><p>${this.problem}</p></div>` : nothing}
    ${this.#finish(queue)}`;
  }

  #dropZone(queue: UploadQueue): TemplateResult {
    return html`<div
      class="mw-drop ${this.over ? "mw-drop--over" : ""} ${queue.total > 0 ? "mw-drop--small" : ""}"
      @dragover=${(event: DragEvent) => {
        event.preventDefault();
        this.over = true;
      }}
      @dragleave=${() => (this.over = false)}
      @drop=${(event: DragEvent) => void this.#dropped(event)}
    >
      <strong>${queue.total > 0 ? t("Add more photos") : t("Drop a folder of photos here")}</strong>
      <span class="mw-muted">${t("JPEG and PNG, also thousands; folders inside it are kept in the names.")}</span>
      <span class="mw-actions">
        <label class="mw-button mw-button--primary"
          >${t("Choose a folder")}<input class="mw-visually-hidden" type="file" webkitdirectory multiple
            @change=${(event: Event) => this.#chosen(event)}
        /></label>
        <label class="mw-button"
          >${t("Choose files")}<input class="mw-visually-hidden" type="file" multiple accept=${this.accept}
            @change=${(event: Event) => this.#chosen(event)}
        /></label>
      </span>
    </div>`;
  }

  #progress(queue: UploadQueue): TemplateResult {
    const settled = queue.sent + queue.skipped + queue.refused.length;
    return html`<section class="mw-card mw-upload__progress" aria-live="polite">
      <div class="mw-upload__line">
        <strong>${phaseWords(queue)}</strong>
        <span class="mw-muted mw-number"
          >${t("{settled} of {total} files, {bytes} of {all}", {
            settled: formatNumber(settled),
            total: formatNumber(queue.total),
            bytes: formatBytes(queue.settledBytes),
            all: formatBytes(queue.totalBytes),
          })}</span
        >
      </div>
      <progress class="mw-progress" max=${Math.max(queue.totalBytes, 1)} .value=${queue.settledBytes}></progress>
      ${this.#notes(queue)}
    </section>`;
  }

  #notes(queue: UploadQueue): TemplateResult {
    return html`<p class="mw-muted mw-small">
      ${queue.skipped > 0 ? tn(queue.skipped, "One was there already.", "{count} were there already.") : nothing}
      ${queue.phase === "waiting" ? t("{reason} It goes on by itself.", { reason: queue.trouble ?? "" }) : nothing}
      ${queue.phase === "signed-out" ? t("Sign in again in another tab, then come back: it goes on by itself.") : nothing}
    </p>`;
  }

  #refusals(queue: UploadQueue): TemplateResult {
    const shown = queue.refused.slice(0, LISTED_REFUSALS);
    return html`<section class="mw-card mw-card--flush">
      <header class="mw-card__header">
        <h2>${tn(queue.refused.length, "One file was refused", "{count} files were refused")}</h2>
        <button class="mw-button" type="button" @click=${() => queue.retryRefused()}>${t("Try them again")}</button>
      </header>
      <div class="mw-upload__refused">
        <table class="mw-table">
          <tbody>
            ${shown.map(({ file, message }) => html`<tr><td class="mw-mono">${file.name}</td><td>${message}</td></tr>`)}
          </tbody>
        </table>
      </div>
      ${queue.refused.length > shown.length
        ? html`<p class="mw-upload__more mw-muted">${t("The first {count} are listed.", { count: LISTED_REFUSALS })}</p>`
        : nothing}
    </section>`;
  }

  #missing(): TemplateResult {
    return html`<div class="mw-banner mw-banner--warning">
        <p>
          ${tn(
            this.missing.length,
            "One file that you chose before has not arrived. Choose the same folder again to send it, or finish without it.",
            "{count} files that you chose before have not arrived. Choose the same folder again to send them, or finish without them.",
          )}
        </p>
      </div>
      ${nameList(tn(this.missing.length, "The missing file", "The {count} missing files"), this.missing, "missing.txt", true)}`;
  }

  /** After a reload: what has not arrived of what was chosen. The upload can be finished without knowing. */
  async #lookBack(): Promise<void> {
    if (!this.#memory?.any) return;
    try {
      const server = (await this.#api?.listed()) ?? new Map<string, number>();
      this.there = server.size; // the last one may have arrived after the page was made
      this.missing = this.#memory.missing(server);
    } catch {
      // Choosing files again asks anew, with words about what is wrong.
    }
  }

  #finish(queue: UploadQueue): TemplateResult {
    const ready = !queue.busy && this.there + queue.sent + queue.skipped > 0 && !this.completing;
    const here = queue.total === 0 && this.there > 0;
    return html`<div class="mw-actions">
      <button class="mw-button mw-button--primary" type="button" ?disabled=${!ready} @click=${() => void this.#complete()}>
        ${t("Finish the upload")}
      </button>
      ${queue.busy
        ? html`<span class="mw-muted mw-small">${t("You may close this page and come back: choose the same folder again, and only what is missing is sent.")}</span>`
        : nothing}
      ${here
        ? html`<span class="mw-muted mw-small"
            >${tn(this.there, "One file is there. Add more, or finish.", "{count} files are there. Add more, or finish.")}</span
          >`
        : nothing}
    </div>`;
  }

  #chosen(event: Event): void {
    const input = event.target as HTMLInputElement;
    if (input.files) this.#add(fromInput(input.files));
    input.value = "";
  }

  async #dropped(event: DragEvent): Promise<void> {
    event.preventDefault();
    this.over = false;
    if (event.dataTransfer) this.#add(await fromDrop(event.dataTransfer.items));
  }

  #add(found: { path: string; file: File }[]): void {
    const { files, ignored } = choose(found, this.accept.split(","));
    this.ignored = [...new Set([...this.ignored, ...ignored])];
    this.problem = files.length === 0 ? t("There is no JPEG or PNG among these files. Choose another folder.") : "";
    if (files.length === 0) return;
    this.#memory?.add(files);
    this.#queue?.add(files);
  }

  async #complete(): Promise<void> {
    this.completing = true;
    this.problem = "";
    try {
      await this.#api?.complete();
      this.#memory?.forget();
      this.dispatchEvent(new CustomEvent("mw-uploaded", { bubbles: true, detail: { upload: this.upload } }));
      if (this.next) location.assign(this.next);
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
      this.completing = false;
    }
  }
}

function phaseWords(queue: UploadQueue): string {
  switch (queue.phase) {
    case "idle":
      return "";
    case "listing":
      return t("Looking what is there already");
    case "sending":
      return t("Uploading");
    case "waiting":
      return t("Waiting");
    case "signed-out":
      return t("You are signed out");
    case "sent":
      return queue.refused.length > 0 ? t("Done, except what is listed below") : t("All photos are there");
  }
}
