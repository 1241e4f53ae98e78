import "./elements/segmentation-editor";

export type { SegmentationEditor, EditorMode, Layer } from "./elements/segmentation-editor";
export { FixtureTransport } from "./transport/fixture";
export { HttpTransport } from "./transport/http";
export type { Assignment, Transport } from "./transport/transport";
