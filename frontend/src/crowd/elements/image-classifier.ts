import { css, html, nothing, svg, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { t } from "../../shared/i18n";
import { isPlain, type AnswerValue } from "../answer";
import { parseLoose } from "../loose-json";
import { Classifier, classifierStyles } from "../parts/classifier-base";
import { guideStyles } from "../parts/guide";
import { boxLabels, readOverlay, type Overlay } from "../parts/overlay";
import { crowdStyles, dialogStyles } from "../parts/styles";
import { withoutBackground } from "../segmentation/mask-image";
import { colorAt } from "../segmentation/colors";

function overlayOf(text: string | null): Overlay | null {
  try {
    return text === null ? null : readOverlay(parseLoose(text));
  } catch {
    return null;
  }
}

/** `<crowd-image-classifier>`: one category for a picture, also to verify what an earlier task found in it. */
export class CrowdImageClassifier extends Classifier {
  static override styles = [
    crowdStyles,
    dialogStyles,
    guideStyles,
    classifierStyles,
    css`
      figure {
        position: relative;
        display: inline-block;
        margin: 0;
        max-inline-size: 100%;
      }
      figure > img {
        display: block;
        max-inline-size: 100%;
        max-block-size: calc(100vh - 220px);
        image-orientation: none;
      }
      /* A mask that cannot be read: its background, white, multiplies to the picture itself. */
      figure > img.mask,
      figure > svg {
        position: absolute;
        inset: 0;
        inline-size: 100%;
        block-size: 100%;
        max-block-size: none;
        image-rendering: pixelated;
      }
      figure > img.opaque {
        mix-blend-mode: multiply;
      }
      .legend {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 16px;
        margin-block-start: 10px;
        font-size: 14px;
      }
      .legend span {
        display: inline-flex;
        align-items: center;
        gap: 6px;
      }
      .legend i {
        inline-size: 14px;
        block-size: 14px;
        border-radius: 4px;
        box-shadow: inset 0 0 0 1px rgb(0 0 0 / 25%);
      }
      .legend input {
        accent-color: var(--mw-accent, #0a6380);
      }
      textarea {
        inline-size: 100%;
        min-block-size: 90px;
        padding: 8px 12px;
        border: 1px solid var(--mw-border-strong, #7d8a93);
        border-radius: 8px;
        background: var(--mw-surface, #fff);
      }
      .said {
        margin: 0;
        white-space: pre-wrap;
        color: var(--mw-muted, #56636c);
        font-size: 14px;
      }
    `,
  ];

  @property() src = "";
  @property({ converter: { fromAttribute: overlayOf } }) overlay: Overlay | null = null;
  @state() private comment = "";
  @state() private opacity = 70;
  @state() private size = { width: 0, height: 0 };
  @state() private failed = false;
  /** The mask with a transparent background, where its bytes may be read. */
  @state() private seeThrough: string | null = null;
  @query("dialog.comment") private readonly commentDialog!: HTMLDialogElement | null;

  override submittable(): AnswerValue | undefined {
    const value = super.submittable();
    const comment = this.comment.trim();
    return isPlain(value) && comment !== "" ? { ...value, workerComment: comment } : value;
  }

  override restore(value: AnswerValue): void {
    super.restore(value);
    if (isPlain(value) && typeof value["workerComment"] === "string") this.comment = value["workerComment"];
  }

  override reset(): void {
    super.reset();
    this.comment = "";
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("overlay") && this.overlay?.mask) void this.#readMask(this.overlay.mask);
  }

  protected override renderTarget(): TemplateResult {
    const { overlay } = this;
    return html`<figure>
        <img src=${this.src} alt=${this.header || t("Image")} @load=${this.#loaded} @error=${() => (this.failed = true)} />
        ${overlay?.mask ? html`<img class="mask ${this.seeThrough === null ? "opaque" : ""}" src=${this.seeThrough ?? overlay.mask} alt="" style="opacity: ${this.opacity / 100}" />` : nothing}
        ${overlay !== null && overlay.boxes.length > 0 && this.size.width > 0 ? this.#boxes(overlay) : nothing}
      </figure>
      ${this.failed ? html`<p class="problem" role="alert">${t("The image cannot be loaded.")}</p>` : nothing}
      ${overlay === null ? nothing : this.#legend(overlay)}<slot></slot>`;
  }

  protected override renderMore(): TemplateResult | typeof nothing {
    const region = this.regions.get("worker-comment");
    if (region === null) return nothing;
    const text = (name: string): string => region.getAttribute(name) ?? t("Add a comment");
    const close = (): void => {
      this.commentDialog?.close();
      this.tell("change");
    };
    return html`<button type="button" class="button link" @click=${() => this.commentDialog?.showModal()}>${text("link-text")}</button>
      ${this.comment.trim() === "" ? nothing : html`<p class="said">${this.comment}</p>`}
      <dialog class="comment">
        <div>
          <h2>${text("header")}</h2>
          <slot name="worker-comment"></slot>
          <textarea aria-label=${text("header")} placeholder=${region.getAttribute("placeholder") ?? nothing} .value=${this.comment}
            @input=${(event: Event) => (this.comment = (event.target as HTMLTextAreaElement).value)}></textarea>
          <div class="row"><button type="button" class="button primary" @click=${close}>${t("Done")}</button></div>
        </div>
      </dialog>`;
  }

  #loaded(event: Event): void {
    const { naturalWidth: width, naturalHeight: height } = event.target as HTMLImageElement;
    this.size = { width, height };
    this.failed = false;
  }

  async #readMask(address: string): Promise<void> {
    this.seeThrough = null;
    const made = await withoutBackground(address).catch(() => null);
    if (made !== null && this.overlay?.mask === address) this.seeThrough = URL.createObjectURL(made);
  }

  #boxes(overlay: Overlay): TemplateResult {
    const labels = boxLabels(overlay);
    const line = Math.max(this.size.width, this.size.height) / 300;
    return html`<svg viewBox="0 0 ${this.size.width} ${this.size.height}" aria-hidden="true">
      ${overlay.boxes.map(
        ({ left, top, width, height, label }) =>
          svg`<rect x=${left} y=${top} width=${width} height=${height} fill="none" stroke=${colorAt(labels.indexOf(label))} stroke-width=${line} />`,
      )}
    </svg>`;
  }

  #legend(overlay: Overlay): TemplateResult {
    const boxes = boxLabels(overlay).map((label, at) => ({ label, color: colorAt(at) }));
    return html`<div class="legend">
      ${[...overlay.legend, ...boxes].map(({ label, color }) => html`<span><i style="background: ${color}"></i>${label}</span>`)}
      ${overlay.mask === null
        ? nothing
        : html`<label><span>${t("Opacity")}</span>
            <input type="range" min="0" max="100" .value=${String(this.opacity)} @input=${(event: Event) => (this.opacity = Number((event.target as HTMLInputElement).value))} />
          </label>`}
    </div>`;
  }
}

/** `<crowd-image-classifier-multi-select>`: one or more categories. */
export class CrowdImageClassifierMultiSelect extends CrowdImageClassifier {
  protected override readonly several = true;
}
