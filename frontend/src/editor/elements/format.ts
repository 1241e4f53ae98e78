import { formatNumber, t } from "../../shared/i18n";

/** A share as people read it: whole percents, one decimal below ten, never "0 %" or "100 %" for almost. */
export function share(part: number, whole: number): string {
  if (part === 0 || whole === 0) return formatNumber(0, { style: "percent" });
  if (part === whole) return formatNumber(1, { style: "percent" });
  const fraction = part / whole;
  if (fraction < 0.001) return `< ${formatNumber(0.001, { style: "percent", maximumFractionDigits: 1 })}`;
  if (fraction > 0.999) return `> ${formatNumber(0.999, { style: "percent", maximumFractionDigits: 1 })}`;
  const digits = fraction < 0.1 || fraction > 0.99 ? 1 : 0;
  return formatNumber(fraction, { style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Time left: `1:02:05`, `43:10`, `0:07`. */
export function countdown(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const two = (value: number): string => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** The zoom in percent: image pixels to CSS pixels. */
export function zoomText(scale: number): string {
  return formatNumber(scale, { style: "percent", maximumFractionDigits: scale < 0.1 ? 1 : 0 });
}

export function unlabeledText(part: number, whole: number): string {
  return t("{share} unlabeled", { share: share(part, whole) });
}
