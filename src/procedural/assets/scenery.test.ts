import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Document, WebIO } from "@gltf-transform/core";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seededRandom } from "../../core/random.ts";
import { lookAt } from "../photographer.ts";
import { extentOf, type Furnishing } from "../photos/furnishing.ts";
import { renderView } from "../render.ts";
import { compileScene } from "../scene-model.ts";
import { createShader } from "../shade.ts";
import { randomSky } from "../sky.ts";
import { openScenery } from "./scenery.ts";

// A board 2 m wide, 1 m high and without thickness that faces +z, its picture red on the left and blue on the right.
const CORNERS = [
  [-1, 0],
  [1, 0],
  [1, 1],
  [-1, 1],
] as const;
const UVS = [
  [0, 1],
  [1, 1],
  [1, 0],
  [0, 0],
] as const;

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dust3r-scenery-"));
  const pixels = Buffer.from([200, 0, 0, 0, 0, 200]);
  const raw = { raw: { width: 2, height: 1, channels: 3 } } as const;
  const picture = await sharp(pixels, raw).resize(64, 32, { kernel: "nearest" }).png().toBuffer();
  writeFileSync(join(folder, "board.png"), picture);
  writeFileSync(join(folder, "board.mtl"), "newmtl board\nKd 1 1 1\nmap_Kd board.png\nnewmtl glass\nd 0.1\n");
  const lines = [
    "mtllib board.mtl",
    ...CORNERS.map(([x, y]) => `v ${x + 5} ${y + 3} 7`),
    ...UVS.map(([u, v]) => `vt ${u} ${1 - v}`),
    "usemtl board",
    "f 1/1 2/2 3/3 4/4",
    "usemtl glass",
    "f 1/1 2/2 3/3",
  ];
  writeFileSync(join(folder, "a.obj"), lines.join("\n"));
  writeFileSync(join(folder, "b.glb"), await board(picture));
  writeFileSync(join(folder, "c.glb"), "no model");
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The same board as glTF, twice as large and moved by its node. */
async function board(picture: Uint8Array): Promise<Uint8Array> {
  const document = new Document();
  const buffer = document.createBuffer();
  const accessor = (type: "VEC3" | "VEC2" | "SCALAR", values: readonly number[]) => {
    const array = type === "SCALAR" ? Uint16Array.from(values) : Float32Array.from(values);
    return document.createAccessor().setType(type).setArray(array).setBuffer(buffer);
  };
  const primitive = document
    .createPrimitive()
    .setAttribute(
      "POSITION",
      accessor(
        "VEC3",
        CORNERS.flatMap(([x, y]) => [x, y, 0]),
      ),
    )
    .setAttribute("TEXCOORD_0", accessor("VEC2", UVS.flat()))
    .setIndices(accessor("SCALAR", [0, 1, 2, 0, 2, 3]))
    .setMaterial(
      document
        .createMaterial()
        .setBaseColorTexture(document.createTexture().setImage(picture).setMimeType("image/png")),
    );
  const node = document.createNode().setMesh(document.createMesh().addPrimitive(primitive)).setScale([2, 2, 2]);
  document.createScene().addChild(node.setTranslation([9, 9, 9]));
  return new WebIO().writeBinary(document);
}

/** What a camera 3 m before the board's front, or behind its back, sees in the middle of its left and right half. */
function look(model: Furnishing, side: -1 | 1): readonly (readonly [number, number, number])[] {
  const scene = compileScene(
    { objects: model.parts, lights: [], sky: { ...randomSky(seededRandom("sky")), zenith: [1, 1, 1] }, ambient: 1 },
    seededRandom("scene"),
  );
  const middle = model.height / 2;
  const worldFromCam = lookAt([0, 3 * side, middle], [0, 0, middle]);
  const camera = {
    width: 40,
    height: 20,
    intrinsics: { fx: 60 / model.width, fy: 60 / model.width, cx: 19.5, cy: 9.5 },
    worldFromCam,
  };
  const { radiance } = renderView(scene, createShader(scene, { textureSize: 64, shadowSize: 8 }), camera);
  return [14, 25].map(
    (x) => [...radiance.subarray(3 * (10 * 40 + x), 3 * (10 * 40 + x) + 3)] as [number, number, number],
  );
}

test("OBJ and glTF models stand in the room, with their fronts to -y, and show their pictures on both sides", async () => {
  const { models, pictures } = await openScenery({ assets: folder }, 64);
  expect(pictures).toEqual([]);
  expect(models.map(({ width, depth, height }) => [width, depth, height])).toEqual([
    [2, 0, 1],
    [4, 0, 2],
  ]);
  expect(models.map(extentOf)).toEqual([2, 4]);
  for (const model of models) {
    const [left, right] = look(model, -1);
    expect(left![0]).toBeGreaterThan(10 * left![2]);
    expect(right![2]).toBeGreaterThan(10 * right![0]);
    const [behindLeft, behindRight] = look(model, 1);
    expect(behindLeft![2]).toBeGreaterThan(10 * behindLeft![0]);
    expect(behindRight![0]).toBeGreaterThan(10 * behindRight![2]);
  }
});

test("a folder without models or pictures is refused; pictures are read in the order of their names", async () => {
  await expect(openScenery({ textures: join(folder, "none") }, 64)).rejects.toThrow(/none: a folder with \.jpg/);
  const { pictures } = await openScenery({ textures: folder }, 32);
  expect(pictures.map(({ size, levels }) => [size, levels.length])).toEqual([[32, 6]]);
});
