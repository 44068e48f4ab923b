import { InputError, zipFiles } from "../../../src/browser/index.ts";
import type { ProgressEvent } from "../../../src/core/progress.ts";
import {
  DOWNLOADS,
  type DownloadKind,
  type Engine,
  type EngineRun,
  type FinishedScene,
} from "../scene/finished-scene.ts";
import { reportDataOfPage } from "../scene/report-page.ts";
import { askServer } from "./ask-server.ts";

/** What is read of a server's job (`dust3r serve`, /openapi.json). */
interface Job {
  readonly id: string;
  readonly state: "uploading" | "queued" | "running" | "done" | "failed" | "canceled";
  readonly photos: readonly { readonly label: string }[];
  readonly files: readonly { readonly name: string }[];
  readonly error: { readonly message: string } | null;
}

/** The server's files of each download. */
const FILES: Readonly<Record<DownloadKind, RegExp>> = {
  glb: /^scene\.glb$/,
  ply: /^points\.ply$/,
  colmap: /^colmap\//,
  mesh: /^mesh\.glb$/,
  surfaces: /^surfaces\.glb$/,
  transforms: /^(transforms\.json|init\.ply|(colmap\/)?images\/.*)$/,
  depth: /^(depth|confidence|source)\/|^scene\.json$/,
  report: /^index\.html$/,
  scene: /^scene\.json$/,
};
const KINDS = ["depth", "ply", "glb", "mesh", "surfaces", "colmap", "nerfstudio", "report"];

/** Computes on the server that the page comes from. */
export const serverEngine: Engine = {
  place: "on the server",
  isHere: false,
  privacy: "Your photos are sent to the server that this page comes from, and to nobody else.",
  async reconstruct(photos, run) {
    const id = crypto.randomUUID();
    const form = new FormData();
    const dense = run.dense ? "stereo" : "none";
    form.append("options", JSON.stringify({ skip_broken: true, dense, export: KINDS }));
    for (const photo of photos) form.append("photos", photo, photo.name);
    const cancel = (): void => void askServer(`jobs/${id}/cancel`, { method: "POST" }).catch(() => {});
    run.signal?.addEventListener("abort", cancel);
    try {
      await askServer(`jobs/${id}`, { method: "PUT", body: form, signal: run.signal ?? null });
      const job = await finished(id, run);
      run.signal?.throwIfAborted();
      if (job.state !== "done") throw new InputError(job.error?.message ?? "the server canceled the job");
      return await sceneOf(job);
    } finally {
      run.signal?.removeEventListener("abort", cancel);
    }
  },
  async forget() {},
};

/** Follows a job to its end. */
async function finished(id: string, { onProgress, signal }: EngineRun): Promise<Job> {
  const events = new EventSource(`api/jobs/${id}/events`);
  try {
    return await new Promise<Job>((resolve, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason));
      events.addEventListener("progress", ({ data }) => onProgress?.(JSON.parse(data) as ProgressEvent));
      events.addEventListener("job", ({ data }) => {
        const job = JSON.parse(data) as Job;
        if (["done", "failed", "canceled"].includes(job.state)) resolve(job);
      });
      events.addEventListener("error", () => {
        // Otherwise the browser connects again by itself.
        if (events.readyState === EventSource.CLOSED) reject(new InputError("the server no longer answers"));
      });
    });
  } finally {
    events.close();
  }
}

async function sceneOf({ id, files, photos }: Job): Promise<FinishedScene> {
  const file = async (name: string): Promise<Blob> => {
    const path = name.split("/").map(encodeURIComponent).join("/");
    return await (await askServer(`jobs/${id}/files/${path}`)).blob();
  };
  const data = reportDataOfPage(await (await file("index.html")).text());
  return {
    data,
    leftOut: photos.map(({ label }) => label).filter((label) => !data.images.some((image) => image.file === label)),
    scalable: false,
    stored: null,
    async download(kind, _, run) {
      const names = files.map(({ name }) => name).filter((name) => FILES[kind].test(name));
      const blobs = await Promise.all(names.map(async (name) => ({ name, blob: await file(name) })));
      const [first] = blobs;
      if (!first) throw new InputError(`the scene has no ${DOWNLOADS[kind].file}`);
      return DOWNLOADS[kind].file.endsWith(".zip") ? await zipFiles(blobs, run) : first.blob;
    },
  };
}
