import type { ToolDefinition } from "../tools/tool";
import type { Category } from "../workspace";
import type { Action } from "./registry";

export type Command =
  | { readonly kind: "tool"; readonly tool: ToolDefinition }
  | { readonly kind: "action"; readonly action: Action }
  | { readonly kind: "category"; readonly category: Category }
  | { readonly kind: "other"; readonly id: string; readonly run: () => void };

export interface Keymap {
  /** What a key does. */
  readonly commands: ReadonlyMap<string, Command>;
  /** The key shown for a tool, action or class; absent when another took it. */
  keyFor(what: ToolDefinition | Action | Category): string | null;
}

/**
 * Who gets which key: the task's own class keys first, then tools, actions and the rest. A letter that a class
 * has taken is moved to Shift and the letter. Digits that are left go to the classes in order, so that 1 is
 * the first class unless the task says otherwise.
 */
export function buildKeymap(
  tools: readonly ToolDefinition[],
  actions: readonly Action[],
  categories: readonly Category[],
  others: readonly { readonly id: string; readonly keys: readonly string[]; readonly run: () => void }[] = [],
): Keymap {
  const commands = new Map<string, Command>();
  const keys = new Map<object, string>();
  const claim = (key: string, command: Command, owner: object): void => {
    if (key === "" || commands.has(key)) return;
    commands.set(key, command);
    if (!keys.has(owner)) keys.set(owner, key);
  };
  for (const category of categories) claim(category.key.toLowerCase(), { kind: "category", category }, category);
  const orShift = (key: string): string => (commands.get(key)?.kind === "category" && /^[a-z]$/.test(key) ? `shift+${key}` : key);
  for (const tool of tools) claim(orShift(tool.key), { kind: "tool", tool }, tool);
  for (const action of actions) for (const key of action.keys) claim(orShift(key), { kind: "action", action }, action);
  for (const other of others) for (const key of other.keys) claim(key, { kind: "other", id: other.id, run: other.run }, other);
  categories.slice(0, 9).forEach((category, at) => claim(String(at + 1), { kind: "category", category }, category));
  return { commands, keyFor: (what) => keys.get(what) ?? null };
}
