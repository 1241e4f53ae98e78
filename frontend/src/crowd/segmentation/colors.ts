/** Colours for labels in the order that Ground Truth's own tasks give them; then ones that differ from all before. */
const FIRST = [
  "#2ca02c", "#1f77b4", "#ff7f0e", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf",
  "#98df8a", "#aec7e8", "#ffbb78", "#ff9896", "#c5b0d5", "#c49c94", "#f7b6d2", "#c7c7c7", "#dbdb8d", "#9edae5",
] as const;

/** The n-th colour; never white, which is the background. */
export function colorAt(at: number): string {
  const given = FIRST[at];
  if (given !== undefined) return given;
  // Hues by the golden angle, in rings of lightness: no two of 255 are the same (a spec checks it).
  const hue = (at * 137.508) % 360;
  const lightness = [0.42, 0.6, 0.3, 0.72][Math.floor(at / 24) % 4];
  const saturation = at % 2 === 0 ? 0.75 : 0.5;
  const channel = (n: number): string => {
    const k = (n + hue / 30) % 12;
    const value = lightness - saturation * Math.min(lightness, 1 - lightness) * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return Math.round(value * 255).toString(16).padStart(2, "0");
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
}

/** The first colour that nobody has. */
export function freeColor(taken: ReadonlySet<string>): string {
  for (let at = 0; ; at++) {
    const color = colorAt(at);
    if (!taken.has(color)) return color;
  }
}
