import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { t } from "../../shared/i18n";
import { isPlain, type AnswerValue } from "../answer";
import { parseLoose, readStrings, unique } from "../loose-json";
import { CrowdField } from "./element";
import { fullGuide, guide, GUIDE_REGIONS, guideStyles, hasGuide } from "./guide";
import { Regions } from "./regions";
import { crowdStyles, dialogStyles } from "./styles";

export const classifierStyles = css`
  :host {
    display: block;
    container-type: inline-size;
  }
  .layout {
    display: grid;
    grid-template-columns: minmax(180px, 240px) minmax(0, 1fr) minmax(180px, 260px);
    gap: 20px;
    padding: 16px;
  }
  .layout.bare {
    grid-template-columns: minmax(0, 1fr) minmax(180px, 260px);
  }
  h1 {
    grid-column: 1 / -1;
    margin: 0;
    font-size: 18px;
    font-weight: 600;
  }
  .target {
    min-inline-size: 0;
    overflow-wrap: anywhere;
  }
  fieldset {
    display: grid;
    align-content: start;
    gap: 6px;
    margin: 0;
    padding: 0;
    border: 0;
  }
  legend {
    padding: 0;
    margin-block-end: 6px;
    color: var(--mw-muted, #56636c);
    font-size: 14px;
    font-weight: 600;
  }
  fieldset .link {
    justify-self: start;
  }
  .category {
    display: flex;
    align-items: center;
    gap: 10px;
    min-block-size: 44px;
    padding: 8px 12px;
    border: 1px solid var(--mw-border-strong, #7d8a93);
    border-radius: 8px;
    background: var(--mw-surface, #fff);
    cursor: pointer;
  }
  .category:has(:checked) {
    border-color: var(--mw-accent, #0a6380);
    background: var(--mw-accent-soft, #e0eff4);
    font-weight: 600;
  }
  .category span {
    flex: 1;
    min-inline-size: 0;
    overflow-wrap: anywhere;
  }
  .category input {
    flex: none;
    inline-size: 18px;
    block-size: 18px;
    margin: 0;
    accent-color: var(--mw-accent, #0a6380);
  }
  kbd {
    color: var(--mw-muted, #56636c);
    font: 500 12px var(--mw-font, system-ui, sans-serif);
  }
  @container (max-width: 820px) {
    .layout,
    .layout.bare {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`;

/** A question with categories: what all classifiers share. Digits choose while nothing is being typed. */
export abstract class Classifier extends CrowdField {
  static override styles = [crowdStyles, dialogStyles, guideStyles, classifierStyles];

  @property() override name = "";
  @property() header = "";
  @property({ converter: { fromAttribute: (value) => readStrings(value) ?? [] } }) categories: readonly string[] = [];
  /** Only where several may be chosen: what excludes all others. */
  @property({ attribute: "exclusion-category", converter: { fromAttribute: readExclusion } }) exclusion = "";
  @state() protected chosen: readonly string[] = [];
  @state() private problem = "";
  @query("dialog.full") private readonly full!: HTMLDialogElement | null;
  readonly regions = new Regions(this, [...GUIDE_REGIONS, "classification-target", "worker-comment"]);

  protected readonly several: boolean = false;
  protected abstract renderTarget(): TemplateResult;

  protected renderMore(): TemplateResult | typeof nothing {
    return nothing;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("keydown", this.#key);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("keydown", this.#key);
  }

  get value(): AnswerValue | undefined {
    return this.submittable();
  }

  override submittable(): AnswerValue | undefined {
    if (this.chosen.length === 0) return undefined;
    return this.several ? { labels: [...this.chosen] } : { label: this.chosen[0] };
  }

  override restore(value: AnswerValue): void {
    if (!isPlain(value)) return;
    const labels = Array.isArray(value["labels"]) ? (value["labels"] as readonly unknown[]) : [value["label"]];
    this.chosen = unique(labels.filter((one) => typeof one === "string"));
  }

  override reset(): void {
    this.chosen = [];
    this.problem = "";
  }

  override check(): boolean {
    this.problem = this.chosen.length > 0 ? "" : this.several ? t("Choose at least one category.") : t("Choose a category.");
    if (this.problem !== "") this.renderRoot.querySelector<HTMLElement>("fieldset input")?.focus();
    return this.problem === "";
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has("categories")) return;
    const offered = this.#offered();
    if (this.hasUpdated) this.chosen = this.chosen.filter((one) => offered.includes(one));
  }

  protected override render(): TemplateResult {
    const offered = this.#offered();
    return html`<div class="layout annotation-area ${hasGuide(this.regions) ? "" : "bare"}">
        ${this.header === "" ? nothing : html`<h1>${this.header}</h1>`}
        ${guide(this.regions, () => this.full?.showModal())}
        <div class="target">${this.renderTarget()}</div>
        <fieldset class="category-picker-wrapper">
          <legend>${this.several ? t("Choose all that apply") : t("Choose one")}</legend>
          ${offered.map((one, at) => this.#category(one, at))}
          ${this.problem === "" ? nothing : html`<p class="problem" role="alert">${this.problem}</p>`}
          ${this.renderMore()}
        </fieldset>
      </div>
      ${fullGuide(this.regions)}`;
  }

  #category(name: string, at: number): TemplateResult {
    return html`<label class="category">
      <input type=${this.several ? "checkbox" : "radio"} name="category" .checked=${this.chosen.includes(name)} @change=${() => this.#choose(name)} />
      <span>${name}</span>${at < 9 ? html`<kbd aria-hidden="true">${at + 1}</kbd>` : nothing}
    </label>`;
  }

  #offered(): readonly string[] {
    return this.exclusion === "" || !this.several ? this.categories : unique([...this.categories, this.exclusion]);
  }

  #choose(name: string): void {
    this.problem = "";
    if (!this.several) this.chosen = [name];
    else if (this.chosen.includes(name)) this.chosen = this.chosen.filter((one) => one !== name);
    else if (name === this.exclusion) this.chosen = [name];
    else this.chosen = this.#offered().filter((one) => one === name || (this.chosen.includes(one) && one !== this.exclusion));
    this.tell("change");
  }

  readonly #key = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !/^[1-9]$/.test(event.key)) return;
    const typing = event.composedPath().some((node) => node instanceof HTMLElement && (node.isContentEditable || node.matches("textarea, select, dialog, input:not([type=radio]):not([type=checkbox])")));
    const name = this.#offered()[Number(event.key) - 1];
    if (typing || name === undefined) return;
    event.preventDefault();
    this.#choose(name);
  };
}

function readExclusion(text: string | null): string {
  try {
    const found = parseLoose(text ?? "");
    return typeof found === "object" && found !== null && "text" in found && typeof found.text === "string" ? found.text : "";
  } catch {
    return "";
  }
}
