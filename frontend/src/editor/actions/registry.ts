import { t } from "../../shared/i18n";
import { stepAmount, toggled } from "../state";
import { stepScale } from "../viewport/camera";
import { currentCategory, type Workspace } from "../workspace";
import { flyToStray, flyToUnlabeled } from "./unlabeled";

export type ActionGroup = "edit" | "paint" | "view";

/** Something that happens at once: a button, a shortcut and a line of help come from this one object. */
export interface Action {
  readonly id: string;
  /** English text, translated where it is shown. */
  readonly label: string;
  readonly keys: readonly string[];
  readonly group: ActionGroup;
  /** SVG path on a 24 x 24 grid, or null: no button. */
  readonly icon: string | null;
  /** Changes pixels or painting: absent in a read-only editor. */
  readonly paints: boolean;
  enabled?(workspace: Workspace): boolean;
  /** For switches: whether it is on. */
  active?(workspace: Workspace): boolean;
  run(workspace: Workspace): void;
}

/** Gives every unlabeled pixel to the class, as one undo step. */
export async function giveUnlabeled({ map, pixels }: Workspace, index: number): Promise<void> {
  for (;;) {
    await map.settled();
    const { width, height, revision } = map;
    if (map.adopt(await pixels.rest({ data: map.snapshot(), width, height }, index), revision)) return;
  }
}

/** Gives every unlabeled pixel to the class nearest to it, as one undo step. */
async function giveToNearest({ map, pixels }: Workspace): Promise<void> {
  for (;;) {
    await map.settled();
    const { width, height, revision } = map;
    if (map.adopt(await pixels.nearest({ data: map.snapshot(), width, height }), revision)) return;
  }
}

export const ACTIONS: readonly Action[] = [
  {
    id: "undo",
    label: "Undo",
    keys: ["mod+z"],
    group: "edit",
    icon: "M8.5 5 4 9.5 8.5 14M4.5 9.5H14a5.5 5.5 0 0 1 0 11h-3",
    paints: true,
    enabled: ({ map }) => map.history.canUndo,
    run: ({ map }) => void map.undo(),
  },
  {
    id: "redo",
    label: "Redo",
    keys: ["mod+shift+z", "mod+y"],
    group: "edit",
    icon: "M15.5 5 20 9.5 15.5 14M19.5 9.5H10a5.5 5.5 0 0 0 0 11h3",
    paints: true,
    enabled: ({ map }) => map.history.canRedo,
    run: ({ map }) => void map.redo(),
  },
  {
    id: "smaller",
    label: "Smaller brush, fewer pixels, less tolerance",
    keys: ["["],
    group: "paint",
    icon: null,
    paints: true,
    run: ({ state }) => stepAmount(state, -1),
  },
  {
    id: "larger",
    label: "Larger brush, more pixels, more tolerance",
    keys: ["]"],
    group: "paint",
    icon: null,
    paints: true,
    run: ({ state }) => stepAmount(state, 1),
  },
  {
    id: "mode",
    label: "Paint only unlabeled pixels",
    keys: ["m"],
    group: "paint",
    icon: "M4 4h16v16H4ZM4 12h8V4M8 4v8M4 8h8",
    paints: true,
    active: ({ state }) => state.mode.value === "unlabeled",
    run: ({ state }) => (state.mode.value = state.mode.value === "unlabeled" ? "over" : "unlabeled"),
  },
  {
    id: "mode-inside",
    label: "Paint only inside the chosen class",
    keys: ["shift+m"],
    group: "paint",
    icon: null,
    paints: true,
    active: ({ state }) => typeof state.mode.value === "number",
    enabled: (workspace) => currentCategory(workspace) !== null,
    run: ({ state }) => (state.mode.value = typeof state.mode.value === "number" ? "over" : state.category.value),
  },
  {
    id: "lock",
    label: "Lock the class: no tool changes its pixels",
    keys: ["z"],
    group: "paint",
    icon: null,
    paints: true,
    enabled: (workspace) => currentCategory(workspace) !== null,
    active: ({ state }) => state.locked.value.has(state.category.value),
    run: ({ state }) => (state.locked.value = toggled(state.locked.value, state.category.value)),
  },
  {
    id: "give-unlabeled",
    label: "Give all unlabeled pixels to the class",
    keys: ["shift+u"],
    group: "paint",
    icon: "M4 20V7l8-3v16ZM12 10h8v10H4M14 16l2 2 4-5",
    paints: true,
    enabled: (workspace: Workspace): boolean => workspace.map.unlabeled > 0 && currentCategory(workspace) !== null,
    run: (workspace) => {
      const category = currentCategory(workspace);
      if (category !== null) void giveUnlabeled(workspace, category.index);
    },
  },
  {
    id: "give-nearest",
    label: "Give all unlabeled pixels to their nearest class",
    keys: ["shift+n"],
    group: "paint",
    icon: null,
    paints: true,
    enabled: ({ map }) => map.unlabeled > 0 && map.unlabeled < map.width * map.height,
    run: (workspace) => void giveToNearest(workspace),
  },
  {
    id: "next-unlabeled",
    label: "Fly to the next unlabeled region",
    keys: ["n"],
    group: "view",
    icon: "M3 8V4h4M17 4h4v4M21 16v4h-4M7 20H3v-4M12 9v6M9 12h6",
    paints: true,
    enabled: ({ map }) => map.unlabeled > 0,
    run: (workspace) => void flyToUnlabeled(workspace),
  },
  {
    id: "next-stray",
    label: "Fly to the smallest stray region",
    keys: ["shift+s"],
    group: "view",
    icon: null,
    paints: true,
    enabled: ({ map }) => map.unlabeled < map.width * map.height,
    run: (workspace) => void flyToStray(workspace),
  },
  {
    id: "hatch",
    label: "Mark unlabeled pixels",
    keys: ["u"],
    group: "view",
    icon: "M4 4h16v16H4ZM4 12l8-8M4 20 20 4M12 20l8-8",
    paints: false,
    active: ({ state }) => state.hatch.value,
    run: ({ state }) => (state.hatch.value = !state.hatch.value),
  },
  {
    id: "outlines",
    label: "Outlines",
    keys: ["o"],
    group: "view",
    icon: "M12 4.5c4.5 0 8 2.5 8 7s-3 8-7.5 8S4 17 4 12s3.5-7.5 8-7.5Z",
    paints: false,
    active: ({ state }) => state.outlines.value,
    run: ({ state }) => (state.outlines.value = !state.outlines.value),
  },
  {
    id: "labels-shown",
    label: "Show labels",
    keys: ["v"],
    group: "view",
    icon: "M2.5 12C5 7.5 8.3 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-5.8 6.5-9.5 6.5S5 16.5 2.5 12ZM12 9.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6Z",
    paints: false,
    active: ({ state }) => state.labelsShown.value,
    run: ({ state }) => (state.labelsShown.value = !state.labelsShown.value),
  },
  {
    id: "hide",
    label: "Hide the class",
    keys: ["shift+z"],
    group: "view",
    icon: null,
    paints: false,
    enabled: (workspace) => currentCategory(workspace) !== null,
    active: ({ state }) => state.hidden.value.has(state.category.value),
    run: ({ state }) => (state.hidden.value = toggled(state.hidden.value, state.category.value)),
  },
  {
    id: "show-all",
    label: "Show all classes, unlock all",
    keys: ["shift+x"],
    group: "view",
    icon: null,
    paints: false,
    enabled: ({ state }) => state.hidden.value.size + state.locked.value.size > 0,
    run: ({ state }) => (state.hidden.value = state.locked.value = new Set<number>()),
  },
  {
    id: "fainter",
    label: "Labels more transparent",
    keys: [","],
    group: "view",
    icon: null,
    paints: false,
    run: ({ state }) => (state.opacity.value = Math.max(0, Math.round(state.opacity.value * 10 - 1) / 10)),
  },
  {
    id: "stronger",
    label: "Labels less transparent",
    keys: ["."],
    group: "view",
    icon: null,
    paints: false,
    run: ({ state }) => (state.opacity.value = Math.min(1, Math.round(state.opacity.value * 10 + 1) / 10)),
  },
  {
    id: "zoom-in",
    label: "Zoom in",
    keys: ["+", "="],
    group: "view",
    icon: null,
    paints: false,
    run: ({ stage }) => stage.zoom(stepScale(stage.camera.scale, 1) / stage.camera.scale),
  },
  {
    id: "zoom-out",
    label: "Zoom out",
    keys: ["-"],
    group: "view",
    icon: null,
    paints: false,
    run: ({ stage }) => stage.zoom(stepScale(stage.camera.scale, -1) / stage.camera.scale),
  },
  {
    id: "fit",
    label: "Show the whole image",
    keys: ["0"],
    group: "view",
    icon: null,
    paints: false,
    run: ({ stage }) => stage.fit(),
  },
];

export function availableActions(readOnly: boolean): readonly Action[] {
  return ACTIONS.filter((action) => !readOnly || !action.paints);
}

/** Group headings of the help sheet. */
export const GROUP_LABELS: Readonly<Record<ActionGroup, () => string>> = {
  edit: () => t("Edit"),
  paint: () => t("Painting"),
  view: () => t("View"),
};
