/**
 * The editor without a server, for development and browser checks. Query: `size=1600x1067`, `mode`, `classes=4`,
 * `theme=dark`, `cover` (full coverage wanted), `paused`, `seconds=3540`, `slow` (segment takes 2 s),
 * `renderer=webgl`.
 */
import "../src/editor/main";
import type { AssignmentInput } from "../src/editor/assignment-input";
import { FixtureTransport } from "../src/editor/transport/fixture";
import type { Assignment, SegmentRequest, SegmentResult } from "../src/editor/transport/transport";
import { drawScene } from "./scene";

const query = new URLSearchParams(location.search);
const [width, height] = (query.get("size") ?? "1600x1067").split("x").map(Number);
document.documentElement.dataset.theme = query.get("theme") ?? "light";

const NAMES = ["Road", "Building", "Tree", "Sky", "Car", "Person", "Bicycle", "Traffic sign"];
const COLORS = ["#8c6bb1", "#e69f00", "#009e73", "#56b4e9", "#d55e00", "#f0e442", "#0072b2", "#cc79a7"];

class DemoTransport extends FixtureTransport {
  override async segment(assignment: Assignment, request: SegmentRequest): Promise<SegmentResult> {
    if (query.has("slow")) await new Promise((resolve) => setTimeout(resolve, 2000));
    return super.segment(assignment, request);
  }
}

const assignment: AssignmentInput = {
  id: "0199-fixture",
  token: 1,
  seconds_left: Number(query.get("seconds") ?? 3540),
  paused: query.has("paused"),
  task: { id: "task-1", job: { id: "job-1", name: "street-1" }, data_object: { id: "object-12", code: "3e4f5b" } },
  image: { url: "", width, height },
  categories: Array.from({ length: Number(query.get("classes") ?? 6) }, (_, at) => ({
    index: at + 1,
    name: NAMES[at] ?? `Class ${at + 1}`,
    color: COLORS[at] ?? `#${((at * 2654435761) >>> 8).toString(16).padStart(6, "0").slice(-6)}`,
    key: at < 9 ? String(at + 1) : "",
    description: "",
  })),
  template: {
    title: "Street scenes: label what is on the road",
    instructions_html:
      "<p>Label <strong>every pixel</strong> you are sure about.</p><ul><li>Trees include trunk and leaves.</li><li>A car's windows belong to the car.</li><li>Leave reflections unlabeled.</li></ul><h3>When in doubt</h3><p>Follow the visible edge, not the shadow.</p>",
    require_full_coverage: query.has("cover"),
  },
};

const editor = document.querySelector("segmentation-editor");
if (editor !== null) {
  editor.mode = query.get("mode") === "preview" ? "preview" : query.get("mode") === "view" ? "view" : "work";
  const renderer = query.get("renderer");
  if (renderer === "webgl" || renderer === "canvas2d") editor.renderer = renderer;
  editor.transport = new DemoTransport(await drawScene(width, height));
  editor.assignment = assignment;
  const events: [string, unknown][] = [];
  for (const type of ["submitted", "released", "declined", "paused", "lease-lost", "signed-out", "dirty"]) {
    editor.addEventListener(`mw-${type}`, (event) => events.push([type, (event as CustomEvent).detail]));
  }
  Object.assign(window, { fixture: { events, transport: editor.transport } });
}
