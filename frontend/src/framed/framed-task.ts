import type { PropertyValues, TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { locale, t } from "../shared/i18n";
import type { FramedAnswer, FromFrame, SegmentCall } from "../shared/frame-messages";
import { readAnswer } from "../shared/frame-messages";
import { completeAssignment, type AssignmentInput } from "../editor/assignment-input";
import { Disposers } from "../editor/disposer";
import { baseStyles, SignalElement } from "../editor/elements/base";
import { dialogStyles } from "../editor/elements/dialogs";
import { itemStyles } from "../editor/elements/session-items";
import { shellStyles } from "../editor/elements/shell-styles";
import { pictureStyles } from "../editor/elements/picture-styles";
import type { AssignmentSession } from "../editor/session/assignment-session";
import { openLocalStore, type LocalStore } from "../editor/session/local-store";
import { HttpTransport } from "../editor/transport/http";
import type { Assignment, DraftVersion, Receipt, Transport } from "../editor/transport/transport";
import { FrameHost } from "./frame-host";
import { frameTheme } from "./frame-theme";
import { framedStyles } from "./framed-styles";
import { renderFramed } from "./framed-view";
import { FormDocument, openForm, startFormSession } from "./framed-document";

export type FramedDialog = "impossible" | "empty" | "decline" | "release" | "history";
export type FramedStatus = "empty" | "loading" | "open" | { readonly failed: string };

/**
 * A task whose template is a page of its own: the frame with that page, and around it what the editor has for all other
 * tasks (lease, drafts, submit). The same properties, methods and events as `<segmentation-editor>` (editor/README.md).
 */
export class FramedTask extends SignalElement {
  static override styles = [baseStyles, shellStyles, pictureStyles, dialogStyles, itemStyles, framedStyles];

  @property({ type: Object }) assignment: AssignmentInput | null = null;
  @property({ attribute: false }) transport: Transport = new HttpTransport();
  @property({ attribute: "sign-in-url" }) signInUrl = "/accounts/login/";
  @state() status: FramedStatus = "empty";
  @state() dialog: FramedDialog | null = null;
  /** Another document is loaded: the next claim's, or the same anew. */
  @state() round = 0;
  @state() session: AssignmentSession | null = null;
  @state() now = Date.now();
  @query("dialog") dialogElement!: HTMLDialogElement;
  @query("iframe") private readonly frame!: HTMLIFrameElement | null;

  opened: Assignment | null = null;
  readonly #page = new Disposers();
  readonly #host = new FrameHost({
    heard: (message) => this.#heard(message),
    silent: () => this.#fail(t("The task's page does not answer. Try again; if that does not help, tell your manager.")),
  });
  #form = new FormDocument(null);
  #draft: FramedAnswer | null = null;
  #store: Promise<LocalStore> | null = null;
  #opening = 0;
  #asking: AbortController | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    const timer = setInterval(() => (this.now = Date.now()), 1000);
    this.#page.add(() => clearInterval(timer));
    this.#page.listen(window, "offline", () => this.session?.offline());
    this.#page.listen(window, "online", () => void this.session?.refresh());
    this.#page.listen(window, "pagehide", () => this.session?.drafts.hidden());
    this.#page.listen(document, "visibilitychange", () => {
      if (document.visibilityState === "hidden") void this.#host.flush().then(() => this.session?.drafts.flush());
    });
    this.#page.listen(window, "beforeunload", (event: BeforeUnloadEvent) => {
      if (this.session?.saving.value === "failed") event.preventDefault();
    });
    if (this.hasUpdated && this.assignment !== null) void this.open();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.session?.drafts.hidden();
    this.#close();
    this.#page.dispose();
  }

  async pause(): Promise<void> {
    await this.#host.flush();
    await this.session?.stop();
  }

  async refresh(): Promise<void> {
    await this.session?.refresh();
  }

  connectionChanged(): void {
    this.session?.suspect();
  }

  emit(name: string, detail: Readonly<Record<string, unknown>> = {}): void {
    const claim = this.opened?.id ?? null;
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, detail: { claim, ...detail } }));
  }

  /** Opens the assignment anew, with the draft that the server has now where `fresh`. */
  async open(fresh = false): Promise<void> {
    const number = ++this.#opening;
    this.#close();
    if (this.assignment === null) {
      this.status = "empty";
      return;
    }
    let assignment = completeAssignment(this.assignment);
    this.opened = assignment;
    this.status = "loading";
    try {
      if (fresh) {
        const stored = await this.transport.loadDraft(assignment).catch(() => null);
        if (stored !== null) assignment = { ...assignment, draft: { seq: stored.seq, sha256: "", url: "" } };
      }
      const store = await (this.#store ??= openLocalStore());
      const opened = await openForm(assignment, this.transport, store);
      if (number !== this.#opening) return;
      this.#draft = opened.draft;
      this.#form = new FormDocument(opened.draft);
      this.session = startFormSession(assignment, opened, this.#form, {
        transport: this.transport,
        store,
        onSignedOut: () => this.emit("mw-signed-out"),
      });
      this.round += 1;
    } catch (error) {
      if (number === this.#opening) this.#fail(error instanceof Error ? error.message : String(error));
    }
  }

  /** The frame has loaded its document. */
  frameLoaded(): void {
    this.#host.begin(this.frame?.contentWindow ?? null);
  }

  /** Sends what the frame submitted; without anything, what it said last. */
  async send(answer: FramedAnswer = this.#form.answer): Promise<void> {
    const { session } = this;
    if (session === null) return;
    if (this.#form.set(answer)) session.drafts.changed();
    const receipt = await session.sendForm(answer);
    if (receipt !== null) {
      this.#sent(receipt);
      return;
    }
    // What is wrong with the answer is said where it can be mended; all else stands over the frame.
    const problem = session.problem.value;
    const message = problem === null ? "" : [problem.message, ...problem.fields.map((field) => field.message)].join("\n");
    if (problem !== null) session.problem.value = null;
    this.#host.say({ type: "refused", message });
  }

  async sendOther(kind: "empty" | "impossible", reason = ""): Promise<void> {
    this.dialog = null;
    const receipt = (await this.session?.send(kind, reason)) ?? null;
    if (receipt !== null) this.#sent(receipt);
  }

  async leave(how: "release" | "decline", reason = ""): Promise<void> {
    this.dialog = null;
    await this.#host.flush();
    const { session } = this;
    if (session === null) return;
    if (how === "release" ? await session.release() : await session.decline(reason)) this.emit(how === "release" ? "mw-released" : "mw-declined");
  }

  leaveLost(): void {
    const phase = this.session?.phase.value;
    this.emit("mw-lease-lost", { annotation: phase?.kind === "lost" ? phase.annotation : null });
  }

  async takeTheirs(): Promise<void> {
    if ((await this.session?.takeTheirs()) === true) await this.open(true);
  }

  async draftVersions(): Promise<readonly DraftVersion[]> {
    return this.opened === null ? [] : this.transport.draftVersions(this.opened);
  }

  /** Makes a version the form again: its page begins anew with it. */
  async bringBack(version: DraftVersion): Promise<void> {
    const bytes = await this.transport.loadMask(version.url);
    const answer = readAnswer(JSON.parse(new TextDecoder().decode(bytes)));
    if (answer === null) return;
    this.dialog = null;
    this.#draft = answer;
    if (this.#form.set(answer)) this.session?.drafts.changed();
    this.round += 1;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("assignment")) return;
    if (this.assignment !== null && this.session !== null && this.assignment.id === this.opened?.id) {
      this.session.update(completeAssignment(this.assignment));
    } else if (this.hasUpdated) void this.open();
  }

  protected override firstUpdated(): void {
    if (this.assignment !== null) void this.open();
  }

  protected override updated(): void {
    const { dialogElement } = this;
    if (this.dialog !== null && !dialogElement.open) dialogElement.showModal();
    else if (this.dialog === null && dialogElement.open) dialogElement.close();
  }

  protected override render(): TemplateResult {
    return renderFramed(this);
  }

  #sent(receipt: Receipt): void {
    this.#host.say({ type: "locked", message: "" });
    this.emit("mw-submitted", { ...receipt });
  }

  #fail(message: string): void {
    this.status = { failed: message };
  }

  #heard(message: FromFrame): void {
    switch (message.type) {
      case "ready":
        this.status = "open";
        this.#host.say({ type: "task", language: locale(), theme: frameTheme(), draft: this.#draft, readOnly: false, segments: this.#segments() });
        this.frame?.focus();
        break;
      case "activity":
        this.session?.input();
        break;
      case "change":
        if (!this.#form.set(message.answer)) break;
        this.session?.input();
        this.session?.drafts.changed();
        this.emit("mw-dirty");
        break;
      case "submit":
        void this.send(message.answer);
        break;
      case "decline":
        this.dialog = "decline";
        break;
      case "segment":
        void this.#segment(message);
        break;
      case "height":
      case "flushed":
        break; // the frame has all the room there is
    }
  }

  #segments(): boolean {
    return this.opened?.template.tools.includes("extreme-points") === true;
  }

  /** Asks for the frame, which may reach no server; one at a time, and of the task's photo only. */
  async #segment({ id, width, height, points }: SegmentCall): Promise<void> {
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    const { opened } = this;
    if (opened === null) return;
    const none = { type: "segmented", id, box: null, png: null } as const;
    if (!this.#segments() || opened.image.width !== width || opened.image.height !== height) {
      this.#host.say({ ...none, message: t("This works for the task's own photo only.") });
      return;
    }
    try {
      const { box, png } = await this.transport.segment(opened, { tool: "extreme-points", points }, asking.signal);
      this.#host.say({ type: "segmented", id, box, png, message: "" });
    } catch (error) {
      if (!asking.signal.aborted) this.#host.say({ ...none, message: error instanceof Error ? error.message : String(error) });
    }
  }

  #close(): void {
    this.#host.end();
    this.session?.dispose();
    this.session = null;
    this.opened = null;
    this.dialog = null;
  }
}

customElements.define("mw-framed-task", FramedTask);

declare global {
  interface HTMLElementTagNameMap {
    "mw-framed-task": FramedTask;
  }
}
