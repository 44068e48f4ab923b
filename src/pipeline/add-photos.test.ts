import { mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeMapFolder } from "../../test/map-folder.ts";
import { writePhoto } from "../../test/room-photos.ts";
import { generateScene } from "../procedural/generate-scene.ts";
import { readSceneFile } from "../scene-file/read-scene-file.ts";
import { addPhotos, loadStoredImages } from "./add-photos.ts";

const PLAN = { size: 64, patchSize: 16 };
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dust3r-add-"));
  await writePhoto(join(folder, "new.jpg"), { width: 64, height: 48 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A scene folder, as somebody else may have made it. */
async function sceneFolder(name: string, change: (scene: Record<string, unknown>) => object = (scene) => scene) {
  const { views } = generateScene(8, 2, { views: 2, width: 64, height: 48, casual: false });
  const map = join(folder, name);
  await writeMapFolder(map, new Map(views.map((view, i) => [`${i}.jpg`, view])));
  const path = join(map, "scene.json");
  await writeFile(path, JSON.stringify(change(JSON.parse(await readFile(path, "utf8")))));
  return map;
}

describe("a scene folder from somebody else", () => {
  test.each(["../weights.pth", "/etc/weights.safetensors", "somebody/model"])(
    "does not decide that the model %s is opened",
    async (name) => {
      const map = await sceneFolder("model", (scene) => ({ ...scene, model: { name, dtype: "fp32", device: "cpu" } }));
      await expect(addPhotos(map, join(folder, "new.jpg"))).rejects.toThrow(
        /its scene was made with the model .*, which is not an embedded one: name the model to use/,
      );
    },
  );

  test("has no photos or depth maps that are links to files outside", async () => {
    const load = async (map: string) => {
      const file = await readSceneFile(join(map, "scene.json"));
      return loadStoredImages(file, { map }, PLAN);
    };
    const linked = async (name: string, file: string) => {
      const map = await sceneFolder(name);
      await rename(join(map, file), join(folder, `${name}-outside`));
      await symlink(join(folder, `${name}-outside`), join(map, file));
      return map;
    };
    await expect(load(await linked("photo", "1.jpg"))).rejects.toThrow(/1\.jpg is a link out of the scene's folder/);
    await expect(load(await linked("depth", "1.jpg.depth.png"))).rejects.toThrow(
      /1\.jpg\.depth\.png is a link out of the scene's folder/,
    );
  });

  test.each(["../new.jpg", "/etc/passwd"])("has no file %s", async (file) => {
    const map = await sceneFolder("names", ({ images, ...scene }) => {
      const [first, ...others] = images as Record<string, unknown>[];
      return { ...scene, images: [{ ...first, file }, ...others] };
    });
    await expect(readSceneFile(join(map, "scene.json"))).rejects.toThrow(/scene\.json/);
  });
});
