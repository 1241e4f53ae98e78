import { listen } from "../shared/dom";
import { t } from "../shared/i18n";

/** `<mw-copy>` around an input adds the button that copies its value. */
export class CopyField extends HTMLElement {
  connectedCallback(): void {
    const input = this.querySelector("input");
    if (!input || this.querySelector("button")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "mw-button";
    button.textContent = t("Copy");
    button.setAttribute("aria-live", "polite");
    listen(button, "click", () => void this.#copy(input, button));
    listen(input, "focus", () => input.select());
    this.append(button);
  }

  async #copy(input: HTMLInputElement, button: HTMLButtonElement): Promise<void> {
    input.select();
    try {
      await navigator.clipboard.writeText(input.value);
      button.textContent = t("Copied");
    } catch {
      // Pages over plain HTTP have no clipboard; the value is selected for Ctrl+C.
      button.textContent = t("Press Ctrl+C");
    }
    setTimeout(() => (button.textContent = t("Copy")), 2_000);
  }
}
