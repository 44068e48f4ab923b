import type { Node } from "@gltf-transform/core";
import type { Scene, SceneImage } from "../core/scene.ts";
import type { View } from "../core/view.ts";
import { unprojectDepth } from "../geometry/camera.ts";
import { transformPoints } from "../geometry/pose.ts";
import { GlbBuilder } from "./glb-builder.ts";
import { gridTriangles } from "./grid-triangles.ts";
import type { PointFilter } from "./point-filter.ts";
import type { LoadTexture } from "./texture.ts";

/** What viewers on ordinary machines still render smoothly. */
const MOST_TRIANGLES = 4_000_000;

/**
 * `surfaces.glb`: every registered photo as a surface that carries it, torn where depth jumps and where confidence falls
 * below the filter's. Axes as in `scene.glb`. Large scenes are triangulated more coarsely, to 4 million triangles.
 */
export async function encodeSurfacesGlb(
  scene: Scene,
  views: readonly View[],
  { filter, loadTexture }: { readonly filter: PointFilter; readonly loadTexture: LoadTexture },
): Promise<Uint8Array> {
  const builder = new GlbBuilder();
  const step = gridStep(filter);
  for (const [i, image] of scene.images.entries()) {
    if (!image.registered) continue;
    const triangles = gridTriangles(image, filter.minConfidence, step);
    if (triangles.length === 0) continue;
    const photo = await loadTexture(i);
    builder.world.addChild(surfaceNode(builder, { image, name: views[i]!.name, triangles, photo }));
  }
  return builder.encode();
}

/** False where a mesh would be empty. */
export function hasSurface({ images }: Scene, filter: PointFilter): boolean {
  const step = gridStep(filter);
  return images.some((image) => image.registered && gridTriangles(image, filter.minConfidence, step).length > 0);
}

function gridStep({ kept }: PointFilter): number {
  return Math.ceil(Math.sqrt((2 * kept) / MOST_TRIANGLES)) || 1;
}

interface Surface {
  readonly image: SceneImage;
  readonly name: string;
  /** `[count, 3]`, indices of pixels. */
  readonly triangles: Uint32Array;
  /** JPEG bytes. */
  readonly photo: Uint8Array;
}

function surfaceNode(builder: GlbBuilder, { image, name, triangles, photo }: Surface): Node {
  const { width, height, depth, intrinsics, worldFromCam } = image;
  const world = transformPoints(worldFromCam, unprojectDepth(depth, image, intrinsics));
  const pixels = Uint32Array.from(new Set(triangles)).sort();
  const vertexOfPixel = new Uint32Array(width * height);
  const positions = new Float32Array(3 * pixels.length);
  const places = new Float32Array(2 * pixels.length);
  for (const [vertex, pixel] of pixels.entries()) {
    vertexOfPixel[pixel] = vertex;
    positions.set(world.subarray(3 * pixel, 3 * pixel + 3), 3 * vertex);
    places.set([((pixel % width) + 0.5) / width, (Math.floor(pixel / width) + 0.5) / height], 2 * vertex);
  }
  const primitive = builder
    .primitive("TRIANGLES", positions)
    .setAttribute("TEXCOORD_0", builder.accessor("VEC2", places))
    .setIndices(
      builder.accessor(
        "SCALAR",
        triangles.map((pixel) => vertexOfPixel[pixel]!),
      ),
    )
    .setMaterial(builder.photoMaterial(name, photo));
  return builder.meshNode(name, primitive);
}
