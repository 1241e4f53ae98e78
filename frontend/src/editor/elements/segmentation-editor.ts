import type { PropertyValues, TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { t } from "../../shared/i18n";
import { giveUnlabeled } from "../actions/registry";
import { flyToUnlabeled } from "../actions/unlabeled";
import { asksAboutUnlabeled, setSilent } from "../actions/unlabeled-question";
import { completeAssignment, type AssignmentInput } from "../assignment-input";
import { Disposers } from "../disposer";
import type { OtherCommand } from "../actions/shortcuts";
import type { Engine } from "../engine";
import type { AssignmentSession } from "../session/assignment-session";
import type { VerdictDesk } from "../verdict/desk";
import type { ReviewDesk } from "../review/desk";
import type { ReviewPanel } from "../review/review-panel";
import type { Rework } from "../review/rework";
import type { ReworkPanel } from "../review/rework-panel";
import { keepSettings } from "../settings";
import { EditorState } from "../state";
import type { Assignment, DraftVersion, Receipt, Transport, VerdictContent } from "../transport/transport";
import { baseStyles, SignalElement } from "./base";
import { dialogStyles, type DialogId } from "./dialogs";
import { DocumentController, type Desks } from "./document-controller";
import type { LabelList } from "./label-list";
import "./label-list";
import "./options-bar";
import { listenToPage } from "./page-events";
import { pictureStyles } from "./picture-styles";
import { shellStyles } from "./shell-styles";
import { renderShell } from "./shell-view";
import "./status-bar";
import "./toolbar";

export type EditorMode = "work" | "preview" | "view" | "embedded";

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
  /** Embedded: the page gives something for the slots beside the image. */
  @property({ type: Boolean, attribute: "with-beside" }) withBeside = false;
  @property({ attribute: "sign-in-url" }) signInUrl = "/accounts/login/";

  @state() status: Status = { kind: "empty" };
  @state() dialog: DialogId | null = null;
  /** Chosen layer's id; null: no labels. */
  @state() layer: string | null = null;
  /** Whether the keyboard moves the focus: only then the image shows a focus ring, it has the focus anyway. */
  @state() tabbed = false;
  /** Whether the page fills the slot at the header's end: its own way to stop, for example. */
  @state() barEndUsed = false;
  /** What is said once about an image that came back was read. */
  @state() cameBackRead = false;
  @query(".stage") stageHost!: HTMLElement;
  @query("dialog") dialogElement!: HTMLDialogElement;
  @query("mw-editor-labels") labelList!: LabelList;
  @query("mw-editor-review") reviewPanel!: ReviewPanel | null;
  @query("mw-editor-rework") reworkPanel!: ReworkPanel | null;

  readonly editorState = new EditorState();
  readonly #page = new Disposers();
  readonly #documents = new DocumentController(this);

  /** Commands of the chrome, beside tools and actions. */
  readonly shared: readonly OtherCommand[] = [
    { id: "save", label: "Save now", keys: ["mod+s"], run: () => void this.session?.drafts.flush() },
    { id: "search", label: "Search classes", keys: ["/"], run: () => this.labelList.focusSearch() },
    { id: "help", label: "Tools and shortcuts", keys: ["?"], run: () => this.ask("help") },
  ];
  readonly #submit: OtherCommand = { id: "submit", label: "Submit", keys: ["mod+enter"], run: () => this.requestSubmit() };

  /** What the open document adds: a reviewer accepts and sends back instead of submitting. */
  makeCommands(desk: ReviewDesk | null, rework: Rework | null, verdict: VerdictDesk | null): readonly OtherCommand[] {
    const { desks } = this;
    if (desks === null) return [this.#submit, ...this.shared];
    if (verdict !== null) return [this.#submit, ...desks.verdictCommands(verdict), ...this.shared];
    if (desk !== null) {
      return [...desks.reviewCommands(desk, { accept: () => this.accept(), sendBack: () => this.askToSendBack() }), ...this.shared];
    }
    const places = rework === null ? [] : desks.reworkCommands(rework.pins, (by) => this.reworkPanel?.step(by));
    return [this.#submit, ...this.shared, ...places];
  }

  /** The code of reviews, returned images and verifications; null until a task needs it. */
  get desks(): Desks | null {
    return this.#documents.desks;
  }

  get commands(): readonly OtherCommand[] {
    return this.#documents.commands;
  }

  get desk(): ReviewDesk | null {
    return this.#documents.desk;
  }

  get verdict(): VerdictDesk | null {
    return this.#documents.verdict;
  }

  get rework(): Rework | null {
    return this.#documents.rework;
  }

  get engine(): Engine | null {
    return this.#documents.engine;
  }

  get session(): AssignmentSession | null {
    return this.#documents.session;
  }

  /** What is open (or opening), complete. */
  get opened(): Assignment | null {
    return this.#documents.opened;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#documents.connect();
    this.#page.add(keepSettings(this.editorState));
    listenToPage(this, this.#page);
    // Moved in the page: what was open opens again, from its draft.
    if (this.hasUpdated && this.assignment !== null) void this.#documents.open();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#documents.disconnect();
    this.#page.dispose();
  }

  /** Saves the draft here and on the server and stops the heartbeat; the claim stays. */
  async pause(): Promise<void> {
    await this.session?.stop();
  }

  /** A hint came, or the person signed in again: asks the server now. */
  async refresh(): Promise<void> {
    await this.session?.refresh();
  }

  /** The page's own connection broke or came back: how is the server reached now? */
  connectionChanged(): void {
    this.session?.suspect();
  }

  /** The server said that the claim ended. */
  leaseLost(): void {
    this.session?.lost();
  }

  emit(name: string, detail: Readonly<Record<string, unknown>> = {}): void {
    const claim = this.opened?.id ?? null;
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, detail: { claim, ...detail } }));
  }

  /** Opens a dialog; also one that was closed just now, of which the browser has not told yet. */
  ask(dialog: DialogId): void {
    this.dialog = dialog;
    this.requestUpdate();
  }

  /** The Submit button: asks first when pixels are unlabeled. */
  requestSubmit(): void {
    const { engine } = this;
    if (engine === null || this.mode === "view" || engine.busy) return;
    if (this.mode === "embedded") {
      this.emit("mw-submit");
      return;
    }
    if (this.verdict !== null) {
      void this.#judge(this.verdict);
      return;
    }
    const { unlabeled, width, height } = engine.workspace.map;
    const mustCover = this.opened?.template.require_full_coverage === true;
    const asks = asksAboutUnlabeled({ job: this.opened?.task.job.id ?? "", unlabeled, whole: width * height, mustCover });
    if (asks) this.ask("unlabeled");
    else void this.send("mask");
  }

  /** The question about unlabeled pixels comes again in this job. */
  askAgain(): void {
    setSilent(this.opened?.task.job.id ?? "", false);
    this.editorState.notice.value = { kind: "info", text: t("You are asked again before unlabeled pixels are submitted.") };
    this.requestUpdate();
  }

  async send(kind: "mask" | "empty" | "impossible", reason = ""): Promise<void> {
    this.dialog = null;
    this.editorState.notice.value = null;
    const { session } = this;
    if (session === null) {
      this.#previewOnly();
      return;
    }
    this.#sent(await session.send(kind, reason));
  }

  /** A reviewer accepts: the result as it is, or the mask he made of it. */
  accept(): void {
    const { engine, desk } = this;
    if (engine === null || desk === null || engine.busy || this.mode !== "work") return;
    const { map } = engine.workspace;
    if (!desk.changed.value && desk.sheet.consolidated !== null) void this.sendVerdict(desk.accept());
    else if (desk.pins.said.length > 0) this.ask("accept-painted");
    else if (map.unlabeled > 0 && this.opened?.template.require_full_coverage === true) this.ask("unlabeled");
    else void this.send("mask");
  }

  askToSendBack(): void {
    if (this.desk !== null && this.engine?.busy === false) this.ask("send-back");
  }

  async #judge({ content }: VerdictDesk): Promise<void> {
    const { notice } = this.editorState;
    notice.value = content === null ? { kind: "error", text: t("Choose first what you say of the mask.") } : null;
    if (content !== null && this.session !== null) this.#sent(await this.session.sendChoice(content));
  }

  async sendVerdict(content: VerdictContent): Promise<void> {
    this.dialog = null;
    this.editorState.notice.value = null;
    if (this.session === null) this.#previewOnly();
    else this.#sent(await this.session.sendVerdict(content));
  }

  #sent(receipt: Receipt | null): void {
    if (receipt === null) return;
    this.desk?.done();
    this.rework?.done();
    this.emit("mw-submitted", { ...receipt });
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

  /** The other window's draft takes the place of what is here, which is kept as a version. */
  async takeTheirs(): Promise<void> {
    if ((await this.session?.takeTheirs()) === true) await this.#documents.reopen();
  }

  /** What gave way to other windows' drafts of this image. */
  async draftVersions(): Promise<readonly DraftVersion[]> {
    return this.#documents.versions();
  }

  async bringBack(version: DraftVersion): Promise<void> {
    this.dialog = null;
    const { notice } = this.editorState;
    try {
      await this.#documents.bringBack(version);
      notice.value = { kind: "info", text: t("The earlier labels are back. Undo takes you to those that were here.") };
    } catch {
      notice.value = { kind: "error", text: t("They cannot be brought back at the moment. Try again.") };
    }
  }

  retryOpen(): void {
    void this.#documents.open();
  }

  /** View mode: the layer with this id, or none. */
  async showLayer(id: string | null): Promise<void> {
    await this.#documents.showLayer(id);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("assignment") || changed.has("mode")) {
      const id = this.assignment?.id;
      if (this.assignment !== null && this.session !== null && id === this.opened?.id && !changed.has("mode")) {
        this.session.update(completeAssignment(this.assignment));
      } else if (this.hasUpdated) void this.#documents.open();
    } else if (changed.has("layers") && this.engine !== null) {
      void this.showLayer(this.layers.some(({ id }) => id === this.layer) ? this.layer : (this.layers[0]?.id ?? null));
    }
  }

  protected override firstUpdated(): void {
    if (this.assignment !== null) void this.#documents.open();
  }

  protected override updated(): void {
    const { dialogElement } = this;
    if (this.dialog !== null && !dialogElement.open) dialogElement.showModal();
    else if (this.dialog === null && dialogElement.open) dialogElement.close();
  }

  protected override render(): TemplateResult {
    return renderShell(this);
  }

  #previewOnly(): void {
    this.editorState.notice.value = { kind: "info", text: t("This is a preview: nothing was sent.") };
  }
}

customElements.define("segmentation-editor", SegmentationEditor);

declare global {
  interface HTMLElementTagNameMap {
    "segmentation-editor": SegmentationEditor;
  }
}
