/** Every page's entry: the look, the header's menus, and the worker portal where a page has one. */
import "../shared/tokens.css";
import "../shared/base.css";
import "../shared/components.css";
import "../shared/feedback.css";
import "../shared/forms.css";
import "../shared/header.css";
import "../shared/layout.css";
import "../shared/charts.css";
import "./portal.css";
import "./own-pages.css";
import "./feedback-view.css";
import { closeMenusOutside } from "../shared/menus";
import { watchOrganization } from "../shared/organization-watch";
import { finishSignInWindow } from "./sign-in-again";

/** A file of the page did not come, or is not there any more since a new version was installed. */
function tellNotLoaded(portal: Element): void {
  const late = portal.querySelector(".mw-late");
  late?.previousElementSibling?.remove();
  late?.classList.remove("mw-late");
}

if (!finishSignInWindow()) {
  closeMenusOutside();
  watchOrganization();
  // In narrow windows the tabs are one line that scrolls: the page one is on is in sight.
  document.querySelector(".mw-tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  const portal = document.querySelector("mw-work-portal");
  if (portal) import("./work-portal").catch(() => tellNotLoaded(portal));
}
