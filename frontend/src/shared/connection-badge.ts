import { html, type TemplateResult } from "lit";
import { t } from "./i18n";
import type { Connection } from "./socket";

/** How the page hears of new work: calm while it works, in words when it does not. */
export function connectionBadge(state: Connection): TemplateResult {
  const [words, hint] = describe(state);
  return html`<span class="mw-connection mw-connection--${state}" title=${hint}><i aria-hidden="true"></i>${words}</span>`;
}

function describe(state: Connection): readonly [string, string] {
  switch (state) {
    case "connecting":
      return [t("Connecting"), t("The page is connecting to the server.")];
    case "live":
      return [t("Live"), t("New work appears here by itself.")];
    case "offline":
      return [t("Reconnecting"), t("The live connection is gone; the page asks every 15 seconds until it is back.")];
    case "ended":
      return [t("Not connected"), t("Sign in again to go on.")];
  }
}
