/** Time as the state machines see it, so that specs can drive it. Milliseconds throughout. */
export interface Clock {
  now(): number;
  /** Calls back once after `delay` ms; the returned function cancels it. */
  after(delay: number, callback: () => void): () => void;
  /** 0 <= x < 1. */
  random(): number;
}

/**
 * The browser's clock. A hidden page gets no random delay and no timer for "at once": browsers stretch
 * timers of hidden pages to a minute, and a labeler who looks at another tab still wants the next photo.
 */
export const browserClock: Clock = {
  now: () => Date.now(),
  after(delay, callback) {
    if (delay <= 0) {
      callback();
      return () => undefined;
    }
    const timer = setTimeout(callback, delay);
    return () => clearTimeout(timer);
  },
  random: () => (document.hidden ? 0 : Math.random()),
};
