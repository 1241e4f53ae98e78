import { svg, html, nothing, type TemplateResult } from "lit";

/** Of the icons that templates name, those that say something; lines on a grid of 24. */
const PATHS: Readonly<Record<string, string>> = {
  search: "M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13ZM15.5 15.5 20 20",
  add: "M12 5v14M5 12h14",
  remove: "M5 12h14",
  clear: "M6 6l12 12M18 6 6 18",
  close: "M6 6l12 12M18 6 6 18",
  check: "M5 12.5l4.5 4.5L19 7.5",
  done: "M5 12.5l4.5 4.5L19 7.5",
  delete: "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13",
  help: "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17ZM9.8 9.7a2.3 2.3 0 1 1 3.3 2c-.8.4-1.1.8-1.1 1.6M12 16.5v.1",
  info: "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17ZM12 11v5M12 8v.1",
  warning: "M12 4 21 20H3L12 4ZM12 10v5M12 17.5v.1",
  error: "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17ZM12 7.5v6M12 16.5v.1",
  "report-problem": "M12 4 21 20H3L12 4ZM12 10v5M12 17.5v.1",
  send: "M4 12 20 4l-5 16-3-7-8-1Z",
  refresh: "M19 12a7 7 0 1 1-2-5M19 4v4h-4",
  undo: "M8 5 4 9l4 4M4 9h9a6 6 0 0 1 0 12h-2",
  "arrow-back": "M11 6l-6 6 6 6M5 12h14",
  "arrow-forward": "M13 6l6 6-6 6M5 12h14",
};

export function crowdIcon(name: string, size = 20): TemplateResult | typeof nothing {
  if (/^(https?:|data:|blob:|\/)/.test(name)) return html`<img src=${name} width=${size} height=${size} alt="" />`;
  const path = PATHS[name.replace(/^icons?:/, "")];
  if (path === undefined) return nothing;
  return html`<svg width=${size} height=${size} viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8"
    stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${svg`<path d=${path} />`}</svg>`;
}
