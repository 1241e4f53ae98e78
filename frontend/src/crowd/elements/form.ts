import { css, html, nothing, type TemplateResult } from "lit";
import { query, state } from "lit/decorators.js";
import { t } from "../../shared/i18n";
import type { FramedAnswer, FromFrame, ToFrame } from "../../shared/frame-messages";
import type { Answer } from "../answer";
import { answerOf, fieldsOf, restoreFields } from "../fields";
import { CrowdElement } from "../parts/element";
import { crowdStyles, dialogStyles } from "../parts/styles";
import { SegmentationField } from "../segmentation/segmentation-field";
import { CrowdRadioGroup } from "./radio-group";

/** A change is told this long after it, and no more often: a mask is packed for it. */
const TELL_AFTER = 250;

/**
 * `<crowd-form>`: gathers the answer of all fields in it. As a form of the standard, `submit` is an event that a template's
 * script may prevent, `requestSubmit()` checks and asks it, and `submit()` sends at once.
 */
export class CrowdForm extends CrowdElement {
  static override styles = [
    crowdStyles,
    dialogStyles,
    css`
      :host {
        display: block;
      }
      footer {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: flex-end;
        gap: 8px 14px;
        padding: 12px 16px;
      }
      footer p {
        flex: 1;
        margin: 0;
        min-inline-size: 14rem;
      }
      footer p.refused {
        color: var(--mw-danger, #b42318);
      }
      footer p.question {
        color: var(--mw-warning, #8a5200);
      }
      footer.note {
        position: sticky;
        inset-block-end: 0;
        background: var(--mw-surface, #fff);
        border-block-start: 1px solid var(--mw-border, #d9dfe3);
      }
      .veil {
        position: fixed;
        z-index: 30;
        inset: 0;
        display: grid;
        place-items: center;
        background: color-mix(in srgb, var(--mw-bg, #f4f6f7) 82%, transparent);
        font-size: 17px;
        font-weight: 600;
      }
      pre {
        max-block-size: 60vh;
        overflow: auto;
        padding: 12px;
        border-radius: 8px;
        background: var(--mw-surface-2, #eceff1);
        font-size: 13px;
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
    `,
  ];

  /** Tells the page around the frame; null where there is none: the answer is shown instead. */
  say: ((message: FromFrame) => void) | null = null;
  @state() private refused = "";
  /** Nothing is painted: asked once before it is sent. */
  @state() private asked = false;
  @state() private sending = false;
  @state() private locked: string | null = null;
  @state() private ownButton = true;
  @state() private shown: Answer | null = null;
  @query("dialog") private readonly dialog!: HTMLDialogElement | null;
  #timer = 0;
  #told = "";
  readonly #observer = new MutationObserver(() => this.#look());

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener("click", this.#clicked);
    this.addEventListener("input", this.#changed);
    this.addEventListener("change", this.#changed);
    this.addEventListener("mw-submit", this.#wanted);
    this.#observer.observe(this, { childList: true, subtree: true });
    this.#look();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener("click", this.#clicked);
    this.removeEventListener("input", this.#changed);
    this.removeEventListener("change", this.#changed);
    this.removeEventListener("mw-submit", this.#wanted);
    this.#observer.disconnect();
    clearTimeout(this.#timer);
  }

  /** What the page around the frame says. */
  hear(message: ToFrame): void {
    switch (message.type) {
      case "task":
        if (message.draft !== null) this.restore(message.draft);
        this.locked = message.readOnly ? "" : null;
        // The page may do something for pictures now.
        for (const one of this.querySelectorAll("*")) if (one instanceof SegmentationField) one.requestUpdate();
        break;
      case "refused":
        this.sending = false;
        this.refused = message.message;
        break;
      case "locked":
        this.sending = false;
        this.locked = message.message;
        break;
      case "segmented":
        return;
      case "flush":
        void this.#tellChange().finally(() => this.say?.({ type: "flushed" }));
        return;
    }
    this.inert = this.locked !== null;
  }

  restore(answer: FramedAnswer): void {
    restoreFields(fieldsOf(this), answer as Answer);
  }

  /** The answer so far; masks are packed for it. */
  async answer(): Promise<Answer> {
    const fields = fieldsOf(this);
    await Promise.all(fields.map((field) => field.settle()));
    return answerOf(fields);
  }

  reset(): void {
    if (!this.dispatchEvent(new Event("reset", { bubbles: true, cancelable: true }))) return;
    for (const field of fieldsOf(this)) field.reset();
    this.#plan();
  }

  /** As a press of the button: checks the fields, asks the template's script, sends. */
  async requestSubmit(): Promise<void> {
    if (this.sending || this.locked !== null) return;
    this.refused = "";
    const fields = fieldsOf(this);
    const groups = [...this.querySelectorAll("crowd-radio-group")].filter((one): one is CrowdRadioGroup => one instanceof CrowdRadioGroup);
    // From the last to the first, so that the first that is wrong has the focus in the end.
    const right = [...fields, ...groups].reverse().map((one) => one.check());
    if (right.includes(false)) {
      this.refused = t("Something is missing or wrong: it is marked above.");
      return;
    }
    if (!this.asked && [...this.querySelectorAll("*")].some((one) => one instanceof SegmentationField && one.empty)) {
      this.asked = true;
      return;
    }
    this.asked = false;
    // Packed before the script is asked: it may read `value`.
    await Promise.all(fields.map((field) => field.settle()));
    // Gathered after it: it may fill in hidden fields.
    if (this.dispatchEvent(new SubmitEvent("submit", { bubbles: true, cancelable: true }))) this.#send(answerOf(fieldsOf(this)));
  }

  /** At once, without checks and without the event, as of any form. */
  async submit(): Promise<void> {
    if (!this.sending && this.locked === null) this.#send(await this.answer());
  }

  protected override updated(): void {
    if (this.shown !== null && this.dialog?.open === false) this.dialog.showModal();
  }

  protected override render(): TemplateResult {
    const note = this.refused !== "" || this.asked;
    return html`<slot></slot>
      ${this.ownButton || note
        ? html`<footer class=${note ? "note" : ""}>
            ${this.refused === "" ? nothing : html`<p class="refused" role="alert">${this.refused}</p>`}
            ${this.asked ? html`<p class="question" role="alert">${t("Nothing is painted in the image. Submit it all the same?")}</p>` : nothing}
            ${this.ownButton || this.asked
              ? html`<button type="button" class="button primary" ?disabled=${this.sending || this.locked !== null} @click=${() => void this.requestSubmit()}>
                  ${this.asked ? t("Submit all the same") : t("Submit")}
                </button>`
              : nothing}
          </footer>`
        : nothing}
      ${this.locked ? html`<div class="veil" role="alert">${this.locked}</div>` : nothing}
      <dialog @close=${() => (this.shown = null)}>
        ${this.shown === null
          ? nothing
          : html`<div>
              <h2>${t("What would be submitted")}</h2>
              <pre>${JSON.stringify([this.shown], null, 2)}</pre>
              <div class="row"><button type="button" class="button primary" @click=${() => this.dialog?.close()}>${t("Close")}</button></div>
            </div>`}
      </dialog>`;
  }

  #send(answer: Answer): void {
    clearTimeout(this.#timer);
    this.#timer = 0;
    if (this.say === null) {
      this.shown = answer;
      return;
    }
    this.sending = true;
    this.say({ type: "submit", answer });
  }

  /** Whether the template has a button of its own. */
  #look(): void {
    this.ownButton = this.querySelector('crowd-button[form-action="submit"], button[type="submit"], input[type="submit"]') === null;
  }

  #plan(): void {
    this.asked = false;
    if (this.say === null || this.#timer !== 0) return;
    this.#timer = window.setTimeout(() => void this.#tellChange(), TELL_AFTER);
  }

  async #tellChange(): Promise<void> {
    try {
      const answer = await this.answer();
      const text = JSON.stringify(answer);
      if (this.sending || text === this.#told) return;
      this.#told = text;
      this.say?.({ type: "change", answer });
    } finally {
      this.#timer = 0;
    }
  }

  readonly #changed = (): void => this.#plan();
  readonly #wanted = (): void => void this.requestSubmit();

  readonly #clicked = (event: Event): void => {
    if (event.defaultPrevented) return;
    const pressed = event.composedPath().find((node): node is HTMLElement => node instanceof HTMLElement && node.matches('crowd-button, button, input[type="submit"], input[type="reset"]') && this.contains(node));
    if (pressed === undefined) return;
    const action = pressed.getAttribute("form-action") ?? pressed.getAttribute("type") ?? "";
    if (action === "submit") {
      event.preventDefault();
      void this.requestSubmit();
    } else if (action === "reset") {
      event.preventDefault();
      this.reset();
    }
  };
}
