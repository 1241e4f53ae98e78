/** A street at noon, drawn: something with edges to paint along. */
export async function drawScene(width: number, height: number): Promise<Blob> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("no canvas");
  context.scale(width / 1600, height / 1067);
  const sky = context.createLinearGradient(0, 0, 0, 620);
  sky.addColorStop(0, "#6f9fc9");
  sky.addColorStop(1, "#dfe8ea");
  context.fillStyle = sky;
  context.fillRect(0, 0, 1600, 700);
  const houses = ["#a98d78", "#8c8f92", "#b7a08a", "#7d6f66", "#9aa3a6"];
  for (let at = 0; at < 7; at++) {
    const left = at * 240 - 40;
    const top = 220 + ((at * 97) % 170);
    context.fillStyle = houses[at % houses.length];
    context.fillRect(left, top, 232, 700 - top);
    context.fillStyle = "#3f4a52";
    for (let row = 0; row < 5; row++) for (let column = 0; column < 4; column++) context.fillRect(left + 24 + column * 52, top + 28 + row * 78, 28, 44);
  }
  context.fillStyle = "#5d6063";
  context.fillRect(0, 700, 1600, 367);
  context.fillStyle = "#8b8d8c";
  context.fillRect(0, 690, 1600, 34);
  context.fillStyle = "#d8d6c8";
  for (let at = 0; at < 9; at++) context.fillRect(at * 190 + 30, 870, 110, 12);
  for (const [x, size] of [[180, 120], [760, 150], [1330, 130]]) {
    context.fillStyle = "#54402f";
    context.fillRect(x - 12, 560, 24, 150);
    context.fillStyle = "#3f6b3a";
    for (let leaf = 0; leaf < 26; leaf++) {
      context.beginPath();
      context.arc(x + Math.cos(leaf * 2.4) * size * 0.6, 470 + Math.sin(leaf * 1.7) * size * 0.6, size * 0.42, 0, 7);
      context.fill();
    }
  }
  context.fillStyle = "#a8322d";
  context.beginPath();
  context.roundRect(420, 770, 380, 110, 30);
  context.fill();
  context.beginPath();
  context.roundRect(500, 700, 220, 100, 40);
  context.fill();
  context.fillStyle = "#26313a";
  context.fillRect(522, 716, 84, 58);
  context.fillRect(618, 716, 84, 58);
  for (const x of [500, 720]) {
    context.beginPath();
    context.arc(x, 880, 44, 0, 7);
    context.fill();
  }
  context.fillStyle = "#2b3a55";
  context.fillRect(1080, 700, 56, 120);
  context.fillStyle = "#d9a98a";
  context.beginPath();
  context.arc(1108, 672, 28, 0, 7);
  context.fill();
  return canvas.convertToBlob({ type: "image/png" });
}
