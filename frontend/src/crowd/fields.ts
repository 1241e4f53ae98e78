/** A form's fields in the order of the page: our elements, and the browser's own controls beside them. */
import { assemble, isPlain, type Answer, type AnswerValue, type Part } from "./answer";
import { isCrowdField } from "./parts/element";

/** A control of either kind, as the form deals with it. */
export interface Field {
  readonly element: Element;
  readonly name: string;
  submittable(): AnswerValue | undefined;
  restore(value: AnswerValue): void;
  reset(): void;
  check(): boolean;
  settle(): Promise<void>;
}

type Native = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

const NO_ANSWER = ["submit", "button", "reset", "image", "file", "password"];

export function nativeField(element: Native): Field {
  const box = element instanceof HTMLInputElement && (element.type === "checkbox" || element.type === "radio") ? element : null;
  return {
    element,
    name: element.name,
    submittable: () => {
      if (box !== null) return { [box.value || "on"]: box.checked };
      if (element instanceof HTMLSelectElement && element.multiple) return [...element.selectedOptions].map(({ value }) => value);
      return element.value === "" ? undefined : element.value;
    },
    restore: (value) => {
      if (box !== null) {
        const own = isPlain(value) ? value[box.value || "on"] : undefined;
        if (typeof own === "boolean") box.checked = own;
      } else if (element instanceof HTMLSelectElement && element.multiple && Array.isArray(value)) {
        for (const option of element.options) option.selected = (value as readonly unknown[]).includes(option.value);
      } else if (typeof value === "string") element.value = value;
    },
    reset: () => {
      if (box !== null) box.checked = box.defaultChecked;
      else if (element instanceof HTMLSelectElement) for (const option of element.options) option.selected = option.defaultSelected;
      else element.value = element.defaultValue;
    },
    check: () => element.reportValidity(),
    settle: async () => Promise.resolve(),
  };
}

/** All fields with a name below `root`, also within instructions and cards. */
export function fieldsOf(root: ParentNode): Field[] {
  return [...root.querySelectorAll("*")].flatMap((element): Field[] => {
    if (isCrowdField(element)) {
      if (!element.name) return [];
      return [{
        element,
        name: element.name,
        submittable: () => element.submittable(),
        restore: (value) => element.restore(value),
        reset: () => element.reset(),
        check: () => element.check(),
        settle: () => element.settle(),
      }];
    }
    const control = element instanceof HTMLInputElement || element instanceof HTMLSelectElement || element instanceof HTMLTextAreaElement;
    if (!control || element.name === "" || element.disabled || NO_ANSWER.includes(element.type)) return [];
    return [nativeField(element)];
  });
}

export function answerOf(fields: readonly Pick<Field, "name" | "submittable">[]): Answer {
  const parts = fields.flatMap(({ name, submittable }): Part[] => {
    const value = submittable();
    return value === undefined ? [] : [{ name, value }];
  });
  return assemble(parts);
}

/** Gives each field its part of an earlier answer. */
export function restoreFields(fields: readonly Field[], answer: Answer): void {
  for (const field of fields) if (Object.hasOwn(answer, field.name)) field.restore(answer[field.name]);
}
