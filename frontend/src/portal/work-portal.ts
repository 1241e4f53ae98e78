import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { Api } from "../shared/api";
import { browserClock } from "../shared/clock";
import { listen, type Disposer } from "../shared/dom";
import { t } from "../shared/i18n";
import type { Message } from "../shared/messages.generated";
import { followNetwork, HintSocket, type Connection, type Ending } from "../shared/socket";
import { connectionBadge } from "../shared/connection-badge";
import { EditorHost } from "./editor-host";
import { EndingCheck } from "./ending";
import "./feedback-view";
import { homeView } from "./home-view";
import { OverviewStore } from "./overview-store";
import { WorkSession, type SessionState } from "./session";
import { openSignIn, watchSignIn } from "./sign-in-again";
import { waitingView, waitingWords } from "./waiting-view";
import { WorkApi } from "./work-api";

/** How often the overview is renewed while it is looked at; hints renew it at once. */
const OVERVIEW_EVERY = 30_000;

/**
 * The labeler's page: the overview, then the working loop (session.ts) until he stops. It renders into the
 * page itself, so that the components' classes apply.
 */
@customElement("mw-work-portal")
export class WorkPortal extends LitElement {
  @property({ attribute: "login-url" }) loginUrl = "/accounts/login/";
  @state() private connection: Connection = "connecting";
  @state() private work: SessionState;
  @query("dialog") private readonly dialog!: HTMLDialogElement | null;

  readonly #api = new WorkApi(new Api());
  readonly #session: WorkSession;
  readonly #overview: OverviewStore;
  readonly #socket: HintSocket;
  readonly #editor: EditorHost;
  readonly #ending: EndingCheck;
  #disposers: Disposer[] = [];
  /** Who opened this page: a window left over must not submit for somebody else. */
  #username: string | null = null;
  #beenLive = false;

  constructor() {
    super();
    this.#session = new WorkSession({
      claim: () => this.#api.claim(),
      clock: browserClock,
      changed: (work) => (this.work = work),
    });
    this.work = this.#session.state;
    this.#overview = new OverviewStore({
      load: () => this.#api.overview(),
      changed: () => this.#overviewChanged(),
      signedOut: () => this.#session.signedOut(),
      // Who was never let in reads the server's words: they say what his role lacks.
      rightsEnded: (message) => (this.#username ? this.#rightsEnded() : this.#session.rightsEnded(message)),
    });
    this.#socket = new HintSocket("/ws/work/", {
      message: (message) => this.#hinted(message),
      connection: (connection) => this.#connected(connection),
      ended: (ending) => this.#socketEnded(ending),
    });
    this.#ending = new EndingCheck({
      ask: () => this.#api.overview(),
      clock: browserClock,
      goOn: () => this.#socket.open(),
      signedOut: () => this.#session.signedOut(),
      rightsEnded: () => this.#rightsEnded(),
    });
    this.#editor = new EditorHost({
      finished: (submitted) => this.#session.finished(submitted),
      signedOut: () => this.#session.signedOut(),
      stop: () => this.#session.stop(),
      broken: (message) => this.#session.broken(message),
    });
  }

  protected override createRenderRoot(): HTMLElement {
    this.replaceChildren();
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const timer = setInterval(() => this.#renewOverview(), OVERVIEW_EVERY);
    this.#disposers = [
      followNetwork(this.#socket),
      listen(document, "visibilitychange", () => {
        if (document.hidden) return;
        this.#session.wake();
        this.#renewOverview();
      }),
      listen(document, "keydown", (event) => this.#keyed(event)),
      watchSignIn(() => this.#maybeSignedIn()),
      () => clearInterval(timer),
    ];
    this.#socket.open();
    void this.#overview.refresh();
    this.#editor.preload();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#disposers.forEach((dispose) => dispose());
    this.#socket.close();
    this.#ending.stop();
  }

  protected override render(): TemplateResult {
    return html`${this.#view()} ${this.work.signedOut ? this.#signInDialog() : nothing}`;
  }

  protected override updated(changed: PropertyValues): void {
    if (this.dialog && !this.dialog.open) this.dialog.showModal();
    if (!changed.has("work")) return;
    const { view } = this.work;
    const editorStays = view.kind === "editing" || (view.kind === "asking" && view.after === "photo");
    document.documentElement.dataset["mwView"] = editorStays ? "editing" : view.kind;
    document.title = `${this.#title()} · Maskwright`;
    if (view.kind === "editing") this.#editor.show(view.claim);
    else this.#editor.forget();
    const before = changed.get("work") as SessionState | undefined;
    if (view.kind === "home" && before && before.view.kind !== "home") void this.#overview.refresh();
  }

  #view(): TemplateResult {
    const { view } = this.work;
    const connection = connectionBadge(this.connection);
    const stop = (): void => this.#session.stop();
    const retry = (): void => this.#session.wake();
    switch (view.kind) {
      case "home":
        return homeView(this.#overview.state, connection, {
          start: () => this.#session.start(),
          retry: () => void this.#overview.refresh(),
        });
      case "asking":
        if (view.after === "photo") return this.#editor.render(connection, null);
        return waitingView(
          { title: t("Getting the next photo"), detail: t("One moment.") }, connection, { stop });
      case "waiting":
        return waitingView(waitingWords(view.nothing), connection, { stop });
      case "trouble":
        return waitingView(
          { title: t("The next photo could not be asked for"), detail: `${view.message} ${t("The page tries again by itself.")}` },
          connection,
          { stop, retry },
        );
      case "editing":
        return this.#editor.render(connection, view.claim);
      case "feedback":
        return html`<mw-answer-feedback
          .claim=${view.claim}
          .load=${(claim: string) => this.#api.feedback(claim)}
          @mw-go-on=${() => this.#session.goOn()}
          @mw-stop=${stop}
        ></mw-answer-feedback>`;
      case "ended":
        return html`<section class="mw-waiting mw-card mw-empty" role="alert">
          <h1>${t("You can no longer work here")}</h1>
          <p>${view.message}</p>
          <div class="mw-actions"><a class="mw-button mw-button--primary" href="/">${t("To the start page")}</a></div>
        </section>`;
    }
  }

  #signInDialog(): TemplateResult {
    const kept = this.work.view.kind === "editing";
    return html`<dialog
      class="mw-dialog"
      aria-labelledby="mw-signed-out"
      @cancel=${(event: Event) => event.preventDefault()}
    >
      <h2 id="mw-signed-out">${t("You are signed out")}</h2>
      <p>
        ${kept
          ? t("What you painted is still here. Sign in again in the window that opens, then go on.")
          : t("Sign in again in the window that opens, then go on.")}
      </p>
      <div class="mw-actions">
        <button class="mw-button" @click=${() => this.#maybeSignedIn()}>${t("I have signed in")}</button>
        <button class="mw-button mw-button--primary" autofocus @click=${() => openSignIn(this.loginUrl)}>
          ${t("Sign in")}
        </button>
      </div>
    </dialog>`;
  }

  #title(): string {
    const { view } = this.work;
    switch (view.kind) {
      case "editing":
      case "feedback":
        return view.claim.template?.title ?? view.claim.task.job.name;
      case "waiting":
        return t("Waiting");
      default:
        return t("Work");
    }
  }

  #hinted(message: Message): void {
    switch (message.type) {
      case "work.available":
        this.#session.hint();
        this.#renewOverview();
        break;
      case "work.answer_reviewed":
        // What came back may be open again, for him alone.
        this.#session.hint();
        this.#renewOverview();
        break;
      case "work.claim_changed":
      case "work.claim_ended":
        this.#editor.claimHint(message.data.claim);
        this.#session.hint();
        this.#renewOverview();
        break;
      case "session.ended":
        break; // the code the socket closes with says more
      case "job.changed":
      case "job.progress":
        this.#renewOverview();
        break;
    }
  }

  #connected(connection: Connection): void {
    this.connection = connection;
    if (connection === "offline" || connection === "live") this.#editor.connectionChanged();
    if (connection !== "live") return;
    // What was said during a gap is lost: ask again.
    if (this.#beenLive) {
      this.#session.hint();
      this.#renewOverview();
    }
    this.#beenLive = true;
  }

  #socketEnded(ending: Ending): void {
    if (ending === "signed-out") this.#session.signedOut();
    else this.#ending.check();
  }

  #rightsEnded(): void {
    this.#session.rightsEnded(
      this.work.view.kind === "editing"
        ? t("Your right to work in this organization has ended. What you submitted is kept; the photo you had open was not submitted.")
        : t("Your right to work in this organization has ended. What you submitted is kept."),
    );
  }

  #renewOverview(): void {
    if (!document.hidden && this.work.view.kind === "home" && !this.work.signedOut) void this.#overview.refresh();
  }

  #overviewChanged(): void {
    const username = this.#overview.state.overview?.person.username ?? null;
    if (username) {
      if (this.#username && this.#username !== username) location.reload();
      this.#username = username;
    }
    this.requestUpdate();
  }

  /** Asks the server, since only it knows. */
  #maybeSignedIn(): void {
    if (!this.work.signedOut) return;
    void this.#api.overview().then(
      (overview) => {
        if (this.#username && overview.person.username !== this.#username) {
          location.reload();
          return;
        }
        this.#session.signedIn();
        this.#editor.signedIn();
        this.#socket.open();
        void this.#overview.refresh();
      },
      () => undefined, // still signed out: the dialog stays
    );
  }

  #keyed(event: KeyboardEvent): void {
    if (event.defaultPrevented || this.work.signedOut) return;
    const { kind } = this.work.view;
    const free = !(event.target instanceof Element && event.target.closest("a, button, input, select, textarea, summary"));
    if (event.key === "Enter" && free && kind === "home" && this.#overview.state.overview) this.#session.start();
    const acts = event.target instanceof Element && event.target.closest("a, button");
    if (event.key === "Enter" && !acts && kind === "feedback") this.#session.goOn();
    if (event.key === "Escape" && (kind === "waiting" || kind === "trouble" || kind === "feedback")) this.#session.stop();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "mw-work-portal": WorkPortal;
  }
}
