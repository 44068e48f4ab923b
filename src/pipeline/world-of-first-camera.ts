import type { Pose } from "../core/camera.ts";
import type { Scene } from "../core/scene.ts";
import { composePoses, identityPose, invertRigid, transformPoints } from "../geometry/pose.ts";

/**
 * The scene, and each further component, in the world of its first camera; where poses were given, the scene's world stays
 * theirs.
 */
export function worldOfFirstCamera(scene: Scene, { posed }: { readonly posed: boolean }): Scene {
  const first = new Map<number, Pose>();
  const images = scene.images.map((image) => {
    const { component, worldFromCam } = image;
    if (component === undefined || (component === 0 && (posed || !image.registered))) return image;
    const own = first.get(component);
    if (own === undefined) first.set(component, invertRigid(worldFromCam));
    return { ...image, worldFromCam: own === undefined ? identityPose() : composePoses(own, worldFromCam) };
  });
  const firstFromWorld = first.get(0);
  if (firstFromWorld === undefined) return { ...scene, images };
  const { tracks } = scene;
  const moved = tracks && { ...tracks, positions: transformPoints(firstFromWorld, tracks.positions) };
  return { ...scene, images, tracks: moved };
}
