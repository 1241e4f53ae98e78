import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import "../../editor/main";
import type { AssignmentInput } from "../../editor/assignment-input";
import { buildPalette } from "../../editor/codec/palette";
import { encodePng } from "../../editor/codec/png";
import type { SegmentationEditor } from "../../editor/main";
import { t } from "../../shared/i18n";
import type { AnswerValue } from "../answer";
import { parseLoose, readStrings, unique } from "../loose-json";
import { pageHelp } from "../page-help";
import { CrowdField } from "../parts/element";
import { fullGuide, guide, GUIDE_REGIONS, guideStyles, hasGuide } from "../parts/guide";
import { Regions } from "../parts/regions";
import { crowdStyles, dialogStyles } from "../parts/styles";
import { MOST_ENTRIES, type Entry } from "./entries";
import { differs, readMask, toBase64, type Raster } from "./mask-image";
import { fetchBytes, fetchPicture, PictureTransport, type Picture } from "./picture";

const TOOLS = ["brush", "eraser", "polygon", "lasso", "rectangle", "ellipse", "fill", "magic-wand", "refine"];

/** The one that asks a server is there where the page around the frame asks it. */
function tools(): readonly string[] {
  return pageHelp.segments ? [...TOOLS, "extreme-points"] : TOOLS;
}

function loose(text: string | null): unknown {
  try {
    return text === null ? null : parseLoose(text);
  } catch {
    return null;
  }
}

/**
 * A picture to be segmented in our editor. Subclasses say what stands for an index of the mask and how it is told in the
 * answer; `labels` may be set at any time by a template's script.
 */
export abstract class SegmentationField extends CrowdField {
  static override styles = [
    crowdStyles,
    dialogStyles,
    guideStyles,
    css`
      :host {
        display: block;
        block-size: max(440px, calc(100vh - 66px));
        block-size: max(440px, calc(100dvh - 66px));
      }
      segmentation-editor {
        block-size: 100%;
      }
      .guide {
        padding: 14px;
        font-size: 14px;
      }
      .failed {
        display: grid;
        place-content: center;
        justify-items: center;
        gap: 10px;
        block-size: 100%;
        padding: 24px;
        text-align: center;
      }
      .failed p {
        margin: 0;
        max-inline-size: 34rem;
        color: var(--mw-muted, #56636c);
      }
      .failed h2 {
        margin: 0;
        font-size: 18px;
      }
      .bar {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
        padding: 12px 14px;
      }
      .guide + .bar,
      div:has(> .guide) + .bar {
        padding-block-start: 0;
      }
      .bar .button {
        min-block-size: 32px;
        padding: 0 10px;
        font-size: 13px;
      }
    `,
  ];

  @property() override name = "";
  @property() src = "";
  @property() header = "";
  @property({ converter: { fromAttribute: (value) => readStrings(value) ?? [] } }) labels: readonly string[] = [];
  @property({ attribute: "initial-value", converter: { fromAttribute: loose } }) initialValue: unknown = null;
  @state() private failure = "";
  @query("segmentation-editor") protected readonly editor!: SegmentationEditor | null;
  @query("dialog.full") private readonly full!: HTMLDialogElement | null;
  readonly regions = new Regions(this, GUIDE_REGIONS);
  #picture: Picture | null = null;
  #loading: AbortController | null = null;
  /** The mask of `initial-value`, to know whether it was changed. */
  #initial: Raster | null = null;
  /** An earlier answer's picture, as long as the image is not there. */
  #restored: Uint8Array<ArrayBuffer> | null = null;
  #packed: { readonly revision: number; readonly key: string; readonly value: AnswerValue } | null = null;
  #shown = 0;

  /** What may be painted now. */
  protected abstract entries(): readonly Entry[];
  protected abstract nameOf(entry: Entry): string;
  /** Takes labels and colours from `initial-value`, before anything is painted. */
  protected abstract begin(initial: Readonly<Record<string, unknown>>): void;
  /** The part of the answer that says what the colours are; `used`: the indices in the mask. */
  protected abstract legend(used: ReadonlySet<number>): Readonly<Record<string, AnswerValue>>;
  /** Takes labels and colours of an earlier answer. */
  protected abstract restoreLegend(value: Readonly<Record<string, unknown>>): void;

  protected renderBar(): TemplateResult | typeof nothing {
    return nothing;
  }

  /** Whether the picture is there and nothing is painted. */
  get empty(): boolean {
    const map = this.editor?.engine?.workspace.map;
    return map !== undefined && map.unlabeled === map.width * map.height;
  }

  /** As of the last time it was packed; templates read it when they check. */
  get value(): AnswerValue | undefined {
    return this.#packed?.value;
  }

  override submittable(): AnswerValue | undefined {
    return this.#packed?.value;
  }

  override check(): boolean {
    if (this.editor?.engine) return true;
    this.scrollIntoView({ block: "nearest" });
    return false;
  }

  override async settle(): Promise<void> {
    const workspace = this.editor?.engine?.workspace;
    if (workspace === undefined) return;
    const { map, pixels } = workspace;
    const entries = this.entries();
    const key = JSON.stringify(entries);
    if (this.#packed?.revision === map.revision && this.#packed.key === key) return;
    this.#forgetGone();
    const { revision } = map;
    const used = new Set<number>();
    map.counts.forEach((count, index) => count > 0 && used.add(index));
    const png = await pixels.encode(map, buildPalette(entries));
    const initial = this.#initial;
    const modified = initial === null ? {} : { initialValueModified: differs(initial.data, map.data) };
    const { width, height } = map;
    const value = {
      inputImageProperties: { height, width },
      ...this.legend(used),
      labeledImage: { pngImageData: toBase64(png) },
      ...modified,
    };
    this.#packed = { revision, key, value };
  }

  override restore(value: AnswerValue): void {
    const given = value as { readonly labeledImage?: { readonly pngImageData?: unknown } } | null;
    const data = given?.labeledImage?.pngImageData;
    if (typeof data !== "string") return;
    this.restoreLegend(value as Record<string, unknown>);
    this.requestUpdate();
    try {
      this.#restored = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
    } catch {
      return; // an earlier answer that is none
    }
    void this.#applyRestored();
  }

  override reset(): void {
    const map = this.editor?.engine?.workspace.map;
    map?.replace(this.#initial === null ? new Uint8Array(map.data.length) : this.#initial.data.slice());
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("labels")) this.labels = unique(this.labels ?? []);
    if (changed.has("initialValue")) this.begin(this.#initialRecord());
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("src") || changed.has("initialValue")) void this.#load();
    else this.show();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#loading?.abort();
  }

  protected override render(): TemplateResult {
    if (this.failure !== "") {
      return html`<div class="failed" role="alert">
          <h2>${t("The image cannot be opened")}</h2>
          <p>${this.failure}</p>
          <button type="button" class="button" @click=${() => void this.#load()}>${t("Try again")}</button>
        </div>`;
    }
    const bar = this.renderBar();
    const beside = hasGuide(this.regions) || bar !== nothing;
    return html`<segmentation-editor mode="embedded" ?with-beside=${beside} @mw-dirty=${this.#dirty} @mw-opened=${() => void this.#applyRestored()}>
        ${hasGuide(this.regions) ? html`<div slot="beside">${guide(this.regions, () => this.full?.showModal())}</div>` : nothing}
        ${bar === nothing ? nothing : html`<div slot="beside" class="bar">${bar}</div>`}
      </segmentation-editor>
      ${fullGuide(this.regions)}`;
  }

  /** Gives the editor what is to be painted; the picture and what is painted stay. */
  protected show(start: Uint8Array<ArrayBuffer> | null = null): void {
    const { editor } = this;
    const picture = this.#picture;
    if (editor === null || picture === null) return;
    const assignment: AssignmentInput = {
      id: `crowd-${++this.#shown}`,
      image: { url: this.src, width: picture.width, height: picture.height },
      categories: this.entries().slice(0, MOST_ENTRIES).map((entry) => ({ index: entry.index, name: this.nameOf(entry), color: entry.color })),
      template: { title: this.header, tools: tools() },
      ...(start === null ? {} : { prior: { url: "start" } }),
    };
    this.#forgetGone();
    const said = JSON.stringify([assignment.image, assignment.categories, assignment.template]);
    if (said === this.#said && start === null) return;
    this.#said = said;
    if (start !== null || editor.transport === null) editor.transport = new PictureTransport(picture.blob, start);
    editor.assignment = assignment;
  }

  /** What was painted with a label that is gone is of no label. */
  #forgetGone(): void {
    const map = this.editor?.engine?.workspace.map;
    const known = new Set(this.entries().map(({ index }) => index));
    if (map === undefined || !map.counts.some((count, index) => index > 0 && count > 0 && !known.has(index))) return;
    map.replace(map.snapshot().map((value) => (known.has(value) ? value : 0)));
  }

  #said = "";

  readonly #dirty = (): void => this.tell("input");

  #initialRecord(): Readonly<Record<string, unknown>> {
    const value = this.initialValue;
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  }

  async #load(): Promise<void> {
    this.#loading?.abort();
    this.#picture = this.#initial = this.#packed = null;
    this.#said = "";
    this.failure = "";
    if (this.src === "") return;
    const loading = new AbortController();
    this.#loading = loading;
    try {
      const picture = await fetchPicture(this.src, loading.signal).catch(() => {
        throw new Error(t("It cannot be loaded from where the template says: {address}", { address: this.src.slice(0, 200) }));
      });
      const initial = await this.#loadInitial(picture, loading.signal);
      if (loading.signal.aborted) return;
      this.#picture = picture;
      this.#initial = initial;
      await this.updateComplete;
      const editor = this.editor;
      if (editor !== null) editor.transport = null;
      const start = initial === null ? null : await encodePng(initial.data, initial.width, initial.height, buildPalette([]));
      if (editor !== null) editor.transport = new PictureTransport(picture.blob, start);
      this.show(start);
    } catch (error) {
      if (!loading.signal.aborted) this.failure = error instanceof Error ? error.message : String(error);
    }
  }

  async #loadInitial(picture: Picture, signal: AbortSignal): Promise<Raster | null> {
    const address = this.#initialRecord()["src"];
    if (typeof address !== "string" || address === "") return null;
    let mask: Raster;
    try {
      mask = await readMask(await fetchBytes(address, signal), this.entries());
    } catch {
      throw new Error(t("The earlier labels cannot be loaded: {address}", { address: address.slice(0, 200) }));
    }
    if (mask.width === picture.width && mask.height === picture.height) return mask;
    throw new Error(t("The earlier labels are {mask} pixels large, the image {image}.", { mask: `${mask.width} × ${mask.height}`, image: `${picture.width} × ${picture.height}` }));
  }

  /** An earlier answer's mask takes the place of what is shown, as soon as there is a picture. */
  async #applyRestored(): Promise<void> {
    const bytes = this.#restored;
    const map = this.editor?.engine?.workspace.map;
    if (bytes === null || map === undefined) return;
    const mask = await readMask(bytes, this.entries()).catch(() => null);
    if (mask === null || this.#restored !== bytes) return;
    this.#restored = null;
    if (mask.width === map.width && mask.height === map.height) map.replace(mask.data);
  }
}
