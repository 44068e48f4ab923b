/** Photos in, a folder with viewer, point cloud, depth maps and cameras out: `node examples/reconstruct.js out/ photos/*.jpg` */
import { reconstruct, writeSceneFolder } from "dust3r";

const [folder = "out", ...given] = process.argv.slice(2);
const photos = given.length > 0 ? given : [new URL("photos", import.meta.url).pathname];

const result = await reconstruct(photos, {
  onProgress: ({ stage, done, total }) => process.stderr.write(`${stage} ${done}/${total}\n`),
});
for (const { name, registered, intrinsics, worldFromCam } of result.photos) {
  if (!registered) console.log(`${name} could not be connected to the others`);
  else
    console.log(
      name,
      `f = ${intrinsics.fx.toFixed(1)} px at`,
      [3, 7, 11].map((k) => worldFromCam[k].toFixed(2)).join(" "),
    );
}
const { files, warnings } = await writeSceneFolder(result, folder);
for (const warning of warnings) console.log(`warning: ${warning}`);
console.log(`wrote ${files.length} files; open ${folder}/index.html in a browser`);
