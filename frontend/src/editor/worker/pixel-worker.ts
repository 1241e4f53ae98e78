import type { PixelCall, PixelReply, PixelRequest } from "./messages";
import { MirrorCopy } from "./mirror";
import { InlinePixelWork } from "./pixel-work";

const work = new InlinePixelWork();
/** The document that was encoded last. */
let mirror: { readonly document: number; readonly copy: MirrorCopy } | null = null;
// The compiler sees a window here (its DOM library and the worker's exclude each other).
const scope = self as unknown as {
  onmessage: (event: MessageEvent<PixelRequest>) => void;
  postMessage(reply: PixelReply, transfer: Transferable[]): void;
};

async function run(call: PixelCall): Promise<{ result: unknown; transfer: Transferable[] }> {
  switch (call.kind) {
    case "fill":
      return { result: await work.fill(call.raster, call.x, call.y, call.value), transfer: [] };
    case "rest":
      return { result: await work.rest(call.raster, call.value), transfer: [] };
    case "wand": {
      const result = await work.wand(call.raster, call.image, call.wand);
      call.image?.close();
      return { result, transfer: [] };
    }
    case "refine":
      return { result: await work.refine(call.raster, call.refine), transfer: [] };
    case "nearest":
      return { result: await work.nearest(call.raster), transfer: [] };
    case "unlabeledRegions":
      return { result: await work.unlabeledRegions(call.raster), transfer: [] };
    case "strayRegions":
      return { result: await work.strayRegions(call.raster), transfer: [] };
    case "disputed": {
      const result = await work.disputed(call.bytes);
      return { result, transfer: result.levels.map(({ data }) => data.buffer) };
    }
    case "region": {
      const result = await work.region(call.raster, call.x, call.y);
      return { result, transfer: [result.buffer] };
    }
    case "encode": {
      if (mirror?.document !== call.document) mirror = { document: call.document, copy: new MirrorCopy(call.width, call.height) };
      mirror.copy.put(call.changed);
      const result = await work.encode(mirror.copy, call.palette);
      return { result, transfer: [result.buffer] };
    }
    case "decode": {
      const result = await work.decode(call.bytes);
      return { result, transfer: [result.data.buffer] };
    }
  }
}

scope.onmessage = ({ data: { id, call } }) => {
  run(call).then(
    ({ result, transfer }) => scope.postMessage({ id, ok: true, result }, transfer),
    (error: unknown) => scope.postMessage({ id, ok: false, message: String(error) }, []),
  );
};
