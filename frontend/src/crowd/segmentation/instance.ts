import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { t } from "../../shared/i18n";
import type { AnswerValue } from "../answer";
import { unique } from "../loose-json";
import { InstanceEntries, type Entry } from "./entries";
import { instancesOf } from "./legend";
import { SegmentationField } from "./segmentation-field";

/** `<crowd-instance-segmentation>`: each thing has a colour of its own; several may have one label. */
export class CrowdInstanceSegmentation extends SegmentationField {
  readonly #entries = new InstanceEntries();

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    this.#entries.set(this.labels);
  }

  protected override entries(): readonly Entry[] {
    return this.#entries.current;
  }

  protected override nameOf(entry: Entry): string {
    return this.#entries.nameOf(entry);
  }

  protected override begin(initial: Readonly<Record<string, unknown>>): void {
    this.#take(initial["instances"]);
  }

  protected override legend(used: ReadonlySet<number>): Readonly<Record<string, AnswerValue>> {
    const painted = this.#entries.current.filter(({ index }) => used.has(index));
    return { instances: painted.map(({ color, label }) => ({ color, label })) };
  }

  protected override restoreLegend(value: Readonly<Record<string, unknown>>): void {
    this.#take(value["instances"]);
  }

  protected override renderBar(): TemplateResult | typeof nothing {
    if (this.labels.length === 0) return nothing;
    return html`${this.labels.map(
      (label) => html`<button type="button" class="button" @click=${() => this.#add(label)}>${t("Add {label}", { label })}</button>`,
    )}`;
  }

  #add(label: string): void {
    const entry = this.#entries.add(label);
    if (entry === null) return;
    this.#entries.set(this.labels);
    this.show();
    const { editor } = this;
    // The editor chooses a class when it opens; after that it is the new one's turn.
    editor?.addEventListener("mw-opened", () => (editor.editorState.category.value = entry.index), { once: true });
  }

  #take(value: unknown): void {
    const instances = instancesOf(value);
    if (instances.length === 0) return;
    this.#entries.replace(instances);
    this.labels = unique([...this.labels, ...instances.map(({ label }) => label)]);
    this.#entries.set(this.labels);
  }
}
