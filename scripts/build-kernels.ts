/** Compiles the kernels of global alignment to `src/alignment/global/tile-kernels-binary.ts`. */
import { readFile, writeFile } from "node:fs/promises";
import { compile } from "watr";

const SOURCE = new URL("../src/alignment/global/tile-kernels.wat", import.meta.url);
const TARGET = new URL("../src/alignment/global/tile-kernels-binary.ts", import.meta.url);

const binary = Buffer.from(compile(await readFile(SOURCE, "utf8")));
const lines = binary.toString("base64").match(/.{1,112}/g)!;
await writeFile(
  TARGET,
  `/** tile-kernels.wat, compiled by \`npm run kernels\`; Base64. */\nexport const TILE_KERNELS: string =\n${lines
    .map((line) => `  "${line}"`)
    .join(" +\n")};\n`,
);
console.log(`${binary.length} bytes`);
