import { LitElement, type ComplexAttributeConverter } from "lit";
import type { AnswerValue } from "../answer";

/** A switch: there or not; templates also write `="true"` and `="false"`. */
export const onOff: ComplexAttributeConverter<boolean> = {
  fromAttribute: (value) => value !== null && value.trim().toLowerCase() !== "false",
  toAttribute: (value) => (value ? "" : null),
};

/** Every element of ours. */
export abstract class CrowdElement extends LitElement {
  /** Tells the form and the template's own scripts; both know the names of the standard's events. */
  protected tell(type: "input" | "change"): void {
    this.dispatchEvent(new Event(type, { bubbles: true, composed: true }));
  }
}

const FIELD = Symbol.for("maskwright.crowd-field");

/** An element whose value is part of the form's answer. */
export abstract class CrowdField extends CrowdElement {
  readonly [FIELD] = true;
  abstract name: string;

  /** Its value in the answer; undefined: no input, so that its name does not appear. */
  abstract submittable(): AnswerValue | undefined;

  /** Takes a value that `submittable` gave once. */
  abstract restore(value: AnswerValue): void;

  abstract reset(): void;

  /** Whether it may be submitted; otherwise it says at its place what is missing. */
  check(): boolean {
    return true;
  }

  /** Makes `submittable` up to date, where that takes a while. */
  async settle(): Promise<void> {
    return Promise.resolve();
  }

  /** What templates of AWS's read in their own checks. */
  get _submittableValue(): AnswerValue | undefined {
    return this.submittable();
  }
}

export function isCrowdField(element: Element): element is CrowdField {
  return FIELD in element;
}
