/** The `overlay` of an image classifier: what an earlier task found, drawn over the picture to be verified. */
import { unique } from "../loose-json";

export interface OverlayBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly label: string;
}

export interface Overlay {
  /** A mask's address; white in it is background. */
  readonly mask: string | null;
  readonly boxes: readonly OverlayBox[];
  /** What the colours mean. */
  readonly legend: readonly { readonly label: string; readonly color: string }[];
}

const COLOR = /^#[0-9a-f]{6}$/i;

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

function colored(label: unknown, color: unknown): { label: string; color: string }[] {
  return typeof label === "string" && typeof color === "string" && COLOR.test(color) ? [{ label, color: color.toLowerCase() }] : [];
}

/** Reads what the documentation's three examples have; what does not fit is left out. */
export function readOverlay(value: unknown): Overlay {
  const { boundingBox, semanticSegmentation, instanceSegmentation } = record(value);
  const semantic = record(semanticSegmentation);
  const instances = record(instanceSegmentation);
  const address = semantic["src"] ?? instances["src"];
  const boxes = list(record(boundingBox)["value"]).flatMap((one) => {
    const { left, top, width, height, label } = record(one);
    const numbers = [left, top, width, height].map(Number);
    if (!numbers.every(Number.isFinite)) return [];
    return [{ left: numbers[0], top: numbers[1], width: numbers[2], height: numbers[3], label: typeof label === "string" ? label : "" }];
  });
  return {
    mask: typeof address === "string" && address !== "" ? address : null,
    boxes,
    legend: [
      ...Object.entries(record(semantic["labelMappings"])).flatMap(([label, one]) => colored(label, record(one)["color"])),
      ...list(instances["instances"]).flatMap((one) => colored(record(one)["label"], record(one)["color"])),
    ],
  };
}

/** Labels of boxes, in the order of their first box. */
export function boxLabels({ boxes }: Overlay): string[] {
  return unique(boxes.map(({ label }) => label));
}
