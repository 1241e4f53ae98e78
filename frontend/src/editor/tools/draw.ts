/** Overlay strokes that are seen on any photo: a dark line under a light one. */
export function strokeContrast(context: CanvasRenderingContext2D, path: Path2D, dashed = false): void {
  context.lineJoin = "round";
  context.setLineDash([]);
  context.lineWidth = 3;
  context.strokeStyle = "rgb(0 0 0 / 65%)";
  context.stroke(path);
  context.setLineDash(dashed ? [5, 4] : []);
  context.lineWidth = 1.25;
  context.strokeStyle = "#fff";
  context.stroke(path);
  context.setLineDash([]);
}

/** A handle: a small filled disc with a ring. */
export function drawHandle(context: CanvasRenderingContext2D, x: number, y: number, color: string, radius = 4): void {
  context.beginPath();
  context.arc(x, y, radius, 0, Math.PI * 2);
  context.fillStyle = color;
  context.fill();
  context.lineWidth = 3.5;
  context.strokeStyle = "rgb(0 0 0 / 65%)";
  context.stroke();
  context.lineWidth = 1.75;
  context.strokeStyle = "#fff";
  context.stroke();
}
