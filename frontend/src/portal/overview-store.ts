/** The overview's life: asked for, shown, renewed in the background, an error only where nothing is shown. */
import { ApiError } from "../shared/api";
import type { Overview } from "./types";

export interface OverviewState {
  readonly overview: Overview | null;
  /** In words; while an older overview is there it stays on the screen beside this. */
  readonly error: string | null;
}

export interface OverviewPorts {
  readonly load: () => Promise<Overview>;
  readonly changed: () => void;
  readonly signedOut: () => void;
  readonly rightsEnded: (message: string) => void;
}

export class OverviewStore {
  state: OverviewState = { overview: null, error: null };
  #running: Promise<void> | null = null;
  #again = false;

  constructor(private readonly ports: OverviewPorts) {}

  /** Loads; while a load runs another call makes it run once more, since its answer may be older. */
  refresh(): Promise<void> {
    if (this.#running) this.#again = true;
    else this.#running = this.#loop().finally(() => (this.#running = null));
    return this.#running;
  }

  async #loop(): Promise<void> {
    do {
      this.#again = false;
      await this.#load();
    } while (this.#again);
  }

  async #load(): Promise<void> {
    try {
      this.state = { overview: await this.ports.load(), error: null };
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        this.ports.signedOut();
      } else if (error instanceof ApiError && error.status === 403) {
        this.ports.rightsEnded(error.message);
      } else {
        this.state = { ...this.state, error: error instanceof Error ? error.message : String(error) };
      }
    }
    this.ports.changed();
  }
}
