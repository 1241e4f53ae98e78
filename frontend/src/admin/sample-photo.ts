/** A street drawn from shapes, in flat colours a labeler can tell apart: the preview without a photo. */

const [WIDTH, HEIGHT] = [1200, 800];

type Shape = (pen: OffscreenCanvasRenderingContext2D) => void;

const box = (color: string, x: number, y: number, width: number, height: number): Shape => (pen) => {
  pen.fillStyle = color;
  pen.fillRect(x, y, width, height);
};

const disc = (color: string, x: number, y: number, radius: number): Shape => (pen) => {
  pen.fillStyle = color;
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fill();
};

const polygon = (color: string, ...points: readonly (readonly [number, number])[]): Shape => (pen) => {
  pen.fillStyle = color;
  pen.beginPath();
  points.forEach(([x, y], at) => (at === 0 ? pen.moveTo(x, y) : pen.lineTo(x, y)));
  pen.fill();
};

const SKY: Shape = (pen) => {
  const sky = pen.createLinearGradient(0, 0, 0, 520);
  sky.addColorStop(0, "#8fb8d8");
  sky.addColorStop(1, "#dfe9ee");
  pen.fillStyle = sky;
  pen.fillRect(0, 0, WIDTH, 520);
};

const SCENE: readonly Shape[] = [
  SKY,
  disc("#f5e6b8", 1010, 130, 56),
  polygon("#9db29a", [0, 470], [260, 330], [560, 450], [820, 350], [1200, 460], [1200, 540], [0, 540]),
  box("#7f9a6d", 0, 500, WIDTH, 120),
  box("#62676c", 0, 600, WIDTH, 200),
  ...[60, 320, 580, 840, 1100].map((x) => box("#d9d5c6", x, 694, 120, 12)),
  // A house
  box("#d3b08c", 150, 310, 300, 230),
  polygon("#8c4a3a", [120, 320], [300, 190], [480, 320]),
  box("#5a4636", 270, 420, 66, 120),
  ...[186, 366].map((x) => box("#a9c4d2", x, 370, 54, 58)),
  // Two trees
  box("#6b5138", 590, 400, 24, 140),
  ...([[602, 340, 78], [556, 386, 52], [650, 384, 54]] as const).map(([x, y, r]) => disc("#4f7a4a", x, y, r)),
  box("#6b5138", 1068, 440, 18, 100),
  ...([[1077, 400, 54], [1046, 428, 36], [1108, 428, 38]] as const).map(([x, y, r]) => disc("#5d8a50", x, y, r)),
  // A car
  polygon("#b5413b", [742, 590], [790, 530], [930, 530], [984, 590]),
  box("#b5413b", 700, 586, 330, 78),
  polygon("#c8dbe4", [772, 584], [800, 544], [850, 544], [850, 584]),
  polygon("#c8dbe4", [866, 584], [866, 544], [922, 544], [954, 584]),
  ...[776, 954].flatMap((x) => [disc("#25292c", x, 664, 38), disc("#9aa2a7", x, 664, 16)]),
  // A cat on the pavement
  polygon("#3c3a3e", [352, 566], [362, 530], [382, 556], [402, 556], [420, 530], [430, 566], [424, 596], [360, 596]),
  box("#3c3a3e", 366, 590, 96, 62),
  polygon("#3c3a3e", [456, 600], [510, 560], [520, 570], [468, 640]),
  ...[372, 400, 436].map((x) => box("#3c3a3e", x, 645, 16, 34)),
  ...[378, 408].map((x) => disc("#d7c26a", x, 572, 5)),
];

export async function drawSample(): Promise<Blob> {
  const canvas = new OffscreenCanvas(WIDTH, HEIGHT);
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("no canvas");
  for (const shape of SCENE) shape(pen);
  return canvas.convertToBlob({ type: "image/png" });
}
