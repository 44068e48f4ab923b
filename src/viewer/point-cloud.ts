import { BufferAttribute, BufferGeometry, Points, ShaderMaterial } from "three";
import { bytesFromBase64 } from "../core/base64.ts";
import type { Rgb } from "../export/image-color.ts";
import { depthOfCode, gridPixel, type ReportCloud } from "../export/report-data.ts";
import { mapColor } from "./color-map.ts";

/** What the color of a point shows: the photo's color, which photo it is from, or its confidence. */
export type Coloring = "picture" | "photo" | "confidence";

/** The points of one photo, the most confident first. */
export interface PointCloud {
  readonly object: Points<BufferGeometry, ShaderMaterial>;
  /** Number of points by confidence code, 256 entries. */
  readonly histogram: Uint32Array;
  /** Draws the points of at least this code; gives their number. */
  setMinCode(code: number): number;
  paint(coloring: Coloring): void;
}

/** The material of all clouds: `pixelsPerUnit` turns an angle at the camera into pixels, `scale` is the user's. */
export function pointMaterial(): ShaderMaterial {
  return new ShaderMaterial({
    uniforms: { pixelsPerUnit: { value: 1000 }, scale: { value: 1 } },
    vertexShader: `
      attribute vec3 color;
      attribute float spacing;
      uniform float pixelsPerUnit;
      uniform float scale;
      varying vec3 vColor;
      void main() {
        vec4 inCamera = modelViewMatrix * vec4(position, 1.0);
        gl_Position = projectionMatrix * inCamera;
        gl_PointSize = clamp(scale * spacing * pixelsPerUnit / -inCamera.z, 1.0, 48.0);
        vColor = color;
      }`,
    // Photo colors are sRGB already, and so is the canvas.
    fragmentShader: `
      varying vec3 vColor;
      void main() {
        vec2 fromCenter = gl_PointCoord - 0.5;
        if (dot(fromCenter, fromCenter) > 0.25) discard;
        gl_FragColor = vec4(vColor, 1.0);
      }`,
  });
}

/**
 * The points of one photo in the world frame (OpenCV axes). `rgba` is the photo, `[grid.height, grid.width, 4]`; each
 * point is as large as its pixel at its depth, so that surfaces close at any distance. `tint` stands for the photo.
 */
export function createPointCloud(
  cloud: ReportCloud,
  { rgba, tint }: { readonly rgba: Uint8ClampedArray; readonly tint: Rgb },
  material: ShaderMaterial,
): PointCloud {
  const { grid, step, intrinsics, world_from_cam: m, depth_range } = cloud;
  const depths = new DataView(bytesFromBase64(cloud.depth).buffer);
  const codes = bytesFromBase64(cloud.confidence);
  const histogram = new Uint32Array(256);
  for (let i = 0; i < codes.length; i++) if (depths.getUint16(2 * i, true) > 0) histogram[codes[i]!]!++;
  /** Points of at least each code: how many to draw, and where the codes below begin. */
  const atLeast = new Uint32Array(257);
  for (let code = 255; code >= 0; code--) atLeast[code] = atLeast[code + 1]! + histogram[code]!;

  const count = atLeast[0]!;
  const positions = new Float32Array(3 * count);
  const spacings = new Float32Array(count);
  const pictureColors = new Uint8Array(3 * count);
  const next = atLeast.slice(1);
  for (let i = 0; i < codes.length; i++) {
    const z = depthOfCode(depths.getUint16(2 * i, true), depth_range);
    if (z === 0) continue;
    const at = next[codes[i]!]!++;
    const x = ((gridPixel(i % grid.width, step) - intrinsics.cx) / intrinsics.fx) * z;
    const y = ((gridPixel(Math.floor(i / grid.width), step) - intrinsics.cy) / intrinsics.fy) * z;
    for (let k = 0; k < 3; k++) {
      positions[3 * at + k] = m[4 * k]! * x + m[4 * k + 1]! * y + m[4 * k + 2]! * z + m[4 * k + 3]!;
      pictureColors[3 * at + k] = rgba[4 * i + k]!;
    }
    spacings[at] = (z / intrinsics.fx) * step;
  }

  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new BufferAttribute(positions, 3));
  const colors = new BufferAttribute(pictureColors.slice(), 3, true);
  geometry.setAttribute("color", colors);
  geometry.setAttribute("spacing", new BufferAttribute(spacings, 1));
  const object = new Points(geometry, material);
  object.frustumCulled = false;
  return {
    object,
    histogram,
    setMinCode(code) {
      geometry.setDrawRange(0, atLeast[code]!);
      return atLeast[code]!;
    },
    paint(coloring) {
      if (coloring === "picture") colors.copyArray(pictureColors);
      else {
        for (let code = 0; code < 256; code++) {
          const color = coloring === "photo" ? tint.map((value) => 255 * value) : mapColor(code / 255);
          for (let at = atLeast[code + 1]!; at < atLeast[code]!; at++) colors.array.set(color, 3 * at);
        }
      }
      colors.needsUpdate = true;
    },
  };
}
