import type { Random } from "../../core/random.ts";
import { pick } from "../choice.ts";
import { type Material, picturedMaterial } from "../material.ts";
import type { SceneObject } from "../scene-model.ts";
import type { Texture } from "../texture.ts";
import { scale } from "../vec3.ts";

/** Share of patterned materials that a picture stands in for. */
const PICTURED = 0.5;

/** Objects some of whose patterns are pictures instead, in the pattern's color or in their own. */
export function dress(objects: readonly SceneObject[], pictures: readonly Texture[], random: Random): SceneObject[] {
  const chosen = new Map<Material, Material>();
  const dressed = (material: Material): Material => {
    const known = chosen.get(material);
    if (known !== undefined) return known;
    const isPattern = typeof material.texture === "number" && Math.hypot(...material.channels.flat()) > 0.05;
    const own = isPattern && random() < PICTURED ? pictured(material, pick(random, pictures), random) : material;
    chosen.set(material, own);
    return own;
  };
  return objects.map((object) => ({ ...object, material: dressed(object.material) }));
}

function pictured(material: Material, picture: Texture, random: Random): Material {
  const { tilesPerMeter, base } = material;
  const brightest = Math.max(...base, 0.05);
  const tint = random() < 0.7 ? ([1, 1, 1] as const) : scale(base, 1 / brightest);
  // Mirrored, a picture is twice as large before it repeats.
  const { texture, base: middle, channels } = picturedMaterial(picture, tilesPerMeter / 2, tint);
  return { ...material, texture, base: middle, channels, tilesPerMeter: tilesPerMeter / 2 };
}
