import type { ReportData } from "../../../src/export/report-data.ts";
import { restoredScene } from "../run/tab-engine.ts";
import type { FinishedScene } from "./finished-scene.ts";
import { SAMPLE_FILES } from "./sample-files.ts";

/** The sample that ships with the app. */
export interface Sample {
  /** Its finished scene, which needs no more than one file until something is downloaded. */
  readonly scene: FinishedScene;
  readonly photos: () => Promise<readonly File[]>;
}

/** Loads the sample's scene; everything else when it is asked for. */
export async function loadSample(): Promise<Sample> {
  const report = await (await fetchFile(SAMPLE_FILES.report)).blob();
  const data = JSON.parse(await report.text()) as ReportData;
  const photos = once(loadPhotos);
  const restored = once(async () => {
    const files = await photos();
    const result = await (await fetchFile(SAMPLE_FILES.result)).blob();
    return await restoredScene({ report, result, kept: files.map((_, i) => i) }, files);
  });
  const scene: FinishedScene = {
    data,
    leftOut: [],
    scalable: true,
    stored: null,
    download: async (...asked) => await (await restored()).download(...asked),
  };
  return { scene, photos };
}

async function loadPhotos(): Promise<readonly File[]> {
  const names = (await (await fetchFile(SAMPLE_FILES.photos)).json()) as readonly string[];
  return await Promise.all(
    names.map(async (name) => new File([await (await fetchFile(name)).blob()], name, { type: "image/jpeg" })),
  );
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

async function fetchFile(name: string): Promise<Response> {
  const response = await fetch(`sample/${name}`);
  if (!response.ok) throw new Error(`sample/${name}: ${response.status}`);
  return response;
}
