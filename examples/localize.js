/** A map from some photos; then where another photo was taken, and the scene with that photo in it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { addPhotos, localizePhotos, openMap, openModel, reconstruct, writeSceneFolder } from "dust3r";

const sample = (n) => fileURLToPath(new URL(`photos/courtyard-${n}.jpg`, import.meta.url));
const folder = await mkdtemp(join(tmpdir(), "dust3r-map-"));

const model = await openModel();
const scene = await reconstruct([sample(1), sample(2), sample(3)], { model, dense: "none" });
await writeSceneFolder(scene, folder);

const map = await openMap(folder, fileURLToPath(new URL("photos", import.meta.url)));
const [query] = await localizePhotos([sample(4)], map, { model });
if (query.camFromWorld === undefined) console.log(`${query.name} was not located: ${query.problem}`);
else console.log(`${query.name}: ${query.inliers} inliers, f = ${query.intrinsics.fx.toFixed(0)} px`);

const scenePhotos = fileURLToPath(new URL("photos", import.meta.url));
const { photos, problems } = await addPhotos(folder, [sample(4)], { model, scenePhotos });
console.log(`${photos.filter(({ registered }) => registered).length} of ${photos.length} photos are in the scene`);
for (const problem of problems) console.log(problem);
await rm(folder, { recursive: true });
await model.close();
