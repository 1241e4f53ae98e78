/**
 * Every visible string comes from here: `t("editor.undo")`, `t("{count} of {total}", { count: 1, total: 2 })`.
 * A key is either a dotted name with a message added by its part, or the English text itself.
 */

export type Catalogue = Readonly<Record<string, string>>;
export type Params = Readonly<Record<string, string | number>>;

const catalogue = new Map<string, string>();

/** Adds a part's messages (the language in use); a later part may replace an earlier one's message. */
export function addMessages(messages: Catalogue): void {
  for (const [key, text] of Object.entries(messages)) catalogue.set(key, text);
}

/** The message for `key` with each `{name}` replaced by `params.name`; an unknown key answers itself. */
export function t(key: string, params: Params = {}): string {
  return fill(catalogue.get(key) ?? key, params);
}

/**
 * The message in the plural form that `count` needs. A catalogue gives other languages' forms under
 * `<other>|<category>`, for example "{count} photos|few"; without one, English `one` and `other` decide.
 */
export function tn(count: number, one: string, other: string, params: Params = {}): string {
  const category = new Intl.PluralRules(locale()).select(count);
  const text = catalogue.get(`${other}|${category}`) ?? t(count === 1 ? one : other);
  return fill(text, { count: formatNumber(count), ...params });
}

function fill(text: string, params: Params): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    return value === undefined ? whole : String(value);
  });
}

/** The page's language, as Django wrote it into `<html lang>`. */
export function locale(): string {
  return (typeof document === "undefined" ? "" : document.documentElement.lang) || "en";
}

export function formatNumber(value: number, options: Intl.NumberFormatOptions = {}): string {
  return new Intl.NumberFormat(locale(), options).format(value);
}

export function formatPercent(fraction: number): string {
  return formatNumber(fraction, { style: "percent", maximumFractionDigits: 0 });
}

/** Bytes in the largest fitting unit of 1,000: "4.2 MB". */
export function formatBytes(bytes: number): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const unit = units[power] ?? "byte";
  return formatNumber(bytes / 1000 ** power, {
    style: "unit",
    unit,
    unitDisplay: "short",
    maximumFractionDigits: power > 1 ? 1 : 0,
  });
}

/** The time of day; with the day when it is not today. */
export function formatTime(when: Date, now: Date = new Date()): string {
  const sameDay = when.toDateString() === now.toDateString();
  return new Intl.DateTimeFormat(locale(), {
    ...(sameDay ? {} : { day: "numeric", month: "short" }),
    hour: "2-digit",
    minute: "2-digit",
  }).format(when);
}

/** Whole hours and minutes ("1 hr 30 min"); seconds only below a minute. */
export function formatDuration(seconds: number): string {
  const part = (value: number, unit: string): string =>
    formatNumber(value, { style: "unit", unit, unitDisplay: "short" });
  if (seconds < 60) return part(Math.floor(seconds), "second");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return part(minutes, "minute");
  const rest = minutes % 60;
  return rest === 0 ? part(minutes / 60, "hour") : `${part(Math.floor(minutes / 60), "hour")} ${part(rest, "minute")}`;
}
