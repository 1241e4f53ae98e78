import type { ToolDefinition } from "../tools/tool";
import type { Category } from "../workspace";
import type { KeyChoices } from "./key-choices";
import type { Action } from "./registry";

/** A command of the page around tools and actions. */
export interface OtherCommand {
  readonly id: string;
  /** English text, translated where it is shown. */
  readonly label: string;
  readonly keys: readonly string[];
  readonly run: () => void;
}

export type Command =
  | { readonly kind: "tool"; readonly tool: ToolDefinition }
  | { readonly kind: "action"; readonly action: Action }
  | { readonly kind: "category"; readonly category: Category }
  | { readonly kind: "other"; readonly other: OtherCommand };

/** The command's name in a person's key choices; null for classes, whose keys belong to the task. */
export function commandId(command: Command): string | null {
  switch (command.kind) {
    case "tool":
      return `tool:${command.tool.id}`;
    case "action":
      return `action:${command.action.id}`;
    case "other":
      return `other:${command.other.id}`;
    case "category":
      return null;
  }
}

export interface Keymap {
  /** What a key does. */
  readonly commands: ReadonlyMap<string, Command>;
  /** The key shown for a tool, action or class; absent when another took it. */
  keyFor(what: ToolDefinition | Action | Category | OtherCommand): string | null;
}

/**
 * Who gets which key: what the person chose, then the task's own class keys, then tools, actions and the rest. A
 * letter that a class has taken is moved to Shift and the letter. Digits that are left go to the classes in
 * order, so that 1 is the first class unless the task says otherwise.
 */
export function buildKeymap(
  tools: readonly ToolDefinition[],
  actions: readonly Action[],
  categories: readonly Category[],
  others: readonly OtherCommand[] = [],
  choices: KeyChoices = {},
): Keymap {
  const commands = new Map<string, Command>();
  const keys = new Map<object, string>();
  const claim = (key: string, command: Command, owner: object): void => {
    if (key === "" || commands.has(key)) return;
    commands.set(key, command);
    if (!keys.has(owner)) keys.set(owner, key);
  };
  const usual: { readonly command: Command; readonly owner: object; readonly keys: readonly string[] }[] = [
    ...tools.map((tool) => ({ command: { kind: "tool", tool } as const, owner: tool, keys: [tool.key] })),
    ...actions.map((action) => ({ command: { kind: "action", action } as const, owner: action, keys: action.keys })),
    ...others.map((other) => ({ command: { kind: "other", other } as const, owner: other, keys: other.keys })),
  ];
  const chosen = ({ command }: { readonly command: Command }): string | undefined => choices[commandId(command) ?? ""];
  for (const one of usual) claim(chosen(one) ?? "", one.command, one.owner);
  for (const category of categories) claim(category.key.toLowerCase(), { kind: "category", category }, category);
  const orShift = (key: string): string => (commands.get(key)?.kind === "category" && /^[a-z]$/.test(key) ? `shift+${key}` : key);
  for (const one of usual) {
    if (chosen(one) === undefined) for (const key of one.keys) claim(orShift(key), one.command, one.owner);
  }
  categories.slice(0, 9).forEach((category, at) => claim(String(at + 1), { kind: "category", category }, category));
  return { commands, keyFor: (what) => keys.get(what) ?? null };
}
