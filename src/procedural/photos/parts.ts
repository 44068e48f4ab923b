import { placeComposite } from "../composite.ts";
import type { Material } from "../material.ts";
import type { Mesh } from "../mesh.ts";
import { upright } from "../placement.ts";
import type { SceneObject } from "../scene-model.ts";
import { box } from "../solids.ts";
import type { Vec3 } from "../vec3.ts";

/** A block of `size` whose underside is centerd at `foot`. */
export function block(material: Material, size: Vec3, foot: Vec3): SceneObject {
  return part(material, box(size), [foot[0], foot[1], foot[2] + size[2] / 2]);
}

/** A mesh of one material, moved to `at`. */
export function part(material: Material, mesh: Mesh, at: Vec3): SceneObject {
  return { mesh, material, placement: upright(at) };
}

/** Parts moved to `at` and turned by `yaw` radians. */
export function moved(parts: readonly SceneObject[], at: Vec3, yaw = 0): SceneObject[] {
  return placeComposite(parts, upright(at, yaw));
}
