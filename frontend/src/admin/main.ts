/** The entry of both admins: Django's frame in our look, and the elements where a page has them. */
import "../shared/tokens.css";
import "../shared/base.css";
import "../shared/components.css";
import "../shared/feedback.css";
import "../shared/forms.css";
import "../shared/header.css";
import "../shared/layout.css";
import "../shared/charts.css";
import "./money.css";
import "./admin.css";
import "./manage.css";
import "./elements.css";
import "./pages.css";
import "./page-forms.css";
import "./categories.css";
import "./overview.css";
import "./job-console.css";
import "./photos.css";
import "./pick.css";
import "./shares.css";
import "./quality.css";
import { closeMenusOutside } from "../shared/menus";
import { watchOrganization } from "../shared/organization-watch";
import { CategoryTable } from "./category-table";
import { CopyField } from "./copy";
import { Pick } from "./pick";
import { watchThumbnails } from "./thumbnails";

closeMenusOutside();
watchOrganization();
watchThumbnails();
document.querySelector("[data-print]")?.addEventListener("click", () => print());

// In narrow windows the side bar is one line that scrolls: the page one is on is in sight.
const side = document.querySelector<HTMLElement>(".manage-side");
const here = side?.querySelector<HTMLElement>("[aria-current]");
if (side && here) side.scrollLeft = here.offsetLeft - (side.clientWidth - here.offsetWidth) / 2;
customElements.define("mw-copy", CopyField);
customElements.define("mw-pick", Pick);
customElements.define("mw-category-table", CategoryTable);

const ELEMENTS: Readonly<Record<string, () => Promise<unknown>>> = {
  "mw-upload": () => import("./upload"),
  "mw-job-progress": () => import("./job-progress"),
  "mw-template-preview": () => import("./template-preview"),
  "mw-frame-preview": () => import("./frame-preview"),
  "mw-object-viewer": () => import("./object-viewer"),
};

if (document.querySelector("textarea[name=instructions]")) {
  void import("./insert-picture").then(({ offerPictures }) => offerPictures(document));
}
for (const [name, load] of Object.entries(ELEMENTS)) if (document.querySelector(name)) void load();
