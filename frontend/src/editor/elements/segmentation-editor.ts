import type { PropertyValues, TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { t } from "../../shared/i18n";
import { giveUnlabeled } from "../actions/registry";
import { flyToUnlabeled } from "../actions/unlabeled";
import { categoriesOf, completeAssignment, type AssignmentInput } from "../assignment-input";
import { buildPalette } from "../codec/palette";
import { Disposers } from "../disposer";
import type { OtherCommand } from "../actions/shortcuts";
import { Engine } from "../engine";
import type { AssignmentSession } from "../session/assignment-session";
import { MemoryStore, openLocalStore, type LocalStore } from "../session/local-store";
import { ImageError, openDocument, type OpenedDocument } from "../session/open";
import { startSession } from "../session/start";
import { keepSettings } from "../settings";
import { EditorState } from "../state";
import { FixtureTransport } from "../transport/fixture";
import { HttpTransport } from "../transport/http";
import type { Assignment, Transport } from "../transport/transport";
import { WorkerPixelWork } from "../worker/client";
import { baseStyles, SignalElement } from "./base";
import { dialogStyles, type DialogId } from "./dialogs";
import type { LabelList } from "./label-list";
import "./label-list";
import "./options-bar";
import { listenToPage } from "./page-events";
import { pictureStyles } from "./picture-styles";
import { shellStyles } from "./shell-styles";
import { renderShell } from "./shell-view";
import "./status-bar";
import "./toolbar";

export type EditorMode = "work" | "preview" | "view";

/** A mask to look at in view mode. */
export interface Layer {
  readonly id: string;
  readonly name: string;
  readonly url: string;
}

export type Status = { readonly kind: "empty" | "loading" | "open" } | { readonly kind: "failed"; readonly message: string; readonly impossible: boolean };

/** The segmentation editor: see ../README.md for properties, methods and events. */
export class SegmentationEditor extends SignalElement {
  static override styles = [baseStyles, shellStyles, pictureStyles, dialogStyles];

  @property({ type: Object }) assignment: AssignmentInput | null = null;
  @property() mode: EditorMode = "work";
  @property({ attribute: false }) transport: Transport | null = null;
  @property({ type: Array }) layers: readonly Layer[] = [];
  /** How the picture is drawn: `webgl` or `canvas2d`; left out, whichever is faster here. */
  @property() renderer: "webgl" | "canvas2d" | null = null;
  @property({ attribute: "sign-in-url" }) signInUrl = "/accounts/login/";

  @state() status: Status = { kind: "empty" };
  @state() dialog: DialogId | null = null;
  /** Chosen layer's id; null: no labels. */
  @state() layer: string | null = null;
  /** Whether the keyboard moves the focus: only then the image shows a focus ring, it has the focus anyway. */
  @state() tabbed = false;
  /** Whether the page fills the slot at the header's end: its own way to stop, for example. */
  @state() barEndUsed = false;
  @query(".stage") stageHost!: HTMLElement;
  @query("dialog") dialogElement!: HTMLDialogElement;
  @query("mw-editor-labels") labelList!: LabelList;

  readonly editorState = new EditorState();
  engine: Engine | null = null;
  session: AssignmentSession | null = null;
  /** What is open (or opening), complete. */
  opened: Assignment | null = null;
  readonly #page = new Disposers();
  #document = new Disposers();
  #pixels: WorkerPixelWork | null = null;
  #store: Promise<LocalStore> | null = null;
  #opening: AbortController | null = null;

  /** Commands of the chrome, beside tools and actions. */
  readonly commands: readonly OtherCommand[] = [
    { id: "submit", label: "Submit", keys: ["mod+enter"], run: () => this.requestSubmit() },
    { id: "save", label: "Save now", keys: ["mod+s"], run: () => void this.session?.drafts.flush() },
    { id: "search", label: "Search classes", keys: ["/"], run: () => this.labelList.focusSearch() },
    { id: "help", label: "Tools and shortcuts", keys: ["?"], run: () => (this.dialog = "help") },
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.#pixels = new WorkerPixelWork();
    this.#page.add(keepSettings(this.editorState));
    listenToPage(this, this.#page);
    // Moved in the page: what was open opens again, from its draft.
    if (this.hasUpdated && this.assignment !== null) void this.#open();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.session?.drafts.hidden();
    this.#close();
    this.#page.dispose();
    this.#pixels?.dispose();
    this.#pixels = null;
  }

  /** Saves the draft here and on the server and stops the heartbeat; the claim stays. */
  async pause(): Promise<void> {
    await this.session?.stop();
  }

  /** A hint came, or the person signed in again: asks the server now. */
  async refresh(): Promise<void> {
    await this.session?.refresh();
  }

  /** The server said that the claim ended. */
  leaseLost(): void {
    this.session?.lost();
  }

  emit(name: string, detail: Readonly<Record<string, unknown>> = {}): void {
    const claim = this.opened?.id ?? null;
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, detail: { claim, ...detail } }));
  }

  /** The Submit button: asks first when pixels are unlabeled. */
  requestSubmit(): void {
    const { engine } = this;
    if (engine === null || this.mode === "view" || engine.busy) return;
    if (engine.workspace.map.unlabeled > 0) this.dialog = "unlabeled";
    else void this.send("mask");
  }

  async send(kind: "mask" | "empty" | "impossible", reason = ""): Promise<void> {
    this.dialog = null;
    this.editorState.notice.value = null;
    const { session } = this;
    if (session === null) {
      this.#previewOnly();
      return;
    }
    const receipt = await session.send(kind, reason);
    if (receipt !== null) this.emit("mw-submitted", { ...receipt });
  }

  async give(index: number): Promise<void> {
    const { engine } = this;
    if (engine === null) return;
    this.dialog = null;
    await giveUnlabeled(engine.workspace, index);
    const name = engine.workspace.categories.find((category) => category.index === index)?.name ?? "";
    this.editorState.notice.value = { kind: "info", text: t("The unlabeled pixels are now {name}. Submit when you are ready.", { name }) };
  }

  showUnlabeled(): void {
    if (this.engine !== null) void flyToUnlabeled(this.engine.workspace);
  }

  async leave(how: "release" | "decline" | "stop", reason = ""): Promise<void> {
    this.dialog = null;
    const { session } = this;
    if (session === null) {
      this.#previewOnly();
    } else if (how === "stop") {
      await session.stop();
      this.emit("mw-paused");
    } else if (how === "release") {
      if (await session.release()) this.emit("mw-released");
    } else if (await session.decline(reason)) this.emit("mw-declined");
  }

  /** The person has read that the claim is lost. */
  leaveLost(): void {
    const phase = this.session?.phase.value;
    this.emit("mw-lease-lost", { annotation: phase?.kind === "lost" ? phase.annotation : null });
  }

  retryOpen(): void {
    void this.#open();
  }

  async showLayer(id: string | null): Promise<void> {
    this.layer = id;
    const { engine } = this;
    const layer = this.layers.find((one) => one.id === id);
    if (engine === null) return;
    const { map } = engine.workspace;
    if (layer === undefined) {
      map.replace(new Uint8Array(map.data.length));
      return;
    }
    try {
      const mask = await this.#pixels?.decode(await this.#transport().loadMask(layer.url));
      if (this.layer !== id || this.engine !== engine || mask === undefined) return;
      if (mask.width !== map.width || mask.height !== map.height) throw new Error("sizes differ");
      map.replace(mask.data);
    } catch {
      this.editorState.notice.value = { kind: "error", text: t("“{name}” cannot be shown. Try again later.", { name: layer.name }) };
    }
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("assignment") || changed.has("mode")) {
      const id = this.assignment?.id;
      if (this.assignment !== null && this.session !== null && id === this.opened?.id && !changed.has("mode")) {
        this.session.update(completeAssignment(this.assignment));
      } else if (this.hasUpdated) void this.#open();
    } else if (changed.has("layers") && this.engine !== null) {
      void this.showLayer(this.layers.some(({ id }) => id === this.layer) ? this.layer : (this.layers[0]?.id ?? null));
    }
  }

  protected override firstUpdated(): void {
    if (this.assignment !== null) void this.#open();
  }

  protected override updated(): void {
    const { dialogElement } = this;
    if (this.dialog !== null && !dialogElement.open) dialogElement.showModal();
    else if (this.dialog === null && dialogElement.open) dialogElement.close();
  }

  protected override render(): TemplateResult {
    return renderShell(this);
  }

  #transport(): Transport {
    this.transport ??= this.mode === "preview" ? new FixtureTransport() : new HttpTransport();
    return this.transport;
  }

  #previewOnly(): void {
    this.editorState.notice.value = { kind: "info", text: t("This is a preview: nothing was sent.") };
  }

  async #open(): Promise<void> {
    const pixels = this.#pixels;
    if (this.assignment === null || pixels === null) {
      this.#close();
      this.status = { kind: "empty" };
      return;
    }
    const assignment = completeAssignment(this.assignment);
    // A preview follows a form: what is painted and where one looks stay while classes and texts change.
    const shown = this.#sameImage(assignment) ? this.engine : null;
    if (shown === null) {
      this.#close();
      this.status = { kind: "loading" };
    }
    this.#opening?.abort();
    const opening = new AbortController();
    this.#opening = opening;
    this.opened = assignment;
    try {
      const store = this.mode === "work" ? await (this.#store ??= openLocalStore()) : new MemoryStore();
      const document = await openDocument(assignment, this.#transport(), store, pixels, opening.signal);
      if (opening.signal.aborted) {
        document.image.close();
        return;
      }
      const before = shown === null ? null : { labels: shown.workspace.map.snapshot(), camera: shown.stage.camera };
      this.#opening = null;
      this.#close();
      this.opened = assignment;
      this.#start(assignment, document, store, pixels);
      if (before !== null) {
        document.map.replace(before.labels);
        this.engine?.stage.look(before.camera);
      }
    } catch (error) {
      if (opening.signal.aborted) return;
      const message = error instanceof Error ? error.message : String(error);
      this.status = { kind: "failed", message, impossible: error instanceof ImageError };
    }
  }

  #sameImage({ image }: Assignment): boolean {
    const open = this.opened?.image;
    return this.mode === "preview" && open !== undefined && open.url === image.url && open.width === image.width && open.height === image.height;
  }

  #start(assignment: Assignment, document: OpenedDocument, store: LocalStore, pixels: WorkerPixelWork): void {
    const { map, image } = document;
    const categories = categoriesOf(assignment);
    if (this.mode === "work") {
      this.session = startSession(assignment, document, {
        store,
        pixels,
        palette: buildPalette(categories),
        transport: this.#transport(),
        onSignedOut: () => this.emit("mw-signed-out"),
      });
    }
    this.engine = new Engine({
      host: this.stageHost,
      map,
      image,
      categories,
      tools: assignment.template.tools,
      readOnly: this.mode === "view",
      renderer: this.renderer,
      state: this.editorState,
      pixels,
      others: this.commands,
      segment: (request, signal) => this.#transport().segment(assignment, request, signal),
      onActivity: () => this.session?.input(),
    });
    let revision = map.revision;
    this.#document.add(
      map.subscribe(() => {
        if (map.revision === revision) return;
        revision = map.revision;
        this.session?.drafts.changed();
        this.emit("mw-dirty", { unlabeled: map.unlabeled });
      }),
    );
    this.status = { kind: "open" };
    this.#tellRestored(document.restored);
    if (this.mode === "view") void this.showLayer(this.layers[0]?.id ?? null);
    if (this.mode === "work") this.stageHost.focus({ preventScroll: true });
  }

  #tellRestored(restored: OpenedDocument["restored"]): void {
    const { notice } = this.editorState;
    if (restored === "local") notice.value = { kind: "info", text: t("Your labels from this device are back.") };
    if (restored === "server") notice.value = { kind: "info", text: t("Your saved labels are back.") };
    if (restored === "damaged") notice.value = { kind: "error", text: t("The saved labels could not be read. The image starts without labels.") };
  }

  #close(): void {
    this.#opening?.abort();
    this.#opening = null;
    this.#document.dispose();
    this.session?.dispose();
    this.session = null;
    this.engine?.dispose();
    this.engine = null;
    this.opened = null;
    this.dialog = null;
  }
}

customElements.define("segmentation-editor", SegmentationEditor);

declare global {
  interface HTMLElementTagNameMap {
    "segmentation-editor": SegmentationEditor;
  }
}
