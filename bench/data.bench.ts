/**
 * How fast procedural scenes are made on one core:
 * `npx tsx --conditions=source bench/data.bench.ts [scenes] [models] [pictures]`, the last two being folders.
 * Prints views per second of processor time by collection and picture size, and what finding the visible surface costs here and by
 * ray casting with three-mesh-bvh on the same scenes.
 */
import { BufferAttribute, BufferGeometry, FrontSide, Ray } from "three";
import { MeshBVH } from "three-mesh-bvh";
import { seededRandom } from "../src/core/random.ts";
import { openScenery, type Scenery } from "../src/procedural/assets/scenery.ts";
import { generateScene, SCENE_DEFAULTS } from "../src/procedural/generate-scene.ts";
import { placeCameras } from "../src/procedural/photographer.ts";
import { rasterize } from "../src/procedural/rasterize.ts";
import { roomLayout } from "../src/procedural/room-layout.ts";
import type { SceneCollection } from "../src/procedural/scene-collection.ts";
import { compileScene } from "../src/procedural/scene-model.ts";
import { TEXTURES, textureOf } from "../src/procedural/texture.ts";

/** Seconds of processor time: other programs on the machine matter less than they do to the clock. */
function measure(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

const scenes = Number(process.argv[2] ?? 24);
const [assets, pictures] = [process.argv[3], process.argv[4]];
const sizes = [
  [64, 48, 128],
  [96, 72, 128],
  [160, 120, 256],
  [224, 168, 256],
] as const;
for (const [width, height, textureSize] of sizes) {
  const textures = measure(() => {
    for (let id = 0; id < TEXTURES; id++) textureOf(id, textureSize);
  });
  console.log(`${width}x${height} (textures, once: ${textures.toFixed(1)} s):`);
  const scenery = await openScenery({ assets, textures: pictures }, textureSize);
  const series = (name: string, collection: SceneCollection, from?: Scenery): void => {
    const run = (seed: number) => {
      for (let k = 0; k < scenes; k++) generateScene(seed, k, { width, height, textureSize, collection }, from);
    };
    run(1);
    const seconds = measure(() => run(2));
    console.log(`  ${name}: ${((scenes * SCENE_DEFAULTS.views) / seconds).toFixed(1)} views/s`);
  };
  series("figures", "figures");
  series("photos", "photos");
  if (assets ?? pictures) series("photos, furnished", "photos", scenery);
}

let pixels = 0;
let rasterized = 0;
let rays = 0;
let cast = 0;
let built = 0;
for (let k = 0; k < 8; k++) {
  const random = seededRandom(`bench ${k}`);
  const layout = roomLayout(random, SCENE_DEFAULTS);
  const model = compileScene(layout, random);
  const cameras = placeCameras(layout, model, random, {
    count: 8,
    size: { width: 192, height: 144 },
  });
  rasterized += measure(() => {
    for (const camera of cameras) rasterize(model, camera);
  });
  pixels += cameras.length * 192 * 144;

  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new BufferAttribute(model.positions, 3));
  geometry.setIndex(new BufferAttribute(model.triangles.slice(), 1));
  let tree: MeshBVH | undefined;
  built += measure(() => {
    tree = new MeshBVH(geometry);
  });
  const ray = new Ray();
  cast += measure(() => {
    for (const { width, height, intrinsics, worldFromCam: m } of cameras) {
      ray.origin.set(m[3]!, m[7]!, m[11]!);
      for (let at = 0; at < width * height; at++) {
        const x = ((at % width) - intrinsics.cx) / intrinsics.fx;
        const y = (Math.floor(at / width) - intrinsics.cy) / intrinsics.fy;
        ray.direction
          .set(m[0]! * x + m[1]! * y + m[2]!, m[4]! * x + m[5]! * y + m[6]!, m[8]! * x + m[9]! * y + m[10]!)
          .normalize();
        tree!.raycastFirst(ray, FrontSide);
      }
    }
  });
  rays += cameras.length * 192 * 144;
}
const millions = (count: number, seconds: number): string => (count / seconds / 1e6).toFixed(2);
console.log(`visible surfaces: ${millions(pixels, rasterized)} M samples/s rasterized, every sample a primary ray`);
console.log(
  `three-mesh-bvh: ${millions(rays, cast)} M rays/s, plus ${((1000 * built) / 8).toFixed(0)} ms a scene for its tree`,
);
