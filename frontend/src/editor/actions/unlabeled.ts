import { formatNumber, t } from "../../shared/i18n";
import { grow, intersect } from "../document/rect";
import type { Workspace } from "../workspace";

type Kind = "unlabeled" | "stray";

/** Which region comes next, for as long as the document does not change, per open document. */
const shown: Readonly<Record<Kind, WeakMap<object, { revision: number; next: number }>>> = { unlabeled: new WeakMap(), stray: new WeakMap() };

/** Moves the view to the largest unlabeled region, then to the next largest, and so on round. */
export async function flyToUnlabeled(workspace: Workspace): Promise<void> {
  const { state } = workspace;
  const found = await fly(workspace, "unlabeled");
  if (found === null) return;
  state.hatch.value = true;
  state.notice.value = { kind: "info", text: t("Unlabeled region {number} of {count}: {area} pixels", found) };
}

/** Moves the view to the smallest region that is not its class's largest, then to the next smallest, and so on round. */
export async function flyToStray(workspace: Workspace): Promise<void> {
  const { categories, map, state } = workspace;
  const found = await fly(workspace, "stray");
  const name = found === null ? "" : (categories.find(({ index }) => index === map.data[found.pixel])?.name ?? "");
  const text =
    found === null
      ? t("There is no stray region: each class is in one piece.")
      : t("Stray region {number} of {count}: {name}, {area} pixels", { ...found, name });
  state.notice.value = { kind: "info", text };
}

/** Shows the next region of this kind; null when there is none. */
async function fly({ map, pixels, stage }: Workspace, kind: Kind): Promise<{ number: number; count: string; area: string; pixel: number } | null> {
  const { width, height, revision } = map;
  const raster = { data: map.snapshot(), width, height };
  const regions = await (kind === "unlabeled" ? pixels.unlabeledRegions(raster) : pixels.strayRegions(raster));
  if (regions.length === 0) return null;
  const seen = shown[kind].get(map);
  const next = seen !== undefined && seen.revision === revision ? seen.next % regions.length : 0;
  shown[kind].set(map, { revision, next: next + 1 });
  const { box, area, seed } = regions[next];
  const around = Math.max(8, Math.round(0.25 * Math.max(box.x1 - box.x0, box.y1 - box.y0)));
  stage.fit(intersect(grow(box, around), map.bounds), 16);
  return { number: next + 1, count: formatNumber(regions.length), area: formatNumber(area), pixel: seed[1] * width + seed[0] };
}
