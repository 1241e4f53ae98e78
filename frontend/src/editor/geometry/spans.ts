/** Receives the pixels `x0 <= x < x1` of row `y`. */
export type SpanSink = (y: number, x0: number, x1: number) => void;

/** First pixel whose centre is at or right of `x`. */
export function firstCentre(x: number): number {
  return Math.ceil(x - 0.5);
}
