import type { Disposer } from "../disposer";
import { Disposers } from "../disposer";
import type { LabelMap } from "../document/label-map";
import { union, type Rect } from "../document/rect";
import { clamp, fit, minScale, zoomAt, type Camera, type Size } from "../viewport/camera";
import { Canvas2dRenderer } from "./canvas2d";
import type { LabelStyle, Renderer, Scene } from "./renderer";
import { WebglRenderer } from "./webgl";

/** A brush's outline in CSS pixels of the view. */
export interface Ring {
  readonly x: number;
  readonly y: number;
  readonly diameter: number;
  readonly square: boolean;
  readonly dashed: boolean;
}

/** What lies above the labels: a canvas for previews, and the brush's outline as an element of its own. */
export interface OverlayPainter {
  /** Answers whether anything was drawn. */
  paint(context: CanvasRenderingContext2D): boolean;
  ring(): Ring | null;
}

/** Draws between picture and overlay, whenever the picture is drawn: all of the view, or what shows `damage`. */
export interface LayerPainter {
  draw(scene: Scene, damage: Rect | null): void;
}

/** How long a lost graphics context may take to come back before drawing goes on without one. */
const CONTEXT_WAIT = 3000;

/**
 * The picture in its element: a renderer's canvas, an overlay canvas for cursor and previews, the camera and
 * the one animation frame that draws what is out of date.
 */
export class Stage {
  view: Size = { width: 1, height: 1 };
  readonly #disposers = new Disposers();
  readonly #overlay = document.createElement("canvas");
  readonly #ring = document.createElement("div");
  readonly #overlayContext: CanvasRenderingContext2D;
  #renderer: Renderer;
  #map: LabelMap | null = null;
  #image: ImageBitmap | null = null;
  #unsubscribe: Disposer = () => undefined;
  #style: LabelStyle;
  #camera: Camera = { originX: 0, originY: 0, scale: 1 };
  #frame = 0;
  #disposed = false;
  #whole = false;
  #damage: Rect | null = null;
  #overlayStale = false;
  #fitted = true;
  /** Set by whoever owns the tools. */
  overlay: OverlayPainter = { paint: () => false, ring: () => null };
  /** Set by who shows other masks over the picture. */
  layers: LayerPainter | null = null;
  onCamera: (camera: Camera) => void = () => undefined;

  constructor(
    readonly host: HTMLElement,
    style: LabelStyle,
    /** Null: whichever is faster here. */
    readonly wanted: Renderer["name"] | null = null,
  ) {
    this.#style = style;
    const context = this.#overlay.getContext("2d");
    if (context === null) throw new Error("this browser cannot draw on a canvas");
    this.#overlayContext = context;
    this.#renderer = this.#createRenderer();
    host.append(this.#renderer.canvas, this.#overlay);
    // A moving element costs the browser less than a canvas of the view's size drawn anew.
    host.append(this.#ring);
    this.#ring.className = "ring";
    this.#ring.hidden = this.#overlay.hidden = true;
    const observer = new ResizeObserver(() => this.#resize());
    observer.observe(host);
    this.#disposers.add(() => observer.disconnect());
    this.#disposers.listen(window, "resize", () => this.#resize());
  }

  get rendererName(): Renderer["name"] {
    return this.#renderer.name;
  }

  get image(): ImageBitmap | null {
    return this.#image;
  }

  get camera(): Camera {
    return this.#camera;
  }

  get ratio(): number {
    return window.devicePixelRatio || 1;
  }

  get bounds(): Rect {
    return this.#map?.bounds ?? { x0: 0, y0: 0, x1: 1, y1: 1 };
  }

  /** Shows a document over its image and fits it into the view. */
  open(map: LabelMap, image: ImageBitmap | null): void {
    this.#unsubscribe();
    this.#map = map;
    this.#image = image;
    this.#renderer.open(map, image);
    this.#unsubscribe = map.subscribe((dirty) => {
      this.#renderer.labelsChanged(dirty);
      this.#damage = union(this.#damage, dirty);
      this.#request();
    });
    this.#resize();
    this.fit();
  }

  setStyle(style: LabelStyle): void {
    this.#style = style;
    this.invalidate();
  }

  /** Moves the camera, kept within its limits. */
  look(camera: Camera): void {
    this.#fitted = false;
    this.#setCamera(camera);
  }

  fit(rect: Rect = this.bounds, maxScale?: number): void {
    this.#fitted = rect === this.bounds || rect.x1 - rect.x0 === this.#map?.width;
    this.#setCamera(fit(this.view, rect, 24, maxScale));
  }

  /** Zooms at a point of the view, by default its centre. */
  zoom(factor: number, sx = this.view.width / 2, sy = this.view.height / 2): void {
    this.look(zoomAt(this.#camera, sx, sy, factor, this.#minScale()));
  }

  invalidate(): void {
    this.#whole = true;
    this.#request();
  }

  /** A canvas between the picture and the overlay. */
  insertAbovePicture(canvas: HTMLCanvasElement): void {
    this.host.insertBefore(canvas, this.#overlay);
  }

  invalidateOverlay(): void {
    this.#overlayStale = true;
    this.#request();
  }

  dispose(): void {
    this.#disposed = true;
    cancelAnimationFrame(this.#frame);
    this.#unsubscribe();
    this.#disposers.dispose();
    this.#renderer.dispose();
    this.#renderer.canvas.remove();
    this.#overlay.remove();
    this.#ring.remove();
    this.#image?.close();
  }

  #minScale(): number {
    const { x1, y1 } = this.bounds;
    return minScale(this.view, { width: x1, height: y1 });
  }

  #setCamera(camera: Camera): void {
    const { x1, y1 } = this.bounds;
    this.#camera = clamp(camera, this.view, { width: x1, height: y1 });
    this.onCamera(this.#camera);
    this.invalidate();
    this.invalidateOverlay();
  }

  #createRenderer(withoutGl = this.wanted === "canvas2d"): Renderer {
    const canvas = document.createElement("canvas");
    const gl = withoutGl ? null : WebglRenderer.create(canvas, () => this.invalidate(), this.wanted === "webgl");
    if (gl === null) return new Canvas2dRenderer(withoutGl ? canvas : document.createElement("canvas"));
    let timer = 0;
    canvas.addEventListener("webglcontextlost", () => {
      timer = window.setTimeout(() => this.#withoutGl(), CONTEXT_WAIT);
    });
    canvas.addEventListener("webglcontextrestored", () => clearTimeout(timer));
    this.#disposers.add(() => clearTimeout(timer));
    return gl;
  }

  /** The graphics context stayed away: the same picture by the other renderer. */
  #withoutGl(): void {
    const gone = this.#renderer;
    this.#renderer = this.#createRenderer(true);
    gone.canvas.replaceWith(this.#renderer.canvas);
    if (this.#map !== null) this.#renderer.open(this.#map, this.#image);
    this.invalidate();
  }

  #resize(): void {
    const { clientWidth, clientHeight } = this.host;
    if (clientWidth === 0 || clientHeight === 0) return;
    const before = this.view;
    this.view = { width: clientWidth, height: clientHeight };
    const [width, height] = [Math.round(clientWidth * this.ratio), Math.round(clientHeight * this.ratio)];
    if (this.#overlay.width !== width || this.#overlay.height !== height) {
      this.#overlay.width = width;
      this.#overlay.height = height;
    }
    if (this.#fitted) this.fit();
    else {
      // The middle of the view stays the middle.
      const { originX, originY, scale } = this.#camera;
      this.#setCamera({
        scale,
        originX: originX + (before.width - clientWidth) / 2 / scale,
        originY: originY + (before.height - clientHeight) / 2 / scale,
      });
    }
  }

  #request(): void {
    // What still changes after the end must not draw: the image is closed by then.
    if (this.#frame === 0 && !this.#disposed) this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    this.#frame = 0;
    const scene = { camera: this.#camera, view: this.view, ratio: this.ratio, style: this.#style };
    if (this.#whole || this.#damage !== null) {
      this.#renderer.draw(scene, this.#whole ? null : this.#damage);
      this.layers?.draw(scene, this.#whole ? null : this.#damage);
    }
    this.#whole = false;
    this.#damage = null;
    if (!this.#overlayStale) return;
    this.#overlayStale = false;
    this.#drawRing();
    const context = this.#overlayContext;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.#overlay.width, this.#overlay.height);
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.#overlay.hidden = !this.overlay.paint(context);
  }

  #drawRing(): void {
    const ring = this.overlay.ring();
    this.#ring.hidden = ring === null;
    if (ring === null) return;
    const { style, classList } = this.#ring;
    const size = `${ring.diameter}px`;
    if (style.width !== size) style.width = style.height = size;
    style.transform = `translate(${ring.x - ring.diameter / 2}px, ${ring.y - ring.diameter / 2}px)`;
    classList.toggle("square", ring.square);
    classList.toggle("dashed", ring.dashed);
  }
}
