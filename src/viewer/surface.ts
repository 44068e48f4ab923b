import { BufferAttribute, BufferGeometry, DoubleSide, Mesh, ShaderMaterial } from "three";
import { bytesFromBase64 } from "../core/base64.ts";
import { gridTriangles } from "../export/grid-triangles.ts";
import type { ReportCloud } from "../export/report-data.ts";
import type { Paint } from "./point-cloud.ts";
import { sampleDepths, samplePoints } from "./sample-points.ts";

/** The surface that a photo's depth map shows. */
export interface Surface {
  readonly object: Mesh<BufferGeometry, ShaderMaterial>;
  /** Draws what has at least this confidence code. */
  setMinCode(code: number): void;
  paint(paint: Paint): void;
}

/** The material of all surfaces: colors as they are, since photo colors are sRGB already, and so is the canvas. */
export function surfaceMaterial(): ShaderMaterial {
  return new ShaderMaterial({
    side: DoubleSide,
    vertexShader: `
      attribute vec3 color;
      varying vec3 vColor;
      void main() {
        gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
        vColor = color;
      }`,
    fragmentShader: `
      varying vec3 vColor;
      void main() { gl_FragColor = vec4(vColor, 1.0); }`,
  });
}

/** Triangles between neighboring pixels on one surface, in the world frame (OpenCV axes), the most confident first. */
export function createSurface(cloud: ReportCloud, material: ShaderMaterial): Surface {
  const codes = bytesFromBase64(cloud.confidence);
  const depth = sampleDepths(cloud);
  const triangles = gridTriangles({ ...cloud.grid, depth, confidence: Float32Array.from(codes) }, 0, 1);

  // A triangle is as sure as its least sure corner.
  const count = triangles.length / 3;
  const codeOf = (t: number): number => Math.min(...[0, 1, 2].map((k) => codes[triangles[3 * t + k]!]!));
  const atLeast = new Uint32Array(257);
  for (let t = 0; t < count; t++) atLeast[codeOf(t)]!++;
  for (let code = 255; code >= 0; code--) atLeast[code]! += atLeast[code + 1]!;
  const next = atLeast.slice(1);
  const index = new Uint32Array(triangles.length);
  for (let t = 0; t < count; t++) index.set(triangles.subarray(3 * t, 3 * t + 3), 3 * next[codeOf(t)]!++);

  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new BufferAttribute(samplePoints(cloud, depth), 3));
  const colors = new Uint8Array(3 * codes.length);
  const attribute = new BufferAttribute(colors, 3, true);
  geometry.setAttribute("color", attribute);
  geometry.setIndex(new BufferAttribute(index, 1));
  const object = new Mesh(geometry, material);
  object.frustumCulled = false;
  return {
    object,
    setMinCode: (code) => geometry.setDrawRange(0, 3 * atLeast[code]!),
    paint(paint) {
      for (let i = 0; i < codes.length; i++) paint(i, codes[i]!, colors, 3 * i);
      attribute.needsUpdate = true;
    },
  };
}
