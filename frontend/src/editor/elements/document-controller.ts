import { t } from "../../shared/i18n";
import { categoriesOf, completeAssignment } from "../assignment-input";
import { buildPalette } from "../codec/palette";
import { Disposers } from "../disposer";
import { become } from "../document/become";
import { Engine } from "../engine";
import type { OtherCommand } from "../actions/shortcuts";
import type * as ReviewCode from "../review/desks";
import type { ReviewDesk } from "../review/desk";
import type { Rework } from "../review/rework";
import type { VerdictDesk } from "../verdict/desk";
import type { AssignmentSession } from "../session/assignment-session";
import { MemoryStore, openLocalStore, type LocalStore } from "../session/local-store";
import { Ahead } from "../session/ahead";
import { ImageError, openDocument, type OpenedDocument } from "../session/open";
import { startSession } from "../session/start";
import { FixtureTransport } from "../transport/fixture";
import { HttpTransport } from "../transport/http";
import type { Assignment, DraftVersion, Transport } from "../transport/transport";
import { WorkerPixelWork } from "../worker/client";
import type { SegmentationEditor } from "./segmentation-editor";

export type Desks = typeof ReviewCode;

/** Opens and closes what the editor's element shows: image, drafts, session and engine of one assignment. */
export class DocumentController {
  engine: Engine | null = null;
  session: AssignmentSession | null = null;
  /** A reviewer's desk, where answers are reviewed. */
  desk: ReviewDesk | null = null;
  /** What came back, where the photo did. */
  rework: Rework | null = null;
  /** Of a verification: what is said of the earlier mask. */
  verdict: VerdictDesk | null = null;
  /** The code of these three; null until a task needs it. */
  desks: Desks | null = null;
  commands: readonly OtherCommand[] = [];
  /** What is open (or opening), complete. */
  opened: Assignment | null = null;
  #document = new Disposers();
  readonly #ahead = new Ahead();
  #pixels: WorkerPixelWork | null = null;
  #store: Promise<LocalStore> | null = null;
  #opening: AbortController | null = null;

  constructor(readonly editor: SegmentationEditor) {}

  /** The element stands in a page. */
  connect(): void {
    this.#pixels = new WorkerPixelWork();
  }

  /** The element left its page: what is open is kept as a draft. */
  disconnect(): void {
    this.session?.drafts.hidden();
    this.#ahead.drop();
    this.close();
    this.#pixels?.dispose();
    this.#pixels = null;
  }

  transport(): Transport {
    this.editor.transport ??= this.editor.mode === "preview" || this.editor.mode === "embedded" ? new FixtureTransport() : new HttpTransport();
    return this.editor.transport;
  }

  async showLayer(id: string | null): Promise<void> {
    this.editor.layer = id;
    const { engine } = this;
    const layer = this.editor.layers.find((one) => one.id === id);
    if (engine === null) return;
    const { map } = engine.workspace;
    if (layer === undefined) {
      map.replace(new Uint8Array(map.data.length));
      return;
    }
    try {
      const mask = await this.#pixels?.decode(await this.transport().loadMask(layer.url));
      if (this.editor.layer !== id || this.engine !== engine || mask === undefined) return;
      if (mask.width !== map.width || mask.height !== map.height) throw new Error("sizes differ");
      map.replace(mask.data);
    } catch {
      this.editor.editorState.notice.value = { kind: "error", text: t("“{name}” cannot be shown. Try again later.", { name: layer.name }) };
    }
  }

  /** Opens the same assignment anew, with the draft that the server has now. */
  async reopen(): Promise<void> {
    const { opened } = this;
    const draft = opened === null ? null : await this.transport().loadDraft(opened).catch(() => null);
    await this.open(draft?.seq ?? 0);
  }

  /** What gave way to other windows' drafts; the newest first. */
  async versions(): Promise<readonly DraftVersion[]> {
    return this.opened === null ? [] : this.transport().draftVersions(this.opened);
  }

  /** Makes a version the document, as one step that can be undone. */
  async bringBack(version: DraftVersion): Promise<void> {
    const { engine } = this;
    const mask = await this.#pixels?.decode(await this.transport().loadMask(version.url));
    if (mask === undefined || engine === null || this.engine !== engine) return;
    await become(engine.workspace.map, mask.data);
  }

  /** `draft`: the number of the server's draft, where it is another one than the assignment says. */
  async open(draft: number | null = null): Promise<void> {
    const pixels = this.#pixels;
    if (this.editor.assignment === null || pixels === null) {
      this.close();
      this.editor.status = { kind: "empty" };
      return;
    }
    const given = completeAssignment(this.editor.assignment);
    const assignment = draft === null || draft === 0 ? given : { ...given, draft: { seq: draft, sha256: "", url: "" } };
    // A preview follows a form: what is painted and where one looks stay while classes and texts change.
    const shown = this.#sameImage(assignment) ? this.engine : null;
    if (shown === null) {
      this.close();
      this.editor.status = { kind: "loading" };
    }
    this.#opening?.abort();
    const opening = new AbortController();
    this.#opening = opening;
    this.opened = assignment;
    try {
      const store = this.editor.mode === "work" ? await (this.#store ??= openLocalStore()) : new MemoryStore();
      const ahead = this.#ahead.take(assignment.task.id);
      if (assignment.stage === "review" || assignment.rework || assignment.verdicts) this.desks ??= await import("../review/desks");
      const document = await openDocument(assignment, this.transport(), store, pixels, opening.signal, ahead);
      if (opening.signal.aborted) {
        document.image.close();
        return;
      }
      const before = shown === null ? null : { labels: shown.workspace.map.snapshot(), camera: shown.stage.camera };
      this.#opening = null;
      this.close();
      this.opened = assignment;
      this.#start(assignment, document, store, pixels);
      if (this.editor.mode === "work") this.#ahead.begin(assignment, this.transport());
      if (before !== null) {
        document.map.replace(before.labels);
        this.engine?.stage.look(before.camera);
      }
    } catch (error) {
      if (opening.signal.aborted) return;
      const message = error instanceof Error ? error.message : String(error);
      this.editor.status = { kind: "failed", message, impossible: error instanceof ImageError };
    }
  }

  #sameImage({ image }: Assignment): boolean {
    const open = this.opened?.image;
    return (this.editor.mode === "preview" || this.editor.mode === "embedded") && open !== undefined && open.url === image.url && open.width === image.width && open.height === image.height;
  }

  #start(assignment: Assignment, document: OpenedDocument, store: LocalStore, pixels: WorkerPixelWork): void {
    const { map, image } = document;
    const categories = categoriesOf(assignment);
    if (this.editor.mode === "work") {
      this.session = startSession(assignment, document, {
        store,
        pixels,
        palette: buildPalette(categories),
        transport: this.transport(),
        onSignedOut: () => this.editor.emit("mw-signed-out"),
      });
    }
    this.#startStage(assignment, pixels);
    this.engine = new Engine({
      host: this.editor.stageHost,
      map,
      image,
      categories,
      tools: assignment.template.tools,
      readOnly: this.editor.mode === "view" || this.verdict !== null,
      renderer: this.editor.renderer,
      state: this.editor.editorState,
      review: this.desk,
      pixels,
      others: this.commands,
      segment: (request, signal) => this.transport().segment(assignment, request, signal),
      onActivity: () => this.session?.input(),
      job: assignment.task.job.id || this.editor.mode,
    });
    this.desk?.attach(this.engine.workspace, document.start);
    let revision = map.revision;
    this.#document.add(
      map.subscribe(() => {
        if (map.revision === revision) return;
        revision = map.revision;
        this.session?.drafts.changed();
        this.editor.emit("mw-dirty", { unlabeled: map.unlabeled });
      }),
    );
    this.editor.status = { kind: "open" };
    this.editor.emit("mw-opened");
    this.#tellRestored(document.restored);
    if (this.editor.mode === "view") void this.showLayer(this.editor.layers[0]?.id ?? null);
    if (this.editor.mode === "work") this.editor.stageHost.focus({ preventScroll: true });
  }

  #startStage(assignment: Assignment, pixels: WorkerPixelWork): void {
    const { review, rework, verdicts } = assignment;
    const { desks } = this;
    this.verdict = null;
    if (this.editor.mode === "work" && desks !== null) {
      if (assignment.stage === "review" && review) {
        const transport = this.transport();
        const onComment = (): void => void this.editor.reviewPanel?.write();
        this.desk = new desks.ReviewDesk(assignment, review, { transport, pixels, onComment });
      } else if (rework) this.rework = new desks.Rework(assignment, rework);
      if (verdicts) this.verdict = new desks.VerdictDesk(verdicts);
    }
    this.editor.cameBackRead = false;
    this.commands = this.editor.makeCommands(this.desk, this.rework, this.verdict);
  }

  #tellRestored(restored: OpenedDocument["restored"]): void {
    const { notice } = this.editor.editorState;
    if (restored === "local") notice.value = { kind: "info", text: t("Your labels from this device are back.") };
    if (restored === "server") notice.value = { kind: "info", text: t("Your saved labels are back.") };
    if (restored === "damaged") notice.value = { kind: "error", text: t("The saved labels could not be read. The image starts without labels.") };
  }

  close(): void {
    this.#opening?.abort();
    this.#opening = null;
    this.#document.dispose();
    this.session?.dispose();
    this.session = null;
    this.desk?.dispose();
    this.desk = null;
    this.rework?.dispose();
    this.rework = null;
    this.verdict = null;
    this.engine?.dispose();
    this.engine = null;
    this.opened = null;
    this.editor.dialog = null;
  }
}
