import type { PropertyValues } from "lit";
import { unique } from "../loose-json";
import type { AnswerValue } from "../answer";
import { LabelEntries, type Entry } from "./entries";
import { colorsOf } from "./legend";
import { SegmentationField } from "./segmentation-field";

/** `<crowd-semantic-segmentation>`: each pixel gets a label; `labelMappings` says which colour is which. */
export class CrowdSemanticSegmentation extends SegmentationField {
  readonly #entries = new LabelEntries();
  #colors: ReadonlyMap<string, string> = new Map();

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    this.#entries.set(this.labels, this.#colors);
  }

  protected override entries(): readonly Entry[] {
    return this.#entries.current;
  }

  protected override nameOf({ label }: Entry): string {
    return label;
  }

  protected override begin(initial: Readonly<Record<string, unknown>>): void {
    this.#take(initial["labelMappings"]);
  }

  protected override legend(): Readonly<Record<string, AnswerValue>> {
    return { labelMappings: Object.fromEntries(this.#entries.current.map(({ label, color }) => [label, { color }])) };
  }

  protected override restoreLegend(value: Readonly<Record<string, unknown>>): void {
    this.#take(value["labelMappings"]);
  }

  /** Labels of an earlier task that the list has not are offered, too: what is painted must have a name. */
  #take(mappings: unknown): void {
    const colors = colorsOf(mappings);
    if (colors.size === 0) return;
    this.#colors = new Map([...this.#colors, ...colors]);
    this.labels = unique([...this.labels, ...colors.keys()]);
    this.#entries.set(this.labels, this.#colors);
  }
}
