import type { LabelMap } from "../document/label-map";
import { grow, intersect, isEmpty, union, type Rect } from "../document/rect";
import { GRID_SCALE } from "../viewport/camera";
import { deviceRect, deviceTransform, HATCH, OUTLINE, resizeCanvas, type Renderer, type Scene } from "./renderer";
import { FRAGMENT, VERTEX } from "./shaders";

interface Tile {
  readonly rect: Rect;
  readonly labels: WebGLTexture;
  readonly image: WebGLTexture;
}

const UNIFORMS = [
  "u_tile", "u_transform", "u_canvas", "u_labels", "u_image", "u_palette", "u_opacity", "u_outline", "u_hatch", "u_grid", "u_smooth",
] as const;
type Uniforms = Record<(typeof UNIFORMS)[number], WebGLUniformLocation | null>;

/** Largest side of a texture: graphics processors below this are rare, and the software one stops at 8192. */
const TEXTURE_SIDE = 4096;

/** Whether shaders run on the main processor: not every browser says so by `failIfMajorPerformanceCaveat`. */
function isSoftware(gl: WebGL2RenderingContext): boolean {
  const named = gl.getExtension("WEBGL_debug_renderer_info")?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER;
  return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(String(gl.getParameter(named)));
}

/**
 * Raw WebGL2: the label map as integer textures, colours looked up in the shader. A change uploads its
 * rectangle and redraws only the part of the view that shows it (scissor): without a graphics processor
 * whole redraws miss frames.
 */
export class WebglRenderer implements Renderer {
  readonly name = "webgl";
  #uniforms!: Uniforms;
  #palette!: WebGLTexture;
  #paletteBytes: Uint8Array | null = null;
  #tiles: Tile[] = [];
  #map: LabelMap | null = null;
  #bitmap: ImageBitmap | null = null;
  #dirty: Rect | null = null;
  #lost = false;

  /**
   * Null when the browser has no WebGL2 or (unless `evenSlow`) only one without a graphics processor: shaders on
   * the main processor are three times slower than the 2D canvas. `onRestored` is called when a lost context is
   * back and empty.
   */
  static create(canvas: HTMLCanvasElement, onRestored: () => void, evenSlow = false): WebglRenderer | null {
    const gl = canvas.getContext("webgl2", {
      alpha: true,
      antialias: false,
      depth: false,
      stencil: false,
      failIfMajorPerformanceCaveat: !evenSlow,
      preserveDrawingBuffer: true, // scissored drawing builds on the frame before
    });
    return gl === null || (!evenSlow && isSoftware(gl)) ? null : new WebglRenderer(canvas, gl, onRestored);
  }

  private constructor(
    readonly canvas: HTMLCanvasElement,
    readonly gl: WebGL2RenderingContext,
    onRestored: () => void,
  ) {
    canvas.addEventListener("webglcontextlost", (event) => {
      event.preventDefault();
      this.#lost = true;
    });
    canvas.addEventListener("webglcontextrestored", () => {
      this.#lost = false;
      this.#start();
      if (this.#map !== null) this.open(this.#map, this.#bitmap);
      onRestored();
    });
    this.#start();
  }

  open(map: LabelMap, image: ImageBitmap | null): void {
    const { gl } = this;
    this.#map = map;
    this.#bitmap = image;
    this.#dirty = null;
    if (this.#lost) return;
    this.#drop();
    const limit = gl.getParameter(gl.MAX_TEXTURE_SIZE) as number;
    const side = Math.min(TEXTURE_SIDE, limit);
    for (let y0 = 0; y0 < map.height; y0 += side) {
      for (let x0 = 0; x0 < map.width; x0 += side) {
        const rect = { x0, y0, x1: Math.min(map.width, x0 + side), y1: Math.min(map.height, y0 + side) };
        this.#tiles.push({ rect, labels: this.#labelTexture(rect), image: this.#imageTexture(rect, image) });
      }
    }
    this.#upload(map.bounds);
  }

  labelsChanged(dirty: Rect): void {
    this.#dirty = union(this.#dirty, dirty);
  }

  draw(scene: Scene, damage: Rect | null): void {
    const { gl, canvas } = this;
    if (this.#lost || this.#map === null) return;
    if (this.#dirty !== null) this.#upload(this.#dirty);
    this.#dirty = null;
    const whole = resizeCanvas(canvas, scene) || damage === null;
    const size = { width: canvas.width, height: canvas.height };
    const transform = deviceTransform(scene);
    const outline = scene.style.outlines ? OUTLINE * scene.ratio : 0;
    const part = deviceRect(whole ? null : damage, transform, size, Math.ceil(outline) + 1);
    if (isEmpty(part)) return;
    gl.viewport(0, 0, size.width, size.height);
    gl.enable(gl.SCISSOR_TEST);
    gl.scissor(part.x0, size.height - part.y1, part.x1 - part.x0, part.y1 - part.y0);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    this.#setPalette(scene.style.palette);
    const u = this.#uniforms;
    gl.uniform3f(u.u_transform, transform.scale, transform.x, transform.y);
    gl.uniform2f(u.u_canvas, size.width, size.height);
    gl.uniform1f(u.u_opacity, scene.style.opacity);
    gl.uniform1f(u.u_outline, outline / transform.scale);
    gl.uniform1f(u.u_hatch, scene.style.hatch ? Math.round(HATCH * scene.ratio) : 0);
    gl.uniform1f(u.u_smooth, transform.scale < 1 ? 1 / transform.scale : 0);
    gl.uniform1f(u.u_grid, scene.camera.scale >= GRID_SCALE ? 1 / transform.scale : 0);
    for (const { rect, labels, image } of this.#tiles) {
      if (!whole && isEmpty(intersect(rect, grow(damage, 2 + outline / transform.scale)))) continue;
      gl.activeTexture(gl.TEXTURE0);
      gl.bindTexture(gl.TEXTURE_2D, labels);
      gl.activeTexture(gl.TEXTURE1);
      gl.bindTexture(gl.TEXTURE_2D, image);
      gl.uniform4f(u.u_tile, rect.x0, rect.y0, rect.x1 - rect.x0, rect.y1 - rect.y0);
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    }
  }

  dispose(): void {
    this.#drop();
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }

  #start(): void {
    const { gl } = this;
    const program = gl.createProgram();
    for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]] as const) {
      const shader = gl.createShader(kind);
      if (shader === null) return;
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
      throw new Error(`the editor's shader does not link: ${gl.getProgramInfoLog(program) ?? ""}`);
    }
    gl.useProgram(program);
    this.#uniforms = Object.fromEntries(UNIFORMS.map((name) => [name, gl.getUniformLocation(program, name)])) as Uniforms;
    gl.uniform1i(this.#uniforms.u_labels, 0);
    gl.uniform1i(this.#uniforms.u_image, 1);
    gl.uniform1i(this.#uniforms.u_palette, 2);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    gl.pixelStorei(gl.UNPACK_COLORSPACE_CONVERSION_WEBGL, gl.NONE);
    this.#tiles = [];
    this.#paletteBytes = null;
    this.#palette = this.#texture(gl.NEAREST, gl.NEAREST);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, 256, 1);
  }

  #texture(smaller: number, larger: number): WebGLTexture {
    const { gl } = this;
    const texture = gl.createTexture();
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, smaller);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, larger);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
    return texture;
  }

  #labelTexture({ x0, y0, x1, y1 }: Rect): WebGLTexture {
    const { gl } = this;
    const texture = this.#texture(gl.NEAREST, gl.NEAREST);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.R8UI, x1 - x0, y1 - y0);
    return texture;
  }

  /** The image's part, smoothed only when it is shown smaller than it is. */
  #imageTexture({ x0, y0, x1, y1 }: Rect, image: ImageBitmap | null): WebGLTexture {
    const { gl } = this;
    const texture = this.#texture(gl.LINEAR_MIPMAP_LINEAR, gl.NEAREST);
    const [width, height] = [x1 - x0, y1 - y0];
    if (image === null) {
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, 1, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array([190, 190, 190, 255]));
    } else if (width === image.width && height === image.height) {
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE, image);
    } else {
      const part = new OffscreenCanvas(width, height);
      part.getContext("2d")?.drawImage(image, -x0, -y0);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE, part);
    }
    gl.generateMipmap(gl.TEXTURE_2D);
    return texture;
  }

  #upload(dirty: Rect): void {
    const { gl } = this;
    const map = this.#map;
    if (map === null) return;
    gl.activeTexture(gl.TEXTURE0);
    gl.pixelStorei(gl.UNPACK_ROW_LENGTH, map.width);
    for (const { rect, labels } of this.#tiles) {
      const part = intersect(rect, dirty);
      if (isEmpty(part)) continue;
      gl.bindTexture(gl.TEXTURE_2D, labels);
      gl.texSubImage2D(
        gl.TEXTURE_2D, 0, part.x0 - rect.x0, part.y0 - rect.y0, part.x1 - part.x0, part.y1 - part.y0,
        gl.RED_INTEGER, gl.UNSIGNED_BYTE, map.data, part.y0 * map.width + part.x0,
      );
    }
    gl.pixelStorei(gl.UNPACK_ROW_LENGTH, 0);
  }

  #setPalette(palette: Uint8Array<ArrayBuffer>): void {
    const { gl } = this;
    gl.activeTexture(gl.TEXTURE2);
    gl.bindTexture(gl.TEXTURE_2D, this.#palette);
    if (this.#paletteBytes === palette) return;
    this.#paletteBytes = palette;
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, 256, 1, gl.RGBA, gl.UNSIGNED_BYTE, palette);
  }

  #drop(): void {
    for (const { labels, image } of this.#tiles) {
      this.gl.deleteTexture(labels);
      this.gl.deleteTexture(image);
    }
    this.#tiles = [];
  }
}
