/** What a form submits: `{<name>: value, ...}` as the documentation of the crowd elements has it. */
export type AnswerValue = string | number | boolean | null | readonly AnswerValue[] | { readonly [name: string]: AnswerValue };
export type Answer = { readonly [name: string]: AnswerValue };

/** One field's part. `states`: a box or button, of which several may share a name. */
export interface Part {
  readonly name: string;
  readonly value: AnswerValue;
}

export function isPlain(value: unknown): value is Record<string, AnswerValue> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Puts the parts together in the order of the page. Boxes and buttons of one name become one object
 * (`{"color": {"red": true, "blue": false}}`); of other fields the last one of a name counts.
 */
export function assemble(parts: readonly Part[]): Answer {
  const answer = new Map<string, AnswerValue>();
  for (const { name, value } of parts) {
    const before = answer.get(name);
    const both = isPlain(before) && isPlain(value) && isStates(before) && isStates(value);
    answer.set(name, both ? { ...before, ...value } : value);
  }
  return Object.fromEntries(answer);
}

function isStates(value: Readonly<Record<string, AnswerValue>>): boolean {
  return Object.values(value).every((one) => typeof one === "boolean");
}
