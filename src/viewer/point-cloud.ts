import { BufferAttribute, BufferGeometry, Points, ShaderMaterial } from "three";
import { bytesFromBase64 } from "../core/base64.ts";
import type { Rgb } from "../export/image-color.ts";
import type { ReportCloud } from "../export/report-data.ts";
import { mapColor } from "./color-map.ts";
import { sampleDepths, samplePoints } from "./sample-points.ts";

/** What the color of a point shows: the photo's color, which photo it is from, or its confidence. */
export type Coloring = "picture" | "photo" | "confidence";

/** The color of a sample of a photo, given its index and its confidence code: three sRGB bytes. */
export type Paint = (sample: number, code: number) => ArrayLike<number>;

/** The points of one photo, the most confident first. */
export interface PointCloud {
  readonly object: Points<BufferGeometry, ShaderMaterial>;
  /** Number of points by confidence code, 256 entries. */
  readonly histogram: Uint32Array;
  /** Draws the points of at least this code; gives their number. */
  setMinCode(code: number): number;
  paint(paint: Paint): void;
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
 * The points of one photo in the world frame (OpenCV axes), black until painted. Each point is as large as its pixel at its
 * depth, so that surfaces close at any distance.
 */
export function createPointCloud(cloud: ReportCloud, material: ShaderMaterial): PointCloud {
  const depth = sampleDepths(cloud);
  const codes = bytesFromBase64(cloud.confidence);
  const histogram = new Uint32Array(256);
  for (let i = 0; i < codes.length; i++) if (depth[i]! > 0) histogram[codes[i]!]!++;
  /** Points of at least each code: how many to draw, and where the codes below begin. */
  const atLeast = new Uint32Array(257);
  for (let code = 255; code >= 0; code--) atLeast[code] = atLeast[code + 1]! + histogram[code]!;

  const count = atLeast[0]!;
  const points = samplePoints(cloud, depth);
  const samples = new Uint32Array(count);
  const positions = new Float32Array(3 * count);
  const spacings = new Float32Array(count);
  const next = atLeast.slice(1);
  for (let i = 0; i < codes.length; i++) {
    if (depth[i] === 0) continue;
    const at = next[codes[i]!]!++;
    samples[at] = i;
    for (let k = 0; k < 3; k++) positions[3 * at + k] = points[3 * i + k]!;
    spacings[at] = (depth[i]! / cloud.intrinsics.fx) * cloud.step;
  }

  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new BufferAttribute(positions, 3));
  const colors = new BufferAttribute(new Uint8Array(3 * count), 3, true);
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
    paint(paint) {
      for (let at = 0; at < count; at++) colors.array.set(paint(samples[at]!, codes[samples[at]!]!), 3 * at);
      colors.needsUpdate = true;
    },
  };
}

/** How a photo's samples are colored. `rgba` is the photo, `[grid.height, grid.width, 4]`, `tint` stands for it. */
export function paintOf(
  coloring: Coloring,
  { rgba, tint }: { readonly rgba: Uint8ClampedArray; readonly tint: Rgb },
): Paint {
  const one = tint.map((value) => 255 * value);
  const byCode = Array.from({ length: 256 }, (_, code) => mapColor(code / 255));
  return {
    picture: (sample: number) => rgba.subarray(4 * sample, 4 * sample + 3),
    photo: () => one,
    confidence: (_: number, code: number) => byCode[code]!,
  }[coloring];
}
