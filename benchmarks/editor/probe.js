/**
 * Runs in the editor's development page (frontend/dev) and measures it from inside. Times are milliseconds of
 * `performance.now()`. "Drawn" means that a pixel of the picture was read back after the frame's drawing, which
 * makes the browser finish it; presentation on a screen comes after it and is not measured.
 */
(() => {
  const editor = () => document.querySelector("segmentation-editor");
  const engine = () => editor().engine;
  const host = () => (window.bare ? window.bare.canvas : engine().stage.host);
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));

  /** Finishes what was drawn into the picture. */
  function finish() {
    const canvas = window.bare ? window.bare.canvas : engine().stage.host.querySelector("canvas");
    const gl = window.bare ? null : canvas.getContext("webgl2");
    if (gl) gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
    else canvas.getContext("2d").getImageData(0, 0, 1, 1);
  }

  /** Starts to watch: latency of each pointer or wheel event, work of its handlers, frames, long tasks. */
  function watch(types) {
    const seen = { latency: [], handler: [], frames: [], longTasks: [] };
    let began = 0;
    let running = true;
    let last = 0;
    const tick = (now) => {
      if (last > 0) seen.frames.push(now - last);
      last = now;
      if (running) requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
    const observer = new PerformanceObserver((list) => seen.longTasks.push(...list.getEntries().map((entry) => entry.duration)));
    observer.observe({ entryTypes: ["longtask"] });
    const start = () => (began = performance.now());
    const end = (event) => {
      seen.handler.push(performance.now() - began);
      // Asked for after the editor asked for its frame, so it runs after the editor's drawing.
      requestAnimationFrame(() => {
        finish();
        seen.latency.push(performance.now() - event.timeStamp);
      });
    };
    for (const type of types) {
      window.addEventListener(type, start, { capture: true });
      window.addEventListener(type, end);
    }
    return async () => {
      await frame();
      await frame();
      running = false;
      seen.longTasks.push(...observer.takeRecords().map((entry) => entry.duration));
      observer.disconnect();
      for (const type of types) {
        window.removeEventListener(type, start, { capture: true });
        window.removeEventListener(type, end);
      }
      return seen;
    };
  }

  /** From the next press of `type` until the document's next revision is drawn; and the longest gap between frames. */
  function untilChanged(type) {
    const { map } = engine().workspace;
    const before = map.revision;
    return new Promise((resolve) => {
      window.addEventListener(
        type,
        (event) => {
          let last = performance.now();
          let gap = 0;
          const look = () => {
            gap = Math.max(gap, performance.now() - last);
            last = performance.now();
            if (map.revision === before) {
              requestAnimationFrame(look);
              return;
            }
            // Once more: the editor's own frame may come after this callback.
            requestAnimationFrame(() => {
              finish();
              const now = performance.now();
              resolve({ took: now - event.timeStamp, gap: Math.max(gap, now - last) });
            });
          };
          requestAnimationFrame(look);
        },
        { capture: true, once: true },
      );
    });
  }

  /** A mask with edges that differ in every row: 12 classes and some unlabeled pixels in wobbling cells. */
  function cells(width, height) {
    const wave = Int32Array.from({ length: Math.max(width, height) }, (_, at) => 40 * Math.sin(at * 0.013) + 11 * Math.sin(at * 0.171));
    const cell = Math.round(Math.max(width, height) / 14);
    const data = new Uint8Array(width * height);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const column = ((x + wave[y] + 128) / cell) | 0;
        const row = ((y + wave[x] + 128) / cell) | 0;
        data[y * width + x] = (column * 5 + row * 7) % 13;
      }
    }
    return data;
  }

  async function timed(work) {
    const before = performance.now();
    await work();
    return performance.now() - before;
  }

  let raster = null;

  window.probe = {
    watch,
    untilChanged,
    editor,
    engine,
    renderer: () => engine().stage.rendererName,
    fill(kind) {
      const { map } = engine().workspace;
      raster = kind === "empty" ? new Uint8Array(map.data.length) : cells(map.width, map.height);
      map.replace(raster);
    },
    /** Encoding of the document as it is sent, and its size. */
    async encode() {
      let size = 0;
      const took = await timed(async () => (size = (await editor().session.ports.encode()).length));
      return { took, size };
    },
    /** The browser's own compressor over the same bytes, nothing else: what encoding cannot do without. */
    async deflate() {
      const bytes = engine().workspace.map.data.slice();
      let size = 0;
      const took = await timed(async () => {
        const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
        size = (await new Response(stream).arrayBuffer()).byteLength;
      });
      return { took, size };
    },
    /** Opens the assignment anew, with the saved draft if there is one, until it is drawn. */
    async load() {
      const page = editor();
      const { assignment, transport } = page;
      const seq = transport.draft?.seq ?? 0;
      const began = performance.now();
      let last = began;
      let gap = 0;
      page.assignment = {
        ...assignment,
        id: `again-${began}`,
        draft: transport.draft === null ? null : { seq, sha256: "", url: "" },
      };
      await page.updateComplete;
      while (page.status.kind !== "open") {
        await frame();
        gap = Math.max(gap, performance.now() - last);
        last = performance.now();
      }
      await frame();
      finish();
      return { took: performance.now() - began, gap: Math.max(gap, performance.now() - last) };
    },
    async saveDraft() {
      await editor().session.drafts.flush();
      return editor().transport.draft !== null;
    },
    /** The browser's decoding of the same file, and nothing else. */
    async decodeOnly() {
      const blob = editor().transport.image;
      return timed(async () => (await createImageBitmap(blob, { colorSpaceConversion: "none" })).close());
    },
    /** Filling as many bytes as the picture has pixels: what a fill of everything cannot do without. */
    async bytesOnly() {
      const bytes = new Uint8Array(engine().workspace.map.data.length).fill(1);
      return timed(async () => bytes.fill(2));
    },
    /** In place of the editor: a bare 2D canvas of the view's size with the same picture, lines drawn straight on it. */
    async bare(width) {
      const { view, ratio, camera } = engine().stage;
      const image = await createImageBitmap(editor().transport.image, {
        resizeWidth: Math.round(engine().workspace.map.width * camera.scale),
      });
      const box = host().getBoundingClientRect();
      const canvas = document.createElement("canvas");
      canvas.width = view.width * ratio;
      canvas.height = view.height * ratio;
      canvas.style.cssText = `position:fixed;left:${box.left}px;top:${box.top}px;width:${view.width}px;height:${view.height}px`;
      editor().style.visibility = "hidden";
      document.body.append(canvas);
      const context = canvas.getContext("2d");
      context.drawImage(image, 0, 0);
      context.lineWidth = width * camera.scale;
      context.lineCap = "round";
      context.strokeStyle = "rgb(200 40 40)";
      let at = null;
      let queue = [];
      const draw = () => {
        context.beginPath();
        context.moveTo(at.x, at.y);
        for (const point of queue) context.lineTo(point.x, point.y);
        context.stroke();
        at = queue[queue.length - 1];
        queue = [];
      };
      const place = (event) => ({ x: event.clientX - box.left, y: event.clientY - box.top });
      canvas.addEventListener("pointerdown", (event) => (at = place(event)));
      canvas.addEventListener("pointermove", (event) => {
        if (at === null) return;
        if (queue.length === 0) requestAnimationFrame(draw);
        queue.push(...event.getCoalescedEvents().map(place));
      });
      canvas.addEventListener("pointerup", () => requestAnimationFrame(() => (at = null)));
      window.bare = {
        canvas,
        /** Moving the picture instead of painting: all of it drawn at the pointer's place. */
        pan() {
          canvas.addEventListener("pointermove", (event) => {
            const { x, y } = place(event);
            requestAnimationFrame(() => context.drawImage(image, x - 400, y - 300));
          });
        },
      };
    },
    bareEnd() {
      window.bare.canvas.remove();
      delete window.bare;
      editor().style.visibility = "";
    },
  };
})();
