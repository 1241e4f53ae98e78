import { t } from "../../shared/i18n";
import type { OtherCommand } from "../actions/shortcuts";
import type { ReviewDesk } from "./desk";
import type { PinList } from "./pins";
import { RESULT } from "./sides";
import { commandOf } from "./review-panel";

export interface ReviewActions {
  readonly accept: () => void;
  readonly sendBack: () => void;
}

/** A reviewer's commands: one key each. */
export function reviewCommands(desk: ReviewDesk, on: ReviewActions): OtherCommand[] {
  return [
    { id: "accept", label: "Accept", keys: ["y", "mod+enter"], run: on.accept },
    { id: "send-back", label: "Send back", keys: ["r"], run: on.sendBack },
    { id: "next-disputed", label: "Next disputed region", keys: ["j"], run: () => desk.jump(1) },
    { id: "previous-disputed", label: "Previous disputed region", keys: ["k"], run: () => desk.jump(-1) },
    { id: "take-region", label: "Take over the chosen answer in this region", keys: ["t"], run: () => void desk.takeRegion() },
    { id: "flip", label: "Between your mask and the chosen answer", keys: ["q"], run: () => desk.flip() },
    ...desk.sides.filter(({ available }) => available).map(({ id, answer }) => ({
      id: commandOf(id),
      label: id === RESULT ? t("Look at the consolidated mask") : t("Look at answer {name}", { name: answer?.name ?? "" }),
      keys: [id === RESULT ? "shift+v" : `shift+${(answer?.name ?? "").toLowerCase()}`],
      run: () => void desk.look(id),
    })),
    { id: "compare", label: "Only what differs from my mask", keys: ["c"], run: () => (desk.compare.value = !desk.compare.value) },
    { id: "disagreement", label: "Disagreement", keys: ["d"], run: () => (desk.heatShown.value = !desk.heatShown.value) },
    pinsShown(desk.pins),
  ];
}

/** The keys of a labeler whose image came back. */
export function reworkCommands(pins: PinList, step: (by: 1 | -1) => void): OtherCommand[] {
  return [
    { id: "next-comment", label: "Next comment", keys: ["j"], run: () => step(1) },
    { id: "previous-comment", label: "Previous comment", keys: ["k"], run: () => step(-1) },
    pinsShown(pins),
  ];
}

function pinsShown(pins: PinList): OtherCommand {
  return { id: "comments-shown", label: "Show comments", keys: [";"], run: () => (pins.shown.value = !pins.shown.value) };
}
