import type { PixelCall, PixelReply, PixelRequest } from "./messages";
import { InlinePixelWork } from "./pixel-work";

const work = new InlinePixelWork();
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
    case "unlabeledRegions":
      return { result: await work.unlabeledRegions(call.raster), transfer: [] };
    case "encode": {
      const result = await work.encode(call.raster, call.palette);
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
