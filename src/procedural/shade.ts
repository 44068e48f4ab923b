import { ambientAccess, type OcclusionGrid, occlusionGrid } from "./occlusion.ts";
import { FRAME, type SceneModel, sceneAt } from "./scene-model.ts";
import { lightAccess, type ShadowMap, shadowMapOf } from "./shadow-map.ts";
import { skyColor } from "./sky.ts";
import { type Texture, textureOf } from "./texture.ts";

/** Quality settings of rendering. */
export interface ShadingOptions {
  /** Texels along a side of a texture, a power of two. */
  readonly textureSize: number;
  /** Pixels along a side of a shadow map. */
  readonly shadowSize: number;
}

/** `[7]`: origin, direction with a depth of 1, and the depth of the point that is seen. */
export type SightLine = Float64Array;

/**
 * Computes the radiance that a camera receives: adds `weight` times the linear RGB radiance along `sight` to
 * `out[at..at + 2]`, that of `triangle` seen through a pixel `footprint` radians wide, or of the sky where `triangle`
 * is negative.
 */
export type Shader = (
  triangle: number,
  sight: SightLine,
  footprint: number,
  out: Float32Array,
  at: number,
  weight: number,
) => void;

/** Numbers per material in the shader's table. */
const MATERIAL = 21;

/**
 * Lights a scene: sun and lamps with mapped shadows, ambient light from the sky dimmed in corners, highlights, and
 * reflections of the surroundings on glossy things.
 */
export function createShader(scene: SceneModel, options: ShadingOptions): Shader {
  const { frames, object, normals, triangles, sky, ambient } = scene;
  const table = materialTable(scene);
  const textures: Texture[] = scene.materials.map(({ texture }) => {
    return typeof texture === "number" ? textureOf(texture, options.textureSize) : texture;
  });
  const occlusion: OcclusionGrid = occlusionGrid(scene.positions, triangles);
  const lasting = sceneAt(scene);
  const maps: ShadowMap[] = scene.lights.map((light) => shadowMapOf(light, lasting, options.shadowSize));
  const ambientUp = sky.zenith.map((value, c) => ambient * 0.6 * (0.5 * value + 0.5 * sky.horizon[c]!));
  const ambientDown = sky.nadir.map((value, c) => ambient * 0.4 * (0.7 * value + 0.3 * sky.horizon[c]!));
  const surroundings = new Float32Array(3);

  return (triangle, sight, footprint, out, at, weight) => {
    const dx = sight[3]!;
    const dy = sight[4]!;
    const dz = sight[5]!;
    const length = Math.sqrt(dx * dx + dy * dy + dz * dz);
    if (triangle < 0) {
      skyColor(sky, dx / length, dy / length, dz / length, surroundings);
      for (let c = 0; c < 3; c++) out[at + c]! += weight * surroundings[c]!;
      return;
    }
    const depth = sight[6]!;
    const px = sight[0]! + depth * dx;
    const py = sight[1]! + depth * dy;
    const pz = sight[2]! + depth * dz;
    const f = FRAME * triangle;
    const m = MATERIAL * object[triangle]!;
    let gx = frames[f]!;
    let gy = frames[f + 1]!;
    let gz = frames[f + 2]!;
    const turned = table[m + 20]! > 0 && gx * dx + gy * dy + gz * dz > 0;
    if (turned) {
      gx = -gx;
      gy = -gy;
      gz = -gz;
    }
    const facing = Math.max(0.02, -(gx * dx + gy * dy + gz * dz) / length);

    // Shading normal, interpolated over the triangle.
    const b1 = frames[f + 4]! * px + frames[f + 5]! * py + frames[f + 6]! * pz + frames[f + 7]!;
    const b2 = frames[f + 8]! * px + frames[f + 9]! * py + frames[f + 10]! * pz + frames[f + 11]!;
    const b0 = 1 - b1 - b2;
    const v0 = 3 * triangles[3 * triangle]!;
    const v1 = 3 * triangles[3 * triangle + 1]!;
    const v2 = 3 * triangles[3 * triangle + 2]!;
    let nx = b0 * normals[v0]! + b1 * normals[v1]! + b2 * normals[v2]!;
    let ny = b0 * normals[v0 + 1]! + b1 * normals[v1 + 1]! + b2 * normals[v2 + 1]!;
    let nz = b0 * normals[v0 + 2]! + b1 * normals[v1 + 2]! + b2 * normals[v2 + 2]!;
    const shrink = (turned ? -1 : 1) / Math.sqrt(nx * nx + ny * ny + nz * nz);
    nx *= shrink;
    ny *= shrink;
    nz *= shrink;

    // Albedo: one bilinear fetch from the level whose texels are about as large as the pixel.
    const texture = textures[object[triangle]!]!;
    const texelsPerPixel = ((footprint * depth * length) / Math.sqrt(facing)) * table[m + 12]! * texture.size;
    const level = Math.max(0, Math.min(texture.levels.length - 1, Math.floor(Math.log2(texelsPerPixel) + 0.3)));
    const texels = texture.levels[level]!;
    const side = texture.size >> level;
    const x = side * (frames[f + 12]! * px + frames[f + 13]! * py + frames[f + 14]! * pz + frames[f + 15]!) - 0.5;
    const y = side * (frames[f + 16]! * px + frames[f + 17]! * py + frames[f + 18]! * pz + frames[f + 19]!) - 0.5;
    const left = Math.floor(x);
    const top = Math.floor(y);
    const s = x - left;
    const t = y - top;
    const t00 = 4 * (side * (top & (side - 1)) + (left & (side - 1)));
    const t10 = 4 * (side * (top & (side - 1)) + ((left + 1) & (side - 1)));
    const t01 = 4 * (side * ((top + 1) & (side - 1)) + (left & (side - 1)));
    const t11 = 4 * (side * ((top + 1) & (side - 1)) + ((left + 1) & (side - 1)));
    const w00 = ((1 - s) * (1 - t)) / 255;
    const w10 = (s * (1 - t)) / 255;
    const w01 = ((1 - s) * t) / 255;
    const w11 = (s * t) / 255;
    const a = w00 * texels[t00]! + w10 * texels[t10]! + w01 * texels[t01]! + w11 * texels[t11]! - 0.5;
    const b = w00 * texels[t00 + 1]! + w10 * texels[t10 + 1]! + w01 * texels[t01 + 1]! + w11 * texels[t11 + 1]! - 0.5;
    const c = w00 * texels[t00 + 2]! + w10 * texels[t10 + 2]! + w01 * texels[t01 + 2]! + w11 * texels[t11 + 2]! - 0.5;
    const red = albedo(table[m]! + a * table[m + 3]! + b * table[m + 6]! + c * table[m + 9]!);
    const green = albedo(table[m + 1]! + a * table[m + 4]! + b * table[m + 7]! + c * table[m + 10]!);
    const blue = albedo(table[m + 2]! + a * table[m + 5]! + b * table[m + 8]! + c * table[m + 11]!);

    // Ambient light: the sky above, the ground's reflection of it below.
    const open = ambientAccess(occlusion, px, py, pz, gx, gy, gz);
    const up = open * (0.5 + 0.5 * nz);
    const down = open * (0.5 - 0.5 * nz);
    let lr = up * ambientUp[0]! + down * ambientDown[0]!;
    let lg = up * ambientUp[1]! + down * ambientDown[1]!;
    let lb = up * ambientUp[2]! + down * ambientDown[2]!;

    const shininess = table[m + 13]!;
    const reflectance = table[m + 14]!;
    let sr = 0;
    let sg = 0;
    let sb = 0;
    for (let i = 0; i < maps.length; i++) {
      const map = maps[i]!;
      const { kind, position, color } = map.light;
      const isSun = kind === "sun";
      let lx = isSun ? position[0] : position[0] - px;
      let ly = isSun ? position[1] : position[1] - py;
      let lz = isSun ? position[2] : position[2] - pz;
      const squared = lx * lx + ly * ly + lz * lz;
      const toUnit = 1 / Math.sqrt(squared);
      const lambert = (nx * lx + ny * ly + nz * lz) * toUnit;
      if (lambert <= 0 || gx * lx + gy * ly + gz * lz <= 0) continue;
      const visible = lightAccess(map, px, py, pz, gx, gy, gz);
      if (visible === 0) continue;
      const strength = (visible * lambert) / (isSun ? 1 : squared + 0.05);
      lr += strength * color[0];
      lg += strength * color[1];
      lb += strength * color[2];
      if (reflectance > 0) {
        // Blinn-Phong, normalized.
        lx = lx * toUnit - dx / length;
        ly = ly * toUnit - dy / length;
        lz = lz * toUnit - dz / length;
        const half = (nx * lx + ny * ly + nz * lz) / Math.sqrt(lx * lx + ly * ly + lz * lz);
        const highlight = strength * reflectance * (shininess + 2) * 0.12 * Math.max(0, half) ** shininess;
        sr += highlight * color[0];
        sg += highlight * color[1];
        sb += highlight * color[2];
      }
    }
    const diffuse = table[m + 15]!;
    const glow = table[m + 16]!;
    let r = red * (diffuse * lr + glow) + sr;
    let g = green * (diffuse * lg + glow) + sg;
    let bl = blue * (diffuse * lb + glow) + sb;

    if (reflectance > 0) {
      const cosine = (nx * dx + ny * dy + nz * dz) / length;
      const fresnel = open * (reflectance + (1 - reflectance) * (1 - facing) ** 5) * table[m + 17]!;
      skyColor(
        sky,
        dx / length - 2 * cosine * nx,
        dy / length - 2 * cosine * ny,
        dz / length - 2 * cosine * nz,
        surroundings,
      );
      const metal = table[m + 19]!;
      const share = fresnel * (0.3 + 0.7 * ambient);
      r += share * surroundings[0]! * (1 - metal + metal * red);
      g += share * surroundings[1]! * (1 - metal + metal * green);
      bl += share * surroundings[2]! * (1 - metal + metal * blue);
    }
    out[at]! += weight * r;
    out[at + 1]! += weight * g;
    out[at + 2]! += weight * bl;
  };
}

/** No surface is perfectly black or white. */
function albedo(value: number): number {
  return value < 0.015 ? 0.015 : value > 0.92 ? 0.92 : value;
}

function materialTable({ materials }: SceneModel): Float64Array {
  const table = new Float64Array(MATERIAL * materials.length);
  materials.forEach((material, i) => {
    table.set(
      [
        ...material.base,
        ...material.channels.flat(),
        material.tilesPerMeter,
        2 / Math.max(0.02, material.roughness) ** 2,
        material.reflectance,
        material.metallic ? 0.25 : 1,
        material.emission,
        (1 - material.roughness) ** 2,
        material.roughness,
        material.metallic ? 1 : 0,
        material.twoSided ? 1 : 0,
      ],
      MATERIAL * i,
    );
  });
  return table;
}
