/** An answer as text to look at: a mask's base64 is cut, since nobody reads it. */

const LONG = 80;

/** Indented JSON with long texts cut; `cut`: the words that stand for what is missing. */
export function showAnswer(answer: unknown, cut: (characters: number) => string): string {
  return JSON.stringify(
    answer,
    (key, value: unknown) =>
      key === "pngImageData" && typeof value === "string" && value.length > LONG ? `${value.slice(0, 24)}… ${cut(value.length)}` : value,
    2,
  );
}
