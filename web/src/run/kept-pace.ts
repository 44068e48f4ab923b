import { privateFolder, readFile, writeFile } from "../projects/private-folder.ts";
import { FIRST_PACE, type StagePace } from "./time-left.ts";

const FILE = "pace.json";

/** The pace of earlier runs on this device. */
export async function loadPace(): Promise<StagePace> {
  const folder = await privateFolder();
  const file = folder && (await readFile(folder, FILE));
  return file ? { ...FIRST_PACE, ...(JSON.parse(await file.text()) as StagePace) } : FIRST_PACE;
}

/** Keeps it for the next run. */
export async function savePace(pace: StagePace): Promise<void> {
  const folder = await privateFolder();
  if (folder) await writeFile(folder, FILE, JSON.stringify(pace));
}
