import { KeptByJob } from "../../shared/kept";

/** The jobs for which a person said that unlabeled pixels are meant. */
const silent = new KeptByJob("unlabeled");
const NEVER = "submit";

export interface Coverage {
  readonly job: string;
  readonly unlabeled: number;
  readonly whole: number;
  /** The job takes no unlabeled pixels. */
  readonly mustCover: boolean;
}

/**
 * Whether a submit asks about unlabeled pixels first. "Do not ask again" does not hold for a mask without a single
 * label, which is rather a slip, nor where the server would refuse the answer.
 */
export function asksAboutUnlabeled({ job, unlabeled, whole, mustCover }: Coverage): boolean {
  if (unlabeled === 0) return false;
  return mustCover || unlabeled === whole || !isSilent(job);
}

export function isSilent(job: string): boolean {
  return silent.get(job) === NEVER;
}

export function setSilent(job: string, value: boolean): void {
  silent.set(job, value ? NEVER : null);
}
