import { TransportError } from "./errors";

export interface RetryOptions {
  readonly signal: AbortSignal;
  /** Told before each wait: the error, and the seconds until the next attempt. */
  readonly onWait?: (error: TransportError, seconds: number) => void;
  /** Sleeps; ends early when the signal aborts or something says that trying now makes sense. */
  readonly sleep?: (seconds: number, signal: AbortSignal) => Promise<void>;
  /** 0 to 1, for the spread of waits. */
  readonly random?: () => number;
}

const FIRST = 1;
const LONGEST = 30;

/** Waits, but not longer than until the browser says that the network is back. */
export function sleepOrOnline(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      globalThis.removeEventListener?.("online", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, seconds * 1000);
    globalThis.addEventListener?.("online", done);
    signal.addEventListener("abort", done);
  });
}

/**
 * Calls `attempt` until it succeeds, fails for good, or `signal` aborts. Lost networks and 5xx are tried
 * again after 1, 2, 4 ... 30 seconds (spread by a fifth) or the server's Retry-After.
 */
export async function retrying<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { signal, onWait, sleep = sleepOrOnline, random = Math.random } = options;
  for (let wait = FIRST; ; wait = Math.min(LONGEST, wait * 2)) {
    signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof TransportError) || !error.passing) throw error;
      const seconds = error.retryAfter ?? wait * (0.8 + 0.4 * random());
      onWait?.(error, seconds);
      await sleep(seconds, signal);
    }
  }
}
