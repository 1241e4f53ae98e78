/** All that reviews, returned images and verifications need beside the editor: loaded with the first such task. */
import "../verdict/verdict-panel";
import "./pin-layer";
import "./review-panel";
import "./rework-panel";

export { verdictCommands, VerdictDesk } from "../verdict/desk";
export { reviewCommands, reworkCommands } from "./commands";
export { ReviewDesk } from "./desk";
export { Rework } from "./rework";
export { acceptPaintedDialog, sendBackDialog } from "./send-back-dialog";
