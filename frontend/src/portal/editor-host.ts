/**
 * The portal's side of `<segmentation-editor>` (editor/README.md), and of `<mw-framed-task>` for a task with a page of its
 * own: what stands in their bar, their events.
 */
import { html, nothing, type TemplateResult } from "lit";
import { createRef, ref, type Ref } from "lit/directives/ref.js";
import { t } from "../shared/i18n";
import type { Claim } from "./types";

/** What is used of either element; it is there once its code is loaded. */
interface SegmentationEditor extends HTMLElement {
  assignment: Claim | null;
  refresh?(): Promise<void>;
  pause?(): Promise<void>;
  connectionChanged?(): void;
}

/** After these the assignment is over, and the next one may open. */
const FINISHED = ["mw-submitted", "mw-released", "mw-declined", "mw-lease-lost"];

export interface EditorHostPorts {
  /** `submitted`: an answer was taken. */
  readonly finished: (submitted: boolean) => void;
  readonly signedOut: () => void;
  readonly stop: () => void;
  /** The editor's code could not be loaded. */
  readonly broken: (message: string) => void;
}

export class EditorHost {
  readonly #element: Ref<SegmentationEditor> = createRef();
  readonly #listening = new WeakSet<HTMLElement>();
  #shown: Claim | null = null;
  #loading: Promise<unknown> | null = null;
  #loadingFrame: Promise<unknown> | null = null;
  #framed = false;

  constructor(private readonly ports: EditorHostPorts) {}

  /** Fetches the editor's code ahead, so that the first photo does not wait for it. */
  preload(): void {
    this.#loading ??= import("../editor/main").catch((error: unknown) => {
      this.#loading = null;
      throw error;
    });
    this.#loading.catch(() => undefined);
  }

  /** `claim`: what is shown; null between two, when the last photo is done and the next one is not there yet. */
  render(connection: TemplateResult, claim: Claim | null): TemplateResult {
    if (claim !== null) this.#framed = Boolean(claim.frame);
    const between = claim === null;
    const end = html`<span slot="bar-end" class="mw-editor__end">
      ${connection}
      <button class="mw-button" aria-label=${t("Stop and resume later")} @click=${() => void this.#stop()}>
        <span class="mw-editor__long">${t("Stop and resume later")}</span>
        <span class="mw-editor__short">${t("Stop")}</span>
      </button>
    </span>`;
    return html`<div class="mw-editor">
      ${this.#framed
        ? html`<mw-framed-task ?inert=${between} ${ref(this.#element)}>${end}</mw-framed-task>`
        : html`<segmentation-editor ?inert=${between} ${ref(this.#element)}>${end}</segmentation-editor>`}
      ${between ? html`<div class="mw-editor__between" role="status">${t("Getting the next photo")}</div>` : nothing}
    </div>`;
  }

  /** After each render of the editor's view. */
  show(claim: Claim): void {
    const element = this.#element.value;
    if (!element || this.#shown?.id === claim.id) return;
    this.#shown = claim;
    this.#listen(element);
    this.#code()?.then(
      () => {
        if (this.#shown === claim) element.assignment = claim;
      },
      () => this.ports.broken(t("The editor could not be loaded. Check your connection and try again.")),
    );
  }

  /** The code of what is shown. */
  #code(): Promise<unknown> | null {
    if (!this.#framed) {
      this.preload();
      return this.#loading;
    }
    this.#loadingFrame ??= import("../framed/framed-task").catch((error: unknown) => {
      this.#loadingFrame = null;
      throw error;
    });
    return this.#loadingFrame;
  }

  /** What is shown is over. */
  forget(): void {
    this.#shown = null;
  }

  claimHint(claim: string): void {
    if (this.#shown?.id === claim) void this.#element.value?.refresh?.();
  }

  /** The socket closed or opened: the editor looks at once whether it can still save. */
  connectionChanged(): void {
    this.#element.value?.connectionChanged?.();
  }

  signedIn(): void {
    void this.#element.value?.refresh?.();
  }

  async #stop(): Promise<void> {
    // Also when saving fails: the editor keeps the draft in this browser.
    await this.#element.value?.pause?.().catch(() => undefined);
    this.ports.stop();
  }

  #listen(element: SegmentationEditor): void {
    if (this.#listening.has(element)) return;
    this.#listening.add(element);
    for (const type of FINISHED) element.addEventListener(type, () => this.ports.finished(type === "mw-submitted"));
    element.addEventListener("mw-paused", () => this.ports.stop());
    element.addEventListener("mw-signed-out", () => this.ports.signedOut());
  }
}
