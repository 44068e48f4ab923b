import { expect, test } from "vitest";
import { syntheticScene } from "../../test/synthetic-scene.ts";
import { EXPORT_KINDS, type ExportKind } from "./export-kinds.ts";
import { plannedNames } from "./planned-names.ts";
import { writeScene } from "./write-scene.ts";

const { scene, views } = syntheticScene({ names: ["a.PNG", "b.heic"] });

test.each<{ kinds: readonly ExportKind[] }>([
  { kinds: EXPORT_KINDS },
  { kinds: ["nerfstudio"] },
  { kinds: ["colmap-text", "mesh", "surfaces"] },
])("writing over what is the user's: the files of $kinds are known beforehand", async ({ kinds }) => {
  const { files } = await writeScene(
    scene,
    views,
    { write: async () => {} },
    {
      run: { model: { name: "tiny", dtype: "fp32", device: "cpu" }, timings: {}, peakMemoryBytes: 0 },
      encodeJpeg: async () => new Uint8Array(4),
      loadViewerHtml: async () => "",
      loadPhoto: async () => new Uint8Array(4),
      kinds: kinds.filter((kind) => kind !== "report"),
    },
  );
  expect([...plannedNames(views, kinds)].filter((name) => name !== "index.html").sort()).toEqual([...files].sort());
});
