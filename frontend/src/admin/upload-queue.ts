/**
 * Sending thousands of files: a few at a time, skipping what is there already, waiting out a network or
 * server that is away, and listing what was refused. Knows no page and no HTTP; see upload.ts.
 */
import { ApiError } from "../shared/api";
import type { Clock } from "../shared/clock";

export interface LocalFile {
  /** Path inside the chosen folder, with `/`. */
  readonly name: string;
  readonly size: number;
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
}

export interface Refused {
  readonly file: LocalFile;
  readonly message: string;
}

export interface UploadPorts {
  /** Name and size of every file the server has. */
  readonly listed: () => Promise<ReadonlyMap<string, number>>;
  readonly send: (file: LocalFile) => Promise<void>;
  readonly clock: Clock;
  readonly changed: () => void;
}

export type Phase = "idle" | "listing" | "sending" | "waiting" | "signed-out" | "sent";

export const AT_ONCE = 4;
const MOST_TRIES = 6;
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;

export class UploadQueue {
  phase: Phase = "idle";
  /** Why it waits, in words. */
  trouble: string | null = null;
  total = 0;
  totalBytes = 0;
  sent = 0;
  skipped = 0;
  settledBytes = 0;
  refused: Refused[] = [];
  #waiting: LocalFile[] = [];
  #chosen = new Set<string>();
  #tries = new Map<LocalFile, number>();
  #active = 0;
  #failures = 0;
  #there: ReadonlyMap<string, number> | null = null;
  #listing = false;

  constructor(private readonly ports: UploadPorts) {}

  /** Adds files and begins; a name that was chosen before in this page counts once. */
  add(files: readonly LocalFile[]): void {
    for (const file of files) {
      if (this.#chosen.has(file.name)) continue;
      this.#chosen.add(file.name);
      this.#waiting.push(file);
      this.total += 1;
      this.totalBytes += file.size;
    }
    this.#go();
  }

  /** Tries the refused ones again. */
  retryRefused(): void {
    const again = this.refused.map(({ file }) => file);
    this.refused = [];
    for (const file of again) this.settledBytes -= file.size;
    this.#tries.clear();
    this.#waiting.push(...again);
    this.#go();
  }

  /** After signing in again. */
  resume(): void {
    if (this.phase === "signed-out") this.#go();
  }

  get busy(): boolean {
    return this.phase !== "idle" && this.phase !== "sent";
  }

  #go(): void {
    this.#enter("sending");
    if (this.#there) this.#fill();
    else void this.#list();
  }

  async #list(): Promise<void> {
    if (this.#listing) return;
    this.#listing = true;
    this.#enter("listing");
    try {
      this.#there = await this.ports.listed();
      this.#failures = 0;
      this.#enter("sending");
    } catch (error) {
      this.#pause(error);
    } finally {
      this.#listing = false;
    }
    if (this.phase === "sending") this.#fill();
  }

  #fill(): void {
    while (this.phase === "sending" && this.#active < AT_ONCE) {
      const file = this.#waiting.shift();
      if (!file) break;
      if (this.#there?.get(file.name) === file.size) {
        this.skipped += 1;
        this.settledBytes += file.size;
      } else {
        this.#active += 1;
        void this.#send(file);
      }
    }
    if (this.phase === "sending" && this.#active === 0 && this.#waiting.length === 0) this.#enter("sent");
    else this.ports.changed();
  }

  async #send(file: LocalFile): Promise<void> {
    try {
      await this.ports.send(file);
      this.#failures = 0;
      this.sent += 1;
      this.settledBytes += file.size;
    } catch (error) {
      this.#failed(file, error);
    }
    this.#active -= 1;
    this.#fill();
  }

  #failed(file: LocalFile, error: unknown): void {
    const tries = (this.#tries.get(file) ?? 0) + 1;
    const { passing, status } = error instanceof ApiError ? error : { passing: false, status: -1 };
    // A network that is away says nothing about the file; a server that fails on it six times does.
    if (status === 401 || status === 0 || (passing && tries < MOST_TRIES)) {
      if (status > 0 && status !== 401) this.#tries.set(file, tries);
      this.#waiting.unshift(file);
      this.#pause(error);
    } else {
      this.settledBytes += file.size;
      this.refused.push({ file, message: error instanceof Error ? error.message : String(error) });
    }
  }

  /** Holds everything, since what stopped one file stops the others too. */
  #pause(error: unknown): void {
    if (this.phase === "signed-out" || this.phase === "waiting") return;
    if (error instanceof ApiError && error.status === 401) {
      this.#enter("signed-out");
      return;
    }
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** this.#failures) * (0.5 + this.ports.clock.random() / 2);
    this.#failures += 1;
    this.#enter("waiting", error instanceof Error ? error.message : String(error));
    this.ports.clock.after(pause, () => {
      if (this.phase === "waiting") this.#go();
    });
  }

  #enter(phase: Phase, trouble: string | null = null): void {
    this.phase = phase;
    this.trouble = trouble;
    this.ports.changed();
  }
}
