const COLOR = /^#[0-9a-f]{6}$/i;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `{"Cat": {"color": "#2ca02c"}}` as a map; the background and what is no colour left out. */
export function colorsOf(mappings: unknown): Map<string, string> {
  if (!isRecord(mappings)) return new Map();
  return new Map(
    Object.entries(mappings).flatMap(([label, one]): [string, string][] => {
      const color = isRecord(one) ? one["color"] : null;
      return label !== "BACKGROUND" && label !== "" && typeof color === "string" && COLOR.test(color) ? [[label, color.toLowerCase()]] : [];
    }),
  );
}

/** `[{"color": "#2ca02c", "label": "Cat"}]`: what is one, each colour once. */
export function instancesOf(value: unknown): { label: string; color: string }[] {
  if (!Array.isArray(value)) return [];
  const taken = new Set<string>();
  return (value as readonly unknown[]).flatMap((one) => {
    if (!isRecord(one) || typeof one["label"] !== "string" || typeof one["color"] !== "string") return [];
    const color = one["color"].toLowerCase();
    if (!COLOR.test(color) || taken.has(color)) return [];
    taken.add(color);
    return [{ label: one["label"], color }];
  });
}
