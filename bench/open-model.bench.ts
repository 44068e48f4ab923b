/** An open model: what its first call costs, and the second, for which neither engine nor graphs have to be made. */
import { resolve } from "node:path";
import { openModel } from "../src/pipeline/open-model.ts";
import { reconstruct } from "../src/pipeline/reconstruct.ts";

const photos = resolve(import.meta.dirname, "../examples/photos");
const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
};
const alone = await seconds(() => reconstruct([photos], { device: "cpu" }));
const start = performance.now();
await using model = await openModel({ device: "cpu" });
const opening = (performance.now() - start) / 1000;
const first = await seconds(() => reconstruct([photos], { model }));
const second = await seconds(() => reconstruct([photos], { model }));

console.log(`reconstruct, the sample photos: ${alone.toFixed(2)} s with a model opened for the call`);
console.log(
  `  openModel: ${opening.toFixed(2)} s; its first call: ${first.toFixed(2)} s; its second: ${second.toFixed(2)} s`,
);
console.log(`  second to one with a model of its own: ${(second / alone).toFixed(2)}`);
