import type { TilePixels } from "./mirror";
import type { Raster } from "./pixel-work";
import type { RefineCall } from "./refine";
import type { WandCall } from "./wand";

export type PixelCall =
  | { readonly kind: "fill"; readonly raster: Raster; readonly x: number; readonly y: number; readonly value: number }
  | { readonly kind: "rest"; readonly raster: Raster; readonly value: number }
  /** `image`: null where the worker has it. */
  | { readonly kind: "wand"; readonly raster: Raster; readonly image: ImageBitmap | null; readonly wand: WandCall }
  | { readonly kind: "refine"; readonly raster: Raster; readonly refine: RefineCall }
  | { readonly kind: "nearest"; readonly raster: Raster }
  | { readonly kind: "unlabeledRegions"; readonly raster: Raster }
  | { readonly kind: "strayRegions"; readonly raster: Raster }
  | { readonly kind: "disputed"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "region"; readonly raster: Raster; readonly x: number; readonly y: number }
  | {
      readonly kind: "encode";
      /** A number of its own for each document. */
      readonly document: number;
      readonly width: number;
      readonly height: number;
      /** What changed since the document was encoded the last time. */
      readonly changed: TilePixels;
      readonly palette: Uint8Array<ArrayBuffer>;
    }
  | { readonly kind: "decode"; readonly bytes: Uint8Array<ArrayBuffer> };

export interface PixelRequest {
  readonly id: number;
  readonly call: PixelCall;
}

export type PixelReply =
  | { readonly id: number; readonly ok: true; readonly result: unknown }
  | { readonly id: number; readonly ok: false; readonly message: string };
