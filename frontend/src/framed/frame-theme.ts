/** Whether the page is light or dark now, as its frame is told. */
export function frameTheme(root: HTMLElement = document.documentElement): "light" | "dark" {
  const chosen = root.dataset["theme"];
  if (chosen === "dark" || chosen === "light") return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}
