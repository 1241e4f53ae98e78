import { html, nothing, type TemplateResult } from "lit";
import { locale, t } from "../../shared/i18n";
import type { PastVerdict } from "../transport/transport";

/** Verdicts of earlier rounds, folded; the oldest first, as they came. */
export function pastVerdicts(title: string, verdicts: readonly PastVerdict[]): TemplateResult | typeof nothing {
  if (verdicts.length === 0) return nothing;
  const when = new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeStyle: "short" });
  return html`<section>
    <details>
      <summary>${title} (${verdicts.length})</summary>
      <ul>
        ${verdicts.map(
          ({ round, verdict, reason, comments, at }) => html`<li>
            <p>
              <strong>${t("Round {number}", { number: round })}: ${verdict === "return" ? t("sent back") : t("accepted")}</strong><br />
              <span class="quiet">${when.format(new Date(at))}</span>
            </p>
            ${reason === "" ? nothing : html`<p>${reason}</p>`} ${comments.map(({ text }) => html`<p class="quiet">• ${text}</p>`)}
          </li>`,
        )}
      </ul>
    </details>
  </section>`;
}
