import { assert, InputError } from "../core/errors.ts";
import type { Scene, SceneImage } from "../core/scene.ts";
import type { View } from "../core/view.ts";

/**
 * Throws an `InputError` naming the photo when anything that would be written is not a finite number. Called before
 * the first byte is written, so that a broken scene leaves nothing behind.
 */
export function checkScene(scene: Scene, views: readonly View[]): void {
  assert(scene.images.length === views.length, `${scene.images.length} images but ${views.length} views`);
  for (const [i, image] of scene.images.entries()) checkImage(image, views[i]!);
  for (const { image1, image2, meanConfidence } of scene.pairs) {
    checkNumbers(`${views[image1]?.name} with ${views[image2]?.name}`, "confidence", [meanConfidence]);
  }
}

function checkImage(image: SceneImage, view: View): void {
  const { width, height, intrinsics, worldFromCam, depth, confidence } = image;
  assert(width === view.width && height === view.height, `${view.name}: the scene's size is not the view's`);
  assert(depth.length === width * height, `${view.name}: depth is not [${height}, ${width}]`);
  assert(confidence.length === width * height, `${view.name}: confidence is not [${height}, ${width}]`);
  const { fx, fy, cx, cy } = intrinsics;
  checkNumbers(view.name, "camera", [fx, fy, cx, cy]);
  checkNumbers(view.name, "confidence", confidence);
  if (!image.registered && image.component === undefined) return;
  checkNumbers(view.name, "pose", worldFromCam);
  checkNumbers(view.name, "depth", depth);
}

function checkNumbers(name: string, what: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    throw new InputError(
      `${name}: its ${what} holds ${values[i]} where a finite number was expected, nothing was written. ` +
        "The weights may be damaged, or dtype fp16 too narrow for them: try another model or dtype fp32.",
      { remedies: ["model", "dtype"] },
    );
  }
}
