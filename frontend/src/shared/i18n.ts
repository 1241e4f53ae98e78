/** Every visible string comes from here: `t("editor.undo")`, `t("editor.unlabeled", { percent: 12 })`. */

export type Catalogue = Readonly<Record<string, string>>;
export type Params = Readonly<Record<string, string | number>>;

const catalogue = new Map<string, string>();

/** Adds a part's messages (the language in use); a later part may replace an earlier one's message. */
export function addMessages(messages: Catalogue): void {
  for (const [key, text] of Object.entries(messages)) catalogue.set(key, text);
}

/** The message for `key` with each `{name}` replaced by `params.name`; an unknown key answers itself. */
export function t(key: string, params: Params = {}): string {
  const text = catalogue.get(key) ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in params ? String(params[name]) : whole));
}
