import { type Random, randomInteger } from "../../../core/random.ts";
import { uniform } from "../../choice.ts";
import type { Material } from "../../material.ts";
import type { SceneObject } from "../../scene-model.ts";
import { cylinder } from "../../solids.ts";
import type { Vec3 } from "../../vec3.ts";
import { block, moved, part } from "../parts.ts";
import { cloth, metal, plain } from "../surfaces.ts";

/** Doors or drawers in front of a carcass whose face is at y = `front`. */
export function fronts(
  random: Random,
  { width, front, bottom, top }: { width: number; front: number; bottom: number; top: number },
  material: Material,
): SceneObject[] {
  const columns = Math.max(1, Math.round(width / uniform(random, 0.35, 0.6)));
  const rows = random() < 0.6 ? 1 : 2 + randomInteger(random, 3);
  const handle = random() < 0.7 ? metal(random) : plain(random);
  const [w, h] = [width / columns, (top - bottom) / rows];
  const parts: SceneObject[] = [];
  for (let i = 0; i < columns; i++) {
    for (let j = 0; j < rows; j++) {
      const x = (i + 0.5) * w - width / 2;
      const z = bottom + j * h;
      parts.push(block(material, [w - 0.008, 0.02, h - 0.008], [x, front - 0.01, z + 0.004]));
      parts.push(
        h > w
          ? block(handle, [0.015, 0.03, 0.15], [x + 0.38 * w, front - 0.03, z + h / 2])
          : block(handle, [0.15, 0.03, 0.015], [x, front - 0.03, z + 0.8 * h]),
      );
    }
  }
  return parts;
}

/** A tap over a basin or sink, its foot at `at`. */
export function tap(at: Vec3, steel: Material): SceneObject[] {
  return moved(
    [part(steel, cylinder(0.015, 0.25, 8), [0, 0, 0.125]), block(steel, [0.025, 0.18, 0.025], [0, -0.09, 0.24])],
    at,
  );
}

/** Cloth hanging in folds. */
export function curtain(
  random: Random,
  { width, bottom, top, y }: { width: number; bottom: number; top: number; y: number },
): SceneObject[] {
  const material = random() < 0.5 ? plain(random) : cloth(random);
  const folds = Math.max(4, Math.round(width / 0.12));
  return Array.from({ length: folds }, (_, i) => {
    const w = width / folds;
    return block(
      material,
      [w, 0.03, top - bottom],
      [(i + 0.5) * w - width / 2, y + (i % 2 ? 0.03 : 0) + uniform(random, 0, 0.01), bottom],
    );
  });
}
