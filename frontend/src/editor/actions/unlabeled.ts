import { formatNumber, t } from "../../shared/i18n";
import { grow, intersect } from "../document/rect";
import type { Workspace } from "../workspace";

/** Regions already shown since the document last changed, by their seed pixel, per open document. */
const shown = new WeakMap<object, { revision: number; next: number }>();

/** Moves the view to the largest unlabeled region, then to the next largest, and so on round. */
export async function flyToUnlabeled(workspace: Workspace): Promise<void> {
  const { map, pixels, stage, state } = workspace;
  const revision = map.revision;
  const { width, height } = map;
  const regions = await pixels.unlabeledRegions({ data: map.snapshot(), width, height });
  if (regions.length === 0) return;
  const seen = shown.get(map);
  const next = seen !== undefined && seen.revision === revision ? seen.next % regions.length : 0;
  shown.set(map, { revision, next: next + 1 });
  const { box, area } = regions[next];
  const around = Math.max(8, Math.round(0.25 * Math.max(box.x1 - box.x0, box.y1 - box.y0)));
  stage.fit(intersect(grow(box, around), map.bounds), 16);
  state.hatch.value = true;
  state.notice.value = {
    kind: "info",
    text: t("Unlabeled region {number} of {count}: {area} pixels", { number: next + 1, count: formatNumber(regions.length), area: formatNumber(area) }),
  };
}
