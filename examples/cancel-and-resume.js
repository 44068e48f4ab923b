/** A run that is canceled half-way, and one that goes on with what it had finished. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { folderStore, InputError, reconstruct } from "dust3r";

const photos = [fileURLToPath(new URL("photos", import.meta.url))];
const folder = await mkdtemp(join(tmpdir(), "dust3r-resume-"));
const store = folderStore(folder);

const controller = new AbortController();
const cancelHalfWay = ({ stage, done, total }) => {
  if (stage === "decode" && done >= total / 2) controller.abort(new Error("canceled"));
};
const how = { store, dense: "none" };
await reconstruct(photos, { ...how, signal: controller.signal, onProgress: cancelHalfWay }).catch((error) =>
  console.log(`the first run was ${error.message}`),
);

let reused = 0;
const result = await reconstruct(photos, {
  ...how,
  onProgress: (event) => (reused = Math.max(reused, event.reused ?? 0)),
});
console.log(`the second run took over ${reused} pairs and registered ${result.photos.length} photos`);
await rm(folder, { recursive: true });

// What a person can mend is an InputError, FormatError or CapabilityError; anything else is a bug.
await reconstruct(["no-such-photo.jpg"]).catch((error) => {
  if (!(error instanceof InputError)) throw error;
  console.log(`as it should be: ${error.message}`);
});
