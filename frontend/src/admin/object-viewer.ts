import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { styleMap } from "lit/directives/style-map.js";
import { decodePng } from "../editor/codec/png";
import { Api } from "../shared/api";
import { readJsonScript } from "../shared/dom";
import { formatPercent, t } from "../shared/i18n";
import { colour } from "./mask-pixels";
import { fit, pan, zoomAt, type ViewBox } from "./view-box";

export interface Layer {
  readonly id: string;
  readonly name: string;
  /** `mask`: indices, drawn in the categories' colours. `disagreement`: a picture, drawn as it is. */
  readonly kind: "mask" | "disagreement" | "comments";
  readonly url: string;
  /** Of a review, pinned to pixels of the photo. */
  readonly comments?: readonly { readonly x: number; readonly y: number; readonly text: string }[];
}

export interface ObjectData {
  readonly image: string;
  readonly width: number;
  readonly height: number;
  readonly layers: readonly Layer[];
  readonly categories: readonly { readonly index: number; readonly name: string; readonly color: string }[];
}

type Picture = ImageBitmap | "loading" | { readonly problem: string };
const PHOTO = "";
const STEP = 60;

/**
 * `<mw-object-viewer data="<id of a json_script tag>">`: a photo with every answer, the consolidated mask and
 * the disagreement over it, each switched by itself.
 */
@customElement("mw-object-viewer")
export class ObjectViewer extends LitElement {
  @property({ attribute: "data" }) dataId = "";
  @state() private shown: ReadonlySet<string> = new Set();
  @state() private opacity = 0.55;
  @state() private box: ViewBox | null = null;
  @query("canvas") private readonly canvas!: HTMLCanvasElement | null;
  readonly #api = new Api();
  readonly #pictures = new Map<string, Picture>();
  readonly #resized = new ResizeObserver(() => this.#fit());
  #object: ObjectData | null = null;
  #dragging = false;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#object = readJsonScript(this.dataId) as ObjectData | null;
    if (!this.#object) return;
    void this.#load(PHOTO);
    const first = this.#object.layers[0];
    if (first) this.#toggle(first.id, true);
    // The newest comments are what a manager comes for.
    const comments = this.#object.layers.findLast(({ kind }) => kind === "comments");
    if (comments) this.#toggle(comments.id, true);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
    for (const picture of this.#pictures.values()) if (picture instanceof ImageBitmap) picture.close();
    this.#pictures.clear();
  }

  protected override firstUpdated(): void {
    if (this.canvas) this.#resized.observe(this.canvas);
  }

  protected override updated(_changed: PropertyValues): void {
    this.#draw();
  }

  protected override render(): TemplateResult | typeof nothing {
    const object = this.#object;
    if (!object) return nothing;
    const photo = this.#pictures.get(PHOTO);
    return html`<div class="mw-viewer">
      <div class="mw-viewer__stage">
        <canvas
          tabindex="0"
          role="img"
          aria-label=${t("The photo with the chosen layers. Arrows move it, plus and minus zoom, 0 fits it.")}
          @wheel=${(event: WheelEvent) => this.#wheel(event)}
          @pointerdown=${(event: PointerEvent) => this.#grab(event)}
          @pointermove=${(event: PointerEvent) => this.#drag(event)}
          @pointerup=${() => (this.#dragging = false)}
          @pointercancel=${() => (this.#dragging = false)}
          @keydown=${(event: KeyboardEvent) => this.#key(event)}
        ></canvas>
        ${this.#pins(object)}
        ${photo && photo !== "loading" && "problem" in photo
          ? html`<div class="mw-banner mw-banner--error" role="alert"><p>${photo.problem}</p></div>`
          : nothing}
        ${photo === "loading" ? html`<span class="mw-viewer__busy mw-muted" role="status">${t("Loading the photo")}</span>` : nothing}
        <div class="mw-viewer__zoom">
          <button class="mw-button" type="button" aria-label=${t("Zoom out")} @click=${() => this.#zoom(1 / 1.4)}>−</button>
          <button class="mw-button mw-number" type="button" title=${t("Fit the photo")} @click=${() => this.#fit()}>
            ${this.box ? formatPercent(this.box.scale) : "–"}
          </button>
          <button class="mw-button" type="button" aria-label=${t("Zoom in")} @click=${() => this.#zoom(1.4)}>+</button>
        </div>
      </div>
      <div class="mw-viewer__side">${this.#layerList(object)} ${this.#opacityField()} ${legend(object)}</div>
    </div>`;
  }

  #pins({ layers }: ObjectData): TemplateResult | typeof nothing {
    const { box } = this;
    if (!box) return nothing;
    const comments = layers.filter(({ id }) => this.shown.has(id)).flatMap((layer) => layer.comments ?? []);
    return html`<div class="mw-viewer__pins">
      ${comments.map(({ x, y, text }, at) => {
        const place = { transform: `translate(${box.x + x * box.scale}px, ${box.y + y * box.scale}px)` };
        return html`<button type="button" class="mw-viewer__pin" style=${styleMap(place)} aria-label=${t("Comment {number}: {text}", { number: at + 1, text })}>
          ${at + 1}<span aria-hidden="true">${text}</span>
        </button>`;
      })}
    </div>`;
  }

  #layerList({ layers }: ObjectData): TemplateResult {
    if (layers.length === 0) return html`<p class="mw-muted">${t("There is no answer yet.")}</p>`;
    return html`<fieldset class="mw-viewer__layers">
      <legend class="mw-label">${t("Layers")}</legend>
      ${layers.map((layer) => {
        const picture = this.#pictures.get(layer.id);
        const problem = picture && typeof picture === "object" && "problem" in picture ? picture.problem : null;
        return html`<label>
          <input type="checkbox" .checked=${this.shown.has(layer.id)}
            @change=${(event: Event) => this.#toggle(layer.id, (event.target as HTMLInputElement).checked)} />
          <span>${layer.name}</span>
          ${picture === "loading" ? html`<span class="mw-muted mw-small">${t("loading")}</span>` : nothing}
          ${problem ? html`<span class="mw-viewer__problem mw-small" role="alert">${problem}</span>` : nothing}
        </label>`;
      })}
    </fieldset>`;
  }

  #opacityField(): TemplateResult {
    return html`<label class="mw-viewer__opacity"
      ><span class="mw-label">${t("Opacity")}</span>
      <input type="range" min="0" max="1" step="0.05" .value=${String(this.opacity)}
        @input=${(event: Event) => (this.opacity = Number((event.target as HTMLInputElement).value))} />
      <span class="mw-muted mw-number">${formatPercent(this.opacity)}</span></label
    >`;
  }

  #toggle(id: string, on: boolean): void {
    const shown = new Set(this.shown);
    if (on) shown.add(id);
    else shown.delete(id);
    this.shown = shown;
    const isPicture = this.#object?.layers.find((layer) => layer.id === id)?.kind !== "comments";
    if (on && isPicture && !(this.#pictures.get(id) instanceof ImageBitmap)) void this.#load(id);
  }

  async #load(id: string): Promise<void> {
    this.#keep(id, "loading");
    try {
      this.#keep(id, await this.#picture(id));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#keep(id, { problem: id === PHOTO ? t("The photo could not be shown: {reason}", { reason }) : reason });
    }
    if (id === PHOTO) this.#fit();
  }

  async #picture(id: string): Promise<ImageBitmap> {
    const object = this.#object;
    const layer = object?.layers.find((candidate) => candidate.id === id);
    const response = await this.#api.send(layer?.url ?? object?.image ?? "", { headers: { Accept: "image/*, */*;q=0.1" } });
    if (!object || layer?.kind !== "mask") {
      // Stored pixels count: labelers saw the photo without its EXIF turn.
      return createImageBitmap(await response.blob(), { imageOrientation: "none" });
    }
    const mask = await decodePng(new Uint8Array(await response.arrayBuffer()));
    const { rgba, width, height } = colour(mask, new Map(object.categories.map(({ index, color }) => [index, color])));
    return createImageBitmap(new ImageData(rgba, width, height));
  }

  #keep(id: string, picture: Picture): void {
    if (!this.isConnected) return;
    this.#pictures.set(id, picture);
    this.requestUpdate();
  }

  #fit(): void {
    const { canvas } = this;
    if (!this.#object || !canvas || canvas.clientWidth === 0) return;
    this.box = fit(this.#object, { width: canvas.clientWidth, height: canvas.clientHeight });
  }

  #draw(): void {
    const { canvas, box } = this;
    const object = this.#object;
    if (!canvas || !box || !object) return;
    const ratio = window.devicePixelRatio;
    canvas.width = Math.round(canvas.clientWidth * ratio);
    canvas.height = Math.round(canvas.clientHeight * ratio);
    const context = canvas.getContext("2d");
    if (!context) return;
    context.setTransform(box.scale * ratio, 0, 0, box.scale * ratio, box.x * ratio, box.y * ratio);
    const paint = (picture: Picture | undefined, smooth: boolean): void => {
      if (!(picture instanceof ImageBitmap)) return;
      context.imageSmoothingEnabled = smooth;
      context.drawImage(picture, 0, 0, object.width, object.height);
    };
    paint(this.#pictures.get(PHOTO), box.scale < 2);
    context.globalAlpha = this.opacity;
    // The list's last layer lies lowest, as the first is what one looks at first.
    for (const layer of [...object.layers].reverse()) {
      if (this.shown.has(layer.id)) paint(this.#pictures.get(layer.id), box.scale < 1);
    }
  }

  #zoom(factor: number, x?: number, y?: number): void {
    const { canvas, box } = this;
    if (!canvas || !box || !this.#object) return;
    const view = { width: canvas.clientWidth, height: canvas.clientHeight };
    this.box = zoomAt(box, factor, x ?? view.width / 2, y ?? view.height / 2, fit(this.#object, view).scale);
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    this.#zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.002)), event.offsetX, event.offsetY);
  }

  #grab(event: PointerEvent): void {
    this.#dragging = true;
    this.canvas?.setPointerCapture(event.pointerId);
  }

  #drag(event: PointerEvent): void {
    if (this.#dragging && this.box) this.box = pan(this.box, event.movementX, event.movementY);
  }

  #key(event: KeyboardEvent): void {
    const moves: Record<string, readonly [number, number]> = {
      ArrowLeft: [STEP, 0],
      ArrowRight: [-STEP, 0],
      ArrowUp: [0, STEP],
      ArrowDown: [0, -STEP],
    };
    const move = moves[event.key];
    if (move && this.box) this.box = pan(this.box, ...move);
    else if (event.key === "+" || event.key === "=") this.#zoom(1.4);
    else if (event.key === "-") this.#zoom(1 / 1.4);
    else if (event.key === "0") this.#fit();
    else return;
    event.preventDefault();
  }
}

function legend({ categories }: ObjectData): TemplateResult {
  return html`<ul class="mw-viewer__legend">
    ${categories
      .filter(({ index }) => index > 0)
      .map(({ name, color }) => html`<li><i style=${styleMap({ backgroundColor: color })}></i>${name}</li>`)}
  </ul>`;
}
