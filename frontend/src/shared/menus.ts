import { listen, type Disposer } from "./dom";

/** Header menus are `<details>`; a click outside or Escape closes them, Escape gives the focus back. */
export function closeMenusOutside(): Disposer {
  const open = (): NodeListOf<HTMLDetailsElement> => document.querySelectorAll<HTMLDetailsElement>("details.mw-menu[open]");
  const disposers = [
    listen(document, "click", (event) => {
      for (const menu of open()) if (!(event.target instanceof Node && menu.contains(event.target))) menu.open = false;
    }),
    listen(document, "keydown", (event) => {
      if (event.key !== "Escape") return;
      for (const menu of open()) {
        menu.open = false;
        menu.querySelector("summary")?.focus();
        event.preventDefault();
      }
    }),
  ];
  return () => disposers.forEach((dispose) => dispose());
}
