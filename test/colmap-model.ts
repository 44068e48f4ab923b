import type { Pose } from "../src/core/camera.ts";
import type { ColmapImage, ColmapModel } from "../src/formats/colmap/model.ts";
import { invertRigid, rigidPose, transformPoints } from "../src/geometry/pose.ts";
import { rotationFromQuaternion } from "../src/geometry/rotation.ts";

/** An image's pose as COLMAP means it. */
function camFromWorldOf({ quaternion: [w, x, y, z], translation }: ColmapImage): Pose {
  return rigidPose(rotationFromQuaternion([x, y, z, w]), translation);
}

/** The poses of a model's images by ascending id. */
export function posesOf({ images }: ColmapModel): Pose[] {
  return images.toSorted((a, b) => a.id - b.id).map((image) => invertRigid(camFromWorldOf(image)));
}

/**
 * Distances in pixels between keypoints and the projections of the points they show, straight from COLMAP's definition of
 * a PINHOLE camera: the mean of each point's track, and the mean over points.
 */
export function reprojectionErrors({ cameras, images, points }: ColmapModel): { mean: number; byPoint: number[] } {
  const byId = new Map(images.map((image) => [image.id, image]));
  const byPoint = Array.from(points.ids, (_, i) => {
    const track = points.tracks.subarray(2 * points.trackStarts[i]!, 2 * points.trackStarts[i + 1]!);
    let sum = 0;
    for (let k = 0; k < track.length; k += 2) {
      const image = byId.get(track[k]!)!;
      const [fx, fy, cx, cy] = cameras.get(image.cameraId)!.params as [number, number, number, number];
      const inWorld = points.positions.subarray(3 * i, 3 * i + 3);
      const [x, y, z] = transformPoints(camFromWorldOf(image), inWorld) as unknown as [number, number, number];
      const keypoint = 2 * track[k + 1]!;
      const [u, v] = [image.keypoints[keypoint]!, image.keypoints[keypoint + 1]!];
      sum += Math.hypot((fx * x) / z + cx - u, (fy * y) / z + cy - v);
    }
    return sum / (track.length / 2);
  });
  return { mean: byPoint.reduce((sum, error) => sum + error, 0) / byPoint.length, byPoint };
}
