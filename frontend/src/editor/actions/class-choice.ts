import { KeptByJob } from "../../shared/kept";
import type { Category } from "../workspace";

/** The class a person paints with, by its name: another job's third class is another thing. */
const chosen = new KeptByJob("class");

/** The class to begin with: the one chosen last in this job, else the first. 0 where there is none. */
export function firstClass(job: string, categories: readonly Category[]): number {
  const name = chosen.get(job);
  return (categories.find((one) => one.name === name) ?? categories.at(0))?.index ?? 0;
}

export function keepClass(job: string, categories: readonly Category[], index: number): void {
  const name = categories.find((one) => one.index === index)?.name;
  if (name !== undefined) chosen.set(job, name);
}
