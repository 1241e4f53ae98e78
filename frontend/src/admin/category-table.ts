import { listen } from "../shared/dom";
import { t } from "../shared/i18n";

/**
 * `<mw-category-table prefix="categories" colors="#.. #..">` around a Django formset's table: rows are moved by
 * dragging or by arrows instead of by numbers, added from the `<template>`, and removed so that it can be taken
 * back. Without JavaScript the numbers, the spare rows and the boxes do the same.
 */
export class CategoryTable extends HTMLElement {
  #dragged: HTMLTableRowElement | null = null;

  connectedCallback(): void {
    if (this.hasAttribute("readonly") || this.dataset["ready"]) return;
    this.dataset["ready"] = "1";
    this.#dropSpareRows();
    this.#rows().forEach((row) => this.#equip(row));
    const add = button("mw-button", t("Add a category"));
    listen(add, "click", () => this.#add());
    const actions = document.createElement("p");
    actions.className = "mw-actions";
    actions.append(add);
    this.append(actions);
    this.#number();
  }

  get #body(): HTMLTableSectionElement {
    return this.querySelector("tbody") as HTMLTableSectionElement;
  }

  #rows(): HTMLTableRowElement[] {
    return Array.from(this.#body.rows);
  }

  /** Empty rows are for pages without JavaScript; a new table keeps one to begin with. */
  #dropSpareRows(): void {
    const spare = this.#rows().filter((row) => row.classList.contains("manage-row--spare"));
    const kept = this.#rows().length > spare.length ? 0 : 1;
    spare.slice(kept).forEach((row) => row.remove());
  }

  #equip(row: HTMLTableRowElement): void {
    const place = row.querySelector<HTMLElement>(".manage-categories__place");
    place?.append(this.#mover(row, -1, "↑", t("Move up")), this.#mover(row, 1, "↓", t("Move down")), this.#handle(row));
    const box = field(row, "DELETE");
    if (!box) return;
    box.classList.add("mw-visually-hidden");
    const remove = button("manage-move", "");
    const show = (): void => {
      row.classList.toggle("manage-row--removed", box.checked);
      remove.textContent = box.checked ? "↺" : "✕";
      name(remove, box.checked ? t("Keep it") : t("Remove"));
    };
    listen(remove, "click", () => {
      box.checked = !box.checked;
      show();
      this.#changed();
    });
    show();
    box.after(remove);
  }

  #mover(row: HTMLTableRowElement, by: 1 | -1, sign: string, label: string): HTMLButtonElement {
    const move = button("manage-move", sign, label);
    listen(move, "click", () => {
      const other = by < 0 ? row.previousElementSibling : row.nextElementSibling;
      if (!other) return;
      if (by < 0) other.before(row);
      else other.after(row);
      move.focus();
      this.#number();
      this.#changed();
    });
    return move;
  }

  /** Only the handle starts a drag, so that text in the fields can still be selected. */
  #handle(row: HTMLTableRowElement): HTMLElement {
    const handle = document.createElement("span");
    handle.className = "manage-drag";
    handle.textContent = "⠿";
    handle.title = t("Drag to another place");
    handle.setAttribute("aria-hidden", "true");
    listen(handle, "pointerdown", () => (row.draggable = true));
    listen(handle, "pointerup", () => (row.draggable = false));
    listen(row, "dragstart", () => (this.#dragged = row));
    listen(row, "dragend", () => {
      row.draggable = false;
      this.#dragged = null;
      this.#number();
      this.#changed();
    });
    listen(row, "dragover", (event) => {
      const dragged = this.#dragged;
      if (!dragged) return;
      event.preventDefault();
      if (dragged === row) return;
      const box = row.getBoundingClientRect();
      if (event.clientY < box.top + box.height / 2) row.before(dragged);
      else row.after(dragged);
    });
    return handle;
  }

  #add(): void {
    const total = this.querySelector<HTMLInputElement>(`[name="${this.getAttribute("prefix") ?? ""}-TOTAL_FORMS"]`);
    const template = this.querySelector("template");
    if (!total || !template) return;
    const holder = document.createElement("tbody");
    holder.innerHTML = template.innerHTML.replaceAll("__prefix__", total.value);
    const row = holder.rows[0];
    if (!row) return;
    total.value = String(Number(total.value) + 1);
    const color = field(row, "color");
    if (color) color.value = this.#freeColor();
    this.#body.append(row);
    this.#equip(row);
    this.#number();
    field(row, "name")?.focus();
  }

  #freeColor(): string {
    const taken = new Set(this.#rows().map((row) => field(row, "color")?.value.toLowerCase()));
    const offered = (this.getAttribute("colors") ?? "").split(" ").filter(Boolean);
    return offered.find((color) => !taken.has(color.toLowerCase())) ?? "#808080";
  }

  #number(): void {
    this.#rows().forEach((row, place) => {
      const order = field(row, "ORDER");
      if (order) order.value = String(place + 1);
    });
  }

  #changed(): void {
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function field(row: HTMLElement, name: string): HTMLInputElement | null {
  return row.querySelector<HTMLInputElement>(`input[name$="-${name}"]`);
}

function button(className: string, text: string, label = ""): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = className;
  made.textContent = text;
  if (label) name(made, label);
  return made;
}

function name(element: HTMLElement, label: string): void {
  element.title = label;
  element.setAttribute("aria-label", label);
}
