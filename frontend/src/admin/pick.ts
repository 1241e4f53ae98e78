import { listen } from "../shared/dom";
import { formatNumber, t } from "../shared/i18n";
import { matches, type Shown } from "./pick-filter";

interface Entry {
  readonly row: HTMLLIElement;
  readonly box: HTMLInputElement;
  readonly text: string;
  readonly groups: readonly string[];
}

/**
 * `<mw-pick noun="people">` around a list of checkboxes: search, filters, a count, and marking all that is shown.
 * What is filtered away stays marked or unmarked; the boxes are the form's own, so nothing is lost without scripts.
 */
export class Pick extends HTMLElement {
  #entries: readonly Entry[] = [];
  readonly #search = document.createElement("input");
  readonly #which = document.createElement("select");
  readonly #group = document.createElement("select");
  readonly #count = document.createElement("span");
  readonly #none = document.createElement("p");
  #anchor: HTMLInputElement | null = null;

  connectedCallback(): void {
    const list = this.querySelector("ul");
    if (!list || this.#entries.length > 0) return;
    this.#entries = Array.from(list.querySelectorAll("li"), readEntry).filter((entry) => entry !== null);
    this.prepend(this.#head());
    this.#none.className = "mw-muted mw-pick__none";
    this.#none.textContent = t("Nothing matches. Try other words or fewer filters.");
    this.append(this.#none);
    listen(list, "change", () => this.#update());
    listen(list, "click", (event: MouseEvent) => this.#range(event));
    this.#update();
  }

  #head(): HTMLElement {
    this.#search.type = "search";
    this.#search.className = "mw-input";
    this.#search.placeholder = t("Search {noun}", { noun: this.getAttribute("noun") ?? "" });
    this.#search.setAttribute("aria-label", this.#search.placeholder);
    listen(this.#search, "input", () => this.#update());
    listen(this.#search, "keydown", (event: KeyboardEvent) => this.#key(event));
    this.#choices(this.#which, t("Which"), [["", t("All")], ["picked", t("Selected")], ["free", t("Not selected")]]);
    const groups = [...new Set(this.#entries.flatMap((entry) => entry.groups))].sort((a, b) => a.localeCompare(b));
    this.#choices(this.#group, t("Where"), [
      ["", t("In any team")],
      ["none", t("In no other team")],
      ...groups.map((name): [string, string] => [`in ${name}`, name]),
    ]);
    this.#group.hidden = groups.length === 0;
    this.#count.className = "mw-muted mw-small mw-number mw-pick__count";
    this.#count.setAttribute("role", "status");
    return div("mw-pick__head", [
      div("mw-pick__bar", [this.#search, this.#which, this.#group]),
      div("mw-pick__bar", [this.#count, this.#mark(t("Select what is shown"), true), this.#mark(t("Clear what is shown"), false)]),
    ]);
  }

  #choices(select: HTMLSelectElement, label: string, choices: readonly (readonly [string, string])[]): void {
    select.className = "mw-input";
    select.setAttribute("aria-label", label);
    select.append(...choices.map(([value, text]) => new Option(text, value)));
    listen(select, "change", () => this.#update());
  }

  #mark(label: string, checked: boolean): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "mw-button mw-button--quiet";
    button.textContent = label;
    button.disabled = this.#entries.every(({ box }) => box.disabled);
    listen(button, "click", () => {
      for (const { row, box } of this.#entries) if (!row.hidden) mark(box, checked);
      this.#update();
    });
    return button;
  }

  #update(): void {
    const shown: Shown = { words: this.#search.value, which: this.#which.value, group: this.#group.value };
    let [visible, picked] = [0, 0];
    for (const { row, box, text, groups } of this.#entries) {
      row.hidden = !matches({ text, groups, picked: box.checked }, shown);
      if (!row.hidden) visible += 1;
      if (box.checked) picked += 1;
    }
    const total = formatNumber(this.#entries.length);
    const words = t("{picked} of {total} selected", { picked: formatNumber(picked), total });
    const some = visible < this.#entries.length ? `, ${t("{count} shown", { count: formatNumber(visible) })}` : "";
    this.#count.textContent = words + some;
    this.#none.hidden = visible > 0;
  }

  /** Enter would send the form; in a search it marks the only one that is left. */
  #key(event: KeyboardEvent): void {
    if (event.key === "Escape") this.#search.value = "";
    if (event.key === "Enter") {
      event.preventDefault();
      const [first, ...others] = this.#entries.filter(({ row }) => !row.hidden);
      if (first && others.length === 0) mark(first.box, !first.box.checked);
    }
    this.#update();
  }

  /** Shift and a click mark everything between two boxes, as lists do everywhere. */
  #range(event: MouseEvent): void {
    const box = event.target;
    if (!(box instanceof HTMLInputElement)) return;
    const shown = this.#entries.filter(({ row }) => !row.hidden).map((entry) => entry.box);
    const [from, to] = [this.#anchor ? shown.indexOf(this.#anchor) : -1, shown.indexOf(box)];
    if (event.shiftKey && from >= 0) {
      for (const one of shown.slice(Math.min(from, to), Math.max(from, to) + 1)) mark(one, box.checked);
    }
    this.#anchor = box;
  }
}

function readEntry(row: HTMLLIElement): Entry | null {
  const box = row.querySelector("input");
  if (!box) return null;
  // The names of its other teams are found by the filter beside the search, and would only blur it.
  const text = row.querySelector(".mw-pick__name")?.textContent ?? "";
  return { row, box, text, groups: (row.dataset["groups"] ?? "").split("\n").filter(Boolean) };
}

function mark(box: HTMLInputElement, checked: boolean): void {
  if (!box.disabled) box.checked = checked;
}

function div(name: string, children: readonly HTMLElement[]): HTMLElement {
  const made = document.createElement("div");
  made.className = name;
  made.append(...children);
  return made;
}
