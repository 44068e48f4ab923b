import type { mat4, Node } from "@gltf-transform/core";
import type { Scene, SceneImage } from "../core/scene.ts";
import type { View } from "../core/view.ts";
import { calibrationRows } from "../formats/camera-matrices.ts";
import { originalIntrinsics } from "../geometry/pixel-mapping.ts";
import { frustumCorners, frustumDepth } from "./frustum.ts";
import { GlbBuilder } from "./glb-builder.ts";
import { imageColor, linearColors, linearFromSrgb } from "./image-color.ts";
import type { ScenePoints } from "./scene-points.ts";
import type { LoadTexture } from "./texture.ts";

/** The corners of the image (0 to 3) joined to a rectangle, and each to the camera's center (4). */
const FRUSTUM_EDGES = Uint16Array.of(0, 1, 1, 2, 2, 3, 3, 0, 4, 0, 4, 1, 4, 2, 4, 3);
const PHOTO_TRIANGLES = Uint16Array.of(0, 3, 1, 1, 3, 2);
const PHOTO_CORNERS = Float32Array.of(0, 0, 1, 0, 1, 1, 0, 1);

/**
 * `scene.glb`: the points, and per registered photo a glTF camera with its frustum, carrying the photo. The world's
 * OpenCV axes become glTF's (y up, z backward) in the root node; colors are stored as linear light, as glTF asks.
 */
export async function encodeGlb(
  scene: Scene,
  views: readonly View[],
  { points, loadTexture }: { readonly points: ScenePoints; readonly loadTexture: LoadTexture },
): Promise<Uint8Array> {
  const builder = new GlbBuilder();
  builder.world.addChild(pointsNode(builder, points));
  const depth = frustumDepth(scene);
  for (const [i, image] of scene.images.entries()) {
    if (!image.registered) continue;
    const photo = await loadTexture(i);
    builder.world.addChild(cameraNode(builder, { image, view: views[i]!, index: i, depth, photo }));
  }
  return builder.encode();
}

function pointsNode(builder: GlbBuilder, { positions, colors }: ScenePoints): Node {
  const primitive = builder
    .primitive("POINTS", positions)
    .setAttribute("COLOR_0", builder.accessor("VEC4", linearColors(colors)).setNormalized(true))
    .setMaterial(builder.document.createMaterial("points").setMetallicFactor(0).setRoughnessFactor(1));
  return builder.meshNode("points", primitive);
}

interface CameraParts {
  readonly image: SceneImage;
  readonly view: View;
  readonly index: number;
  /** At which the frustum is drawn. */
  readonly depth: number;
  /** JPEG bytes. */
  readonly photo: Uint8Array;
}

function cameraNode(builder: GlbBuilder, { image, view, index, depth, photo }: CameraParts): Node {
  const { document } = builder;
  const { original, name } = view;
  const intrinsics = originalIntrinsics(image.intrinsics, view.originalFromNetwork);
  const [red, green, blue] = imageColor(index).map(linearFromSrgb) as [number, number, number];
  const camera = document
    .createCamera(name)
    .setType("perspective")
    .setYFov(2 * Math.atan(original.height / (2 * intrinsics.fy)))
    .setAspectRatio((original.width * intrinsics.fy) / (original.height * intrinsics.fx))
    .setZNear(depth / 100)
    .setExtras({ K: calibrationRows(intrinsics), width: original.width, height: original.height });
  const edges = builder
    .primitive("LINES", toGlAxes([...frustumCorners(intrinsics, original, depth), 0, 0, 0]))
    .setIndices(builder.accessor("SCALAR", FRUSTUM_EDGES))
    .setMaterial(document.createMaterial("frustum").setBaseColorFactor([red, green, blue, 1]).setMetallicFactor(0));
  const plane = builder
    .primitive("TRIANGLES", toGlAxes(frustumCorners(image.intrinsics, image, depth)))
    .setAttribute("TEXCOORD_0", builder.accessor("VEC2", PHOTO_CORNERS))
    .setIndices(builder.accessor("SCALAR", PHOTO_TRIANGLES))
    .setMaterial(builder.photoMaterial(name, photo));
  return builder.meshNode(name, edges, plane).setCamera(camera).setMatrix(glMatrix(image));
}

/** Camera axes from OpenCV's to glTF's: y up, z backward. */
function toGlAxes(points: readonly number[]): Float32Array {
  return Float32Array.from(points, (value, i) => (i % 3 === 0 ? value : -value));
}

/** The pose of a glTF camera, column-major, in the OpenCV world that the root node rotates. */
function glMatrix({ worldFromCam }: SceneImage): mat4 {
  const columns = Array.from({ length: 16 }, (_, i) => {
    const column = i >> 2;
    const value = worldFromCam[4 * (i & 3) + column]!;
    return column === 1 || column === 2 ? -value : value;
  });
  return columns as mat4;
}
