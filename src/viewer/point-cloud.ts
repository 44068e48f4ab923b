import { BufferAttribute, BufferGeometry, Points, ShaderMaterial } from "three";
import { bytesFromBase64 } from "../core/base64.ts";
import type { Rgb } from "../export/image-color.ts";
import type { ReportCloud } from "../export/report-data.ts";
import { mapColor } from "./color-map.ts";
import { nextTask } from "./next-task.ts";
import { sampleDepths, samplePoints } from "./sample-points.ts";

/** What the color of a point shows: the photo's color, which photo it is from, or its confidence. */
export type Coloring = "picture" | "photo" | "confidence";

/** Puts the color of a sample of a photo, given its index and its confidence code, into `colors` at `at`: three sRGB bytes. */
export type Paint = (sample: number, code: number, colors: Uint8Array, at: number) => void;

/** The points of one photo: an even choice of them, and all others; of each the most confident first. */
export interface PointCloud {
  readonly object: Points<BufferGeometry, ShaderMaterial[]>;
  /** Number of points by confidence code, 256 entries. */
  readonly histogram: Uint32Array;
  /** Draws the points of at least this code; gives their number. */
  setMinCode(code: number): number;
  /** Draws the even choice alone, or everything. */
  setSparse(sparse: boolean): void;
  /** Which points are drawn when nothing is sparse: from where in the object's geometry, and how many. */
  readonly drawn: readonly { readonly start: number; readonly count: number }[];
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
      varying float vSize;
      void main() {
        vec4 inCamera = modelViewMatrix * vec4(position, 1.0);
        gl_Position = projectionMatrix * inCamera;
        vSize = clamp(scale * spacing * pixelsPerUnit / -inCamera.z, 1.0, 48.0);
        gl_PointSize = vSize;
        vColor = color;
      }`,
    // Photo colors are sRGB already, and so is the canvas. Points of a few pixels stay square: without corners gaps would open.
    fragmentShader: `
      varying vec3 vColor;
      varying float vSize;
      void main() {
        vec2 fromCenter = gl_PointCoord - 0.5;
        if (vSize > 4.0 && dot(fromCenter, fromCenter) > 0.25) discard;
        gl_FragColor = vec4(vColor, 1.0);
      }`,
  });
}

/**
 * The points of one photo in the world frame (OpenCV axes), black until painted; made bit by bit. Each point is as large as its pixel at its
 * depth, so that surfaces close at any distance. The even choice is every `stride`-th sample in both directions.
 */
export async function createPointCloud(
  cloud: ReportCloud,
  material: ShaderMaterial,
  stride: number,
): Promise<PointCloud> {
  const depth = sampleDepths(cloud);
  const codes = bytesFromBase64(cloud.confidence);
  await nextTask();
  const { width } = cloud.grid;
  const partOf = (i: number): number => ((i % width) % stride === 0 && Math.floor(i / width) % stride === 0 ? 0 : 1);
  /** Points of at least each code, of both parts: how many to draw, and where the codes below begin. */
  const atLeast = [new Uint32Array(257), new Uint32Array(257)] as const;
  for (let i = 0; i < codes.length; i++) if (depth[i]! > 0) atLeast[partOf(i)]![codes[i]!]!++;
  const histogram = atLeast[0].slice(0, 256).map((count, code) => count + atLeast[1][code]!);
  for (const part of atLeast) for (let code = 255; code >= 0; code--) part[code]! += part[code + 1]!;

  await nextTask();
  const starts = [0, atLeast[0][0]!];
  const count = atLeast[0][0]! + atLeast[1][0]!;
  const points = samplePoints(cloud, depth);
  await nextTask();
  const samples = new Uint32Array(count);
  const positions = new Float32Array(3 * count);
  const spacings = new Float32Array(count);
  const next = atLeast.map((part, k) => part.slice(1).map((before) => starts[k]! + before));
  for (let i = 0; i < codes.length; i++) {
    if (depth[i] === 0) continue;
    const at = next[partOf(i)]![codes[i]!]!++;
    samples[at] = i;
    for (let k = 0; k < 3; k++) positions[3 * at + k] = points[3 * i + k]!;
    spacings[at] = (depth[i]! / cloud.intrinsics.fx) * cloud.step;
  }

  await nextTask();
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new BufferAttribute(positions, 3));
  const colors = new Uint8Array(3 * count);
  const attribute = new BufferAttribute(colors, 3, true);
  geometry.setAttribute("color", attribute);
  geometry.setAttribute("spacing", new BufferAttribute(spacings, 1));
  const object = new Points(geometry, [material]);
  object.frustumCulled = false;
  let isSparse = false;
  let minCode = 0;
  const drawn = () => starts.map((start, k) => ({ start, count: atLeast[k]![minCode]! }));
  const refresh = (): void => {
    geometry.clearGroups();
    for (const { start, count } of drawn().slice(0, isSparse ? 1 : 2)) geometry.addGroup(start, count, 0);
  };
  refresh();
  return {
    object,
    histogram,
    setMinCode(code) {
      minCode = code;
      refresh();
      return atLeast[0][code]! + atLeast[1][code]!;
    },
    setSparse(sparse) {
      isSparse = sparse;
      refresh();
    },
    get drawn() {
      return drawn();
    },
    paint(paint) {
      for (let at = 0; at < count; at++) paint(samples[at]!, codes[samples[at]!]!, colors, 3 * at);
      attribute.needsUpdate = true;
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
  const paints: Readonly<Record<Coloring, Paint>> = {
    picture(sample, _, colors, at) {
      for (let k = 0; k < 3; k++) colors[at + k] = rgba[4 * sample + k]!;
    },
    photo: (_sample, _code, colors, at) => colors.set(one, at),
    confidence: (_, code, colors, at) => colors.set(byCode[code]!, at),
  };
  return paints[coloring];
}
