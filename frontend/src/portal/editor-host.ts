/** The portal's side of `<segmentation-editor>`: the slim bar above it, its events, its assignments. */
import { html, type TemplateResult } from "lit";
import { createRef, ref, type Ref } from "lit/directives/ref.js";
import { t } from "../shared/i18n";
import type { Claim } from "./types";

/** What is used of the editor's element. Setting another claim opens it; setting the same one does nothing. */
interface SegmentationEditor extends HTMLElement {
  claim: Claim | null;
  /** The server says that this claim changed or ended: ask about it again. */
  refresh?(): void;
  /** Saves what is not saved yet; resolves when it is, or when it cannot be. */
  flush?(): Promise<void>;
}

const FINISHED = ["submitted", "released", "declined", "lost"];
const SIGNED_OUT = "signed-out";

export interface EditorHostPorts {
  readonly finished: () => void;
  readonly signedOut: () => void;
  readonly stop: () => void;
  /** The editor's code could not be loaded. */
  readonly broken: (message: string) => void;
}

export class EditorHost {
  readonly #element: Ref<SegmentationEditor> = createRef();
  #shown: Claim | null = null;
  #loading: Promise<unknown> | null = null;

  constructor(private readonly ports: EditorHostPorts) {}

  /** Fetches the editor's code ahead, so that the first photo does not wait for it. */
  preload(): void {
    this.#loading ??= import("../editor/main").catch((error: unknown) => {
      this.#loading = null;
      throw error;
    });
    this.#loading.catch(() => undefined);
  }

  render(claim: Claim, connection: TemplateResult): TemplateResult {
    return html`<div class="mw-editor">
      <div class="mw-editor__bar">
        <strong>${claim.template?.title ?? claim.task.job.name}</strong>
        ${connection}
        <button class="mw-button" @click=${() => void this.#stop()}>${t("Stop and resume later")}</button>
      </div>
      <segmentation-editor ${ref(this.#element)}></segmentation-editor>
    </div>`;
  }

  /** After each render of the editor's view. */
  show(claim: Claim): void {
    const element = this.#element.value;
    if (!element || this.#shown?.id === claim.id) return;
    this.#shown = claim;
    this.#listen(element);
    this.preload();
    this.#loading?.then(
      () => {
        if (this.#shown === claim) element.claim = claim;
      },
      () => this.ports.broken(t("The editor could not be loaded. Check your connection and try again.")),
    );
  }

  clear(): void {
    this.#shown = null;
  }

  claimHint(claim: string): void {
    if (this.#shown?.id === claim) this.#element.value?.refresh?.();
  }

  signedIn(): void {
    this.#element.value?.refresh?.();
  }

  async #stop(): Promise<void> {
    await this.#element.value?.flush?.();
    this.ports.stop();
  }

  #listening = new WeakSet<HTMLElement>();

  #listen(element: SegmentationEditor): void {
    if (this.#listening.has(element)) return;
    this.#listening.add(element);
    for (const type of FINISHED) element.addEventListener(type, () => this.ports.finished());
    element.addEventListener(SIGNED_OUT, () => this.ports.signedOut());
  }
}
