import { css, html, nothing, type TemplateResult } from "lit";
import { t } from "../../shared/i18n";
import type { Regions } from "./regions";

/** The regions that each task widget has. */
export const GUIDE_REGIONS = ["short-instructions", "full-instructions"] as const;

export const guideStyles = css`
  .guide {
    display: grid;
    align-content: start;
    justify-items: start;
    gap: 10px;
    min-inline-size: 0;
    overflow-wrap: anywhere;
  }
  .guide ::slotted(*) {
    display: block;
    max-inline-size: 100%;
  }
`;

/** Short instructions, and a way to the full ones. */
export function guide(regions: Regions, open: () => void): TemplateResult | typeof nothing {
  if (!hasGuide(regions)) return nothing;
  // The second class is AWS's: templates widen the column by it.
  return html`<div class="guide awsui-app-layout__navigation">
    <slot name="short-instructions"></slot>
    ${regions.has("full-instructions")
      ? html`<button type="button" class="button link" @click=${open}>${t("Full instructions")}</button>`
      : nothing}
  </div>`;
}

export function hasGuide(regions: Regions): boolean {
  return GUIDE_REGIONS.some((name) => regions.has(name));
}

/** The full instructions' window; always there, since its slot holds the template's own nodes. */
export function fullGuide(regions: Regions): TemplateResult {
  const header = regions.get("full-instructions")?.getAttribute("header") ?? "";
  const close = (event: Event): void => (event.currentTarget as Element).closest("dialog")?.close();
  return html`<dialog class="full" aria-labelledby="full-header" @click=${(event: Event) => event.target === event.currentTarget && close(event)}>
    <div class="awsui-modal-dialog">
      <h2 id="full-header">${header || t("Instructions")}</h2>
      <slot name="full-instructions"></slot>
      <div class="row"><button type="button" class="button primary" @click=${close}>${t("Close")}</button></div>
    </div>
  </dialog>`;
}
