/** A scene in meters from one known distance, and the distance between what two other pixels show. */
import { fileURLToPath } from "node:url";
import { reconstruct } from "dust3r";

const photos = fileURLToPath(new URL("photos", import.meta.url));
// What is known is given by photo and in its own pixels.
const knownDistance = { photo: "courtyard-1.jpg", pixel1: [200, 300], pixel2: [440, 300], meters: 3 };

const { scene, photos: found } = await reconstruct([photos], {
  dense: "none", // photo.depth() below is the network's
  priors: { knownDistance, sharedFocal: true },
});
console.log(`the scene is in ${scene.units}`);

const photo = found.find(({ name }) => name === "courtyard-1.jpg");
const depth = photo.depth();
/** The point that a pixel shows, in the photo's camera frame: x right, y down, z forward. */
function pointAt([x, y]) {
  const { fx, fy, cx, cy } = photo.intrinsics;
  const z = depth[y * photo.width + x];
  return [((x - cx) / fx) * z, ((y - cy) / fy) * z, z];
}
function distance(a, b) {
  const [p, q] = [pointAt(a), pointAt(b)];
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}
console.log(`known: 3 m, in the scene ${distance([200, 300], [440, 300]).toFixed(2)} m`);
console.log(`from the top to the bottom of the middle: ${distance([320, 120], [320, 400]).toFixed(2)} m`);
