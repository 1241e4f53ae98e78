import { html, nothing, type TemplateResult } from "lit";
import { t } from "../shared/i18n";

/** More would only be scrolled past; all of them are in the file. */
const LISTED = 100;

/** A folded list of names with what it means, and all of them as a file to download. */
export function nameList(title: string, names: readonly string[], file: string, open = false): TemplateResult {
  return html`<details class="mw-card mw-names" ?open=${open}>
    <summary>${title}</summary>
    <ul class="mw-mono mw-small">
      ${names.slice(0, LISTED).map((name) => html`<li>${name}</li>`)}
    </ul>
    <p class="mw-small">
      ${names.length > LISTED ? t("The first {count} are listed.", { count: LISTED }) : nothing}
      <a href="#" @click=${(event: Event) => save(event, names, file)}>${t("Download the whole list")}</a>
    </p>
  </details>`;
}

function save(event: Event, names: readonly string[], file: string): void {
  event.preventDefault();
  const url = URL.createObjectURL(new Blob([names.join("\n"), "\n"], { type: "text/plain" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: file });
  link.click();
  URL.revokeObjectURL(url);
}
