/** Renders the sample photos of the demo, `examples/photos/*.jpg`, and the truth about them, `scene.json`. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { seededRandom } from "../src/core/random.ts";
import { calibrationRows, poseRows } from "../src/formats/camera-matrices.ts";
import { placeComposite, rocks, tree } from "../src/procedural/composite.ts";
import { waveField } from "../src/procedural/deform.ts";
import { type Material, randomMaterial } from "../src/procedural/material.ts";
import { CLEAN_PHOTO, photograph } from "../src/procedural/photograph.ts";
import { lookAt } from "../src/procedural/photographer.ts";
import { type Placement, shifted, upright } from "../src/procedural/placement.ts";
import { stairs, table } from "../src/procedural/primitive.ts";
import { renderView } from "../src/procedural/render.ts";
import { compileScene, type SceneObject } from "../src/procedural/scene-model.ts";
import { createShader } from "../src/procedural/shade.ts";
import type { Sky } from "../src/procedural/sky.ts";
import {
  box,
  cylinder,
  ellipsoid,
  heightField,
  lathe,
  type ProfilePoint,
  torus,
  wireframe,
} from "../src/procedural/solids.ts";
import { textureNumber } from "../src/procedural/texture.ts";
import { normalize, type Vec3 } from "../src/procedural/vec3.ts";
import { sides, wallMesh, windowBars, windowGrid } from "../src/procedural/wall.ts";
import type { PosedCamera } from "../src/rgbd/rgbd-view.ts";

const OUT = join(import.meta.dirname, "../examples/photos");
const SIZE = { width: 640, height: 480 };
const FOCAL = 560;
const random = seededRandom("courtyard");
const objects: SceneObject[] = [];

type PatternName = Parameters<typeof textureNumber>[0];

function paint(
  pattern: PatternName,
  variant: number,
  base: Vec3,
  options: { tiles: number; contrast?: number; glossy?: boolean },
): Material {
  return {
    ...randomMaterial(random, {
      texture: textureNumber(pattern, variant),
      base,
      tilesPerMeter: options.tiles,
      contrast: options.contrast ?? 0.7,
      glossy: options.glossy ?? false,
    }),
    rotation: 0,
    metallic: false,
  };
}

function put(mesh: SceneObject["mesh"], material: Material, placement: Placement): void {
  objects.push({ mesh, material, placement });
}

// The court.
const bumps = waveField(random, 4);
put(
  heightField(60, 60, (x, y) => 0.012 * (bumps([x, y, 0]) - 1)),
  paint("cells", 0, [0.33, 0.28, 0.23], { tiles: 0.5, contrast: 0.7 }),
  upright([0, 0, 0]),
);
const walls = [
  paint("bricks", 1, [0.36, 0.17, 0.11], { tiles: 0.85, contrast: 0.55 }),
  paint("noise", 2, [0.5, 0.38, 0.23], { tiles: 0.5, contrast: 0.6 }),
  paint("bricks", 0, [0.5, 0.45, 0.38], { tiles: 0.4, contrast: 0.5 }),
  paint("noise", 4, [0.45, 0.26, 0.17], { tiles: 0.5, contrast: 0.55 }),
];
const trim = paint("noise", 5, [0.52, 0.48, 0.42], { tiles: 1, contrast: 0.25 });
const glass: Material = {
  ...paint("noise", 1, [0.04, 0.05, 0.06], { tiles: 0.5, contrast: 0.3, glossy: true }),
  reflectance: 0.15,
  roughness: 0.1,
};
sides(13, 11).forEach(({ placement, length }, i) => {
  const height = [5.6, 5.0, 3.4, 4.2][i]!;
  const openings = windowGrid(seededRandom(`facade ${i}`), length, height - 0.3);
  put(wallMesh({ length, height, thickness: 0.4 }, openings), walls[i]!, placement);
  put(box([length, 0.05, height]), glass, shifted(placement, [length / 2, 0.34, height / 2]));
  put(box([length + 0.4, 0.5, 0.28]), trim, shifted(placement, [length / 2, 0.05, height]));
  put(box([length, 0.14, 0.5]), trim, shifted(placement, [length / 2, 0, 0.2]));
  for (const opening of openings) objects.push(...windowBars(opening, trim, placement, 0.2));
});

// The fountain.
const stone = paint("noise", 3, [0.4, 0.36, 0.3], { tiles: 0.9, contrast: 0.9 });
const basin: ProfilePoint[] = [
  [0, 0.12],
  [1.25, 0.12],
  [1.3, 0.55],
  [1.42, 0.6],
  [1.55, 0.55],
  [1.5, 0.42],
  [1.42, 0.1],
  [1.6, 0.06],
  [1.6, 0],
];
put(lathe(basin, 64), stone, upright([0, 0.6, 0]));
put(
  cylinder(1.3, 0.02, 64),
  {
    ...paint("noise", 7, [0.05, 0.12, 0.13], { tiles: 0.8, contrast: 0.5, glossy: true }),
    reflectance: 0.12,
    roughness: 0.1,
  },
  upright([0, 0.6, 0.42]),
);
const pillar: ProfilePoint[] = [
  [0, 2.15],
  [0.1, 2.1],
  [0.16, 1.95],
  [0.08, 1.85],
  [0.1, 1.72],
  [0.5, 1.66],
  [0.62, 1.6],
  [0.55, 1.5],
  [0.2, 1.38],
  [0.12, 1.2],
  [0.17, 0.8],
  [0.14, 0.65],
  [0.3, 0.5],
  [0.3, 0.1],
];
put(lathe(pillar, 48), stone, upright([0, 0.6, 0]));
put(
  ellipsoid([0.17, 0.17, 0.17], 48, 32),
  paint("marble", 1, [0.5, 0.42, 0.3], { tiles: 2, glossy: true }),
  upright([0, 0.6, 2.28]),
);

// Things around it.
const wood = paint("wood", 0, [0.36, 0.22, 0.12], { tiles: 1.1, contrast: 0.45 });
put(table(seededRandom("bench")), wood, upright([-3.1, -0.8, 0.36], 0.5, [1.7, 0.85, 0.72]));
put(
  lathe(
    [
      [0.16, 0.34],
      [0.19, 0.3],
      [0.13, 0.2],
      [0.1, 0.02],
      [0.1, 0],
      [0, 0],
    ],
    40,
  ),
  paint("checks", 3, [0.15, 0.3, 0.5], { tiles: 4 }),
  upright([-3.5, -0.95, 0.72]),
);
put(
  ellipsoid([0.16, 0.16, 0.15], 40, 28),
  paint("dots", 1, [0.6, 0.16, 0.08], { tiles: 2.5 }),
  upright([-2.9, -0.85, 0.87]),
);
put(box([0.36, 0.26, 0.24]), paint("glyphs", 2, [0.75, 0.68, 0.5], { tiles: 2.2 }), upright([-2.75, -0.35, 0.84], 0.2));
put(box([0.9, 0.9, 0.9]), paint("leaves", 3, [0.45, 0.33, 0.2], { tiles: 0.8 }), upright([2.9, -1.1, 0.45], 0.35));
put(
  box([0.6, 0.6, 0.6]),
  paint("glyphs", 0, [0.55, 0.48, 0.36], { tiles: 1.3, contrast: 1 }),
  upright([2.85, -1.05, 1.2], 0.9),
);
put(torus(0.36, 0.11, 48, 24), paint("checks", 1, [0.5, 0.12, 0.1], { tiles: 2 }), upright([1.95, -1.75, 0.11]));
put(stairs(5), stone, upright([3.9, 3.4, 0.55], Math.PI / 4, [2.2, 2.4, 1.1]));
put(cylinder(0.42, 1.1, 48), paint("bricks", 5, [0.35, 0.36, 0.38], { tiles: 1 }), upright([-3.9, 2.6, 0.55]));
put(
  ellipsoid([0.5, 0.5, 0.5], 56, 40),
  paint("cells", 4, [0.22, 0.36, 0.24], { tiles: 1.1 }),
  upright([-3.9, 2.6, 1.55]),
);
const leaf = { detail: 3.2, size: 3.6 };
const foliage = paint("strokes", 1, [0.1, 0.2, 0.04], { tiles: 1.6, contrast: 1 });
const [trunk, ...clumps] = placeComposite(tree(seededRandom("tree 3"), leaf), upright([4.1, 1.5, 0], 1, 3.4));
objects.push(trunk!, ...clumps.map((clump) => ({ ...clump, material: foliage })));
const granite = paint("dots", 2, [0.3, 0.29, 0.28], { tiles: 1.2, contrast: 0.8 });
const boulders = placeComposite(
  rocks(seededRandom("rocks 1"), { detail: 2.5, size: 0.9 }),
  upright([-1.5, -2.1, -0.08], 0.4, 0.8),
);
objects.push(...boulders.map((boulder) => ({ ...boulder, material: granite })));
const posts = Array.from({ length: 9 }, (_, i): [Vec3, Vec3] => [
  [0.3 * i, 0, 0],
  [0.3 * i, 0, 0.9],
]);
put(
  wireframe(
    [
      ...posts,
      [
        [0, 0, 0.8],
        [2.4, 0, 0.8],
      ],
      [
        [0, 0, 0.2],
        [2.4, 0, 0.2],
      ],
    ],
    0.025,
  ),
  paint("noise", 6, [0.08, 0.09, 0.1], { tiles: 1 }),
  upright([-2.2, 3.6, 0], 0.15),
);

const sky: Sky = {
  zenith: [0.16, 0.34, 0.72],
  horizon: [0.66, 0.76, 0.86],
  nadir: [0.2, 0.17, 0.13],
  sun: normalize([-0.62, -0.42, 0.95]),
  glow: [0.9, 0.7, 0.4],
  clouds: 0.75,
  cloudTexture: textureNumber("noise", 0),
};
const model = compileScene(
  { objects, sky, ambient: 1, lights: [{ kind: "sun", position: sky.sun, color: [2.1, 1.9, 1.55] }] },
  random,
);
const shader = createShader(model, { textureSize: 1024, shadowSize: 1400 });

const viewpoints: { eye: Vec3; target: Vec3; roll: number }[] = [
  { eye: [-4.6, -4.3, 1.75], target: [0.3, 0.5, 0.9], roll: 0.01 },
  { eye: [-1.6, -4.6, 1.6], target: [0.1, 0.6, 1.0], roll: -0.02 },
  { eye: [1.4, -4.7, 1.7], target: [-0.2, 0.6, 0.95], roll: 0.015 },
  { eye: [4.6, -4.0, 1.8], target: [-0.3, 0.5, 0.9], roll: 0 },
];
const intrinsics = { fx: FOCAL, fy: FOCAL, cx: (SIZE.width - 1) / 2, cy: (SIZE.height - 1) / 2 };

mkdirSync(OUT, { recursive: true });
const images: object[] = [];
for (const [i, { eye, target, roll }] of viewpoints.entries()) {
  const camera: PosedCamera = { ...SIZE, intrinsics, worldFromCam: lookAt(eye, target, roll) };
  const { radiance } = renderView(model, shader, camera);
  const rgb = photograph(radiance, SIZE, { ...CLEAN_PHOTO, key: 0.22 }, seededRandom(`photo ${i}`));
  const file = `courtyard-${i + 1}.jpg`;
  await sharp(rgb, { raw: { ...SIZE, channels: 3 } })
    .jpeg({ quality: 90 })
    .toFile(join(OUT, file));
  images.push({
    file,
    ...SIZE,
    K: calibrationRows(intrinsics),
    world_from_cam: poseRows(camera.worldFromCam),
  });
  console.log(`${file} rendered`);
}
writeFileSync(join(OUT, "scene.json"), `${JSON.stringify({ units: "meters", images }, null, 2)}\n`);
