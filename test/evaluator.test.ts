import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { writeScene } from "../src/export/write-scene.ts";
import { encodePng16 } from "../src/formats/png16.ts";
import { plainSceneJson } from "./plain-scene-json.ts";
import { syntheticScene } from "./synthetic-scene.ts";

const EVALUATOR = resolve(import.meta.dirname, "../../shared/evaluate/evaluate.mjs");
const run = {
  model: { name: "exact", dtype: "fp32", device: "cpu" },
  timings: {},
  peakMemoryBytes: 0,
};

test.skipIf(!existsSync(EVALUATOR))("the evaluator finds no fault in an exact scene", async () => {
  const { evaluateScene, loadTruth, readJson } = await import(pathToFileURL(EVALUATOR).href);
  const synthetic = syntheticScene({ names: ["a.jpg", "b.jpg", "c.jpg"], size: { width: 128, height: 96 } });
  const { scene, views } = synthetic;
  const folder = await mkdtemp(join(tmpdir(), "dust3r-evaluator-"));
  try {
    const sink = {
      async write(name: string, bytes: Uint8Array) {
        await mkdir(dirname(join(folder, name)), { recursive: true });
        await writeFile(join(folder, name), bytes);
      },
    };
    await writeScene(scene, views, sink, {
      run,
      kinds: ["depth"],
      encodeJpeg: async () => new Uint8Array(),
      loadViewerHtml: async () => "",
    });
    await writeTruth(synthetic, sink);
    const result = readJson(join(folder, "scene.json"));
    const report = evaluateScene(loadTruth(join(folder, "truth")), result, { folder });
    expect(report.warnings).toEqual([]);
    expect(report).toMatchObject({ images: 3, registered: 3, maa30: 1, focal_images: 3 });
    expect(report.centre_error).toBeLessThan(1e-9);
    expect(report.focal_error).toBeLessThan(1e-12);
    expect(report.depth).toMatchObject({ images: 3, images_missing: 0, coverage: 1 });
    expect(report.depth.abs_rel).toBeLessThan(0.005);
    expect(report.depth.delta_1_03).toBeGreaterThan(0.985);
  } finally {
    await rm(folder, { recursive: true });
  }
});

type Sink = Parameters<typeof writeScene>[2];

/** The synthetic scene as ground truth: the depth traced at every original pixel the network saw. */
async function writeTruth({ scene, views, depthAt }: ReturnType<typeof syntheticScene>, sink: Sink): Promise<void> {
  const scale = 1e-4;
  const images = plainSceneJson(scene, views, run).images.map((image) => ({
    ...image,
    depth: { file: `${image.file}.png`, scale },
  }));
  await sink.write("truth/scene.json", new TextEncoder().encode(JSON.stringify({ name: "exact", images })));
  for (const [i, { original, originalFromNetwork, width, height, name }] of views.entries()) {
    const { scaleX, scaleY, offsetX, offsetY } = originalFromNetwork;
    const data = Uint16Array.from({ length: original.width * original.height }, (_, pixel) => {
      const [x, y] = [pixel % original.width, Math.floor(pixel / original.width)];
      const seen = Math.abs((x - offsetX) / scaleX - (width - 1) / 2) < width / 2;
      const alsoSeen = Math.abs((y - offsetY) / scaleY - (height - 1) / 2) < height / 2;
      return seen && alsoSeen ? Math.round(depthAt(i, x, y) / scale) : 0;
    });
    await sink.write(`truth/${name}.png`, await encodePng16({ ...original, data }));
  }
}
