/** One open model, several questions: matches, focal lengths and the relative pose of two photos. */
import { fileURLToPath } from "node:url";
import { matchPhotos, openModel, photoFocals, relativePose } from "dust3r";

const sample = (name) => fileURLToPath(new URL(`photos/${name}`, import.meta.url));
const given = process.argv.slice(2);
const photos = given.length === 2 ? given : [sample("courtyard-1.jpg"), sample("courtyard-2.jpg")];

const model = await openModel({ model: "small" });

const { pixels1, pixels2, confidence } = await matchPhotos(photos, { model });
console.log(
  `${confidence.length} matches; the most confident: (${[...pixels1.subarray(0, 2)]}) and (${[...pixels2.subarray(0, 2)]})`,
);

for (const { name, focal } of await photoFocals(photos, { model })) {
  if (focal === undefined) console.log(`${name}: no focal length`);
  else console.log(`${name}: ${focal.focal.toFixed(0)} px, ${((focal.fovX * 180) / Math.PI).toFixed(0)}° wide`);
}

const { cam2FromCam1, inlierShare } = await relativePose(photos, { model });
console.log("the second camera from the first, by row:");
for (const row of [0, 4, 8]) console.log([...cam2FromCam1.subarray(row, row + 4)].map((x) => x.toFixed(3)).join(" "));
console.log(`${Math.round(100 * inlierShare)} % of the pixels agree`);
await model.close();
