import { signal } from "@preact/signals-core";
import type { OtherCommand } from "../actions/shortcuts";
import { t } from "../../shared/i18n";
import type { ChoiceContent, VerdictChoice } from "../transport/transport";

/** What somebody says of an earlier mask: one of the task's labels, and a comment. */
export class VerdictDesk {
  readonly chosen = signal<string | null>(null);
  readonly comment = signal("");

  constructor(readonly choices: readonly VerdictChoice[]) {}

  /** The answer; null while nothing is chosen. */
  get content(): ChoiceContent | null {
    const label = this.chosen.value;
    return label === null ? null : { label, comment: this.comment.value.trim() };
  }

  choose(name: string): void {
    this.chosen.value = name;
  }
}

/** One key for each label: its own, else its number. */
export function verdictCommands(desk: VerdictDesk): OtherCommand[] {
  return desk.choices.map(({ name, key }, at) => ({
    id: commandOf(name),
    label: t("Choose “{name}”", { name }),
    keys: [key ? key.toLowerCase() : "", at < 9 ? String(at + 1) : ""].filter((one) => one !== ""),
    run: () => desk.choose(name),
  }));
}

export function commandOf(name: string): string {
  return `verdict:${name}`;
}
