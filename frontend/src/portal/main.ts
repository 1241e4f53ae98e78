/** Every page's entry: the look, the header's menus, and the worker portal where a page has one. */
import "../shared/tokens.css";
import "../shared/base.css";
import "../shared/components.css";
import "../shared/feedback.css";
import "../shared/forms.css";
import "../shared/header.css";
import "../shared/layout.css";
import "./portal.css";
import { closeMenusOutside } from "../shared/menus";
import { finishSignInWindow } from "./sign-in-again";

if (!finishSignInWindow()) {
  closeMenusOutside();
  if (document.querySelector("mw-work-portal")) void import("./work-portal");
}
