import { existsSync, readdirSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { JOB } from "../../src/serve/job.ts";
import { jobs, smallPhoto, uploaded } from "./client.ts";
import { fakeJobs } from "./fake-jobs.ts";
import { localServers } from "./local-server.ts";

const start = localServers();
const SEED = 20_261_128;
const MULTIPART = "multipart/form-data; boundary=x";
const PHOTO = Buffer.from(await smallPhoto(1));

/** A request, as far from or as near to a good one as it gets. */
interface Attempt {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

function formPart(field: string, file: string | null, bytes: Buffer): Buffer {
  const filename = file === null ? "" : `; filename="${file}"`;
  return Buffer.concat([
    Buffer.from(`--x\r\nContent-Disposition: form-data; name="${field}"${filename}\r\n\r\n`),
    bytes,
    Buffer.from("\r\n"),
  ]);
}

const text = fc.string({ unit: "binary", maxLength: 40 });
const word = fc.oneof(
  text,
  fc.constantFrom("..", "%2e%2e", "%00", "%", "scene.json", "depth/of photo.txt", ".resume/0", "jobs"),
);
const name = fc.oneof(fc.constantFrom("photos", "options", "photos[]", "__proto__"), text);
const content = fc.oneof(
  fc.constant(PHOTO),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc.nat(PHOTO.length).map((length) => PHOTO.subarray(0, length)),
  fc.json({ maxDepth: 3 }).map((json) => Buffer.from(json)),
  fc
    .constantFrom('{"seed":1}', '{"export":["glb"]}', '{"__proto__":{}}', '{"title":"x"}')
    .map((json) => Buffer.from(json)),
);
const part = fc.tuple(name, fc.option(text), content).map(([field, file, bytes]) => formPart(field, file, bytes));
const multipart = fc
  .tuple(fc.array(part, { maxLength: 4 }), fc.constantFrom("--x--\r\n", "--x--\r\n", ""), fc.nat(3))
  .map(([parts, end, cut]) => Buffer.concat([...parts, Buffer.from(end)]).subarray(cut === 0 ? 7 : 0));

function attempts(ids: readonly string[]): fc.Arbitrary<Attempt> {
  const id = fc.oneof(fc.constantFrom(...ids), fc.uuid(), word);
  const path = fc.oneof(
    fc.constantFrom(
      "/",
      "/api/jobs",
      "/api/jobs/",
      "/api/session",
      "/api/server",
      "/metrics",
      "/healthz",
      "/openapi.json",
    ),
    id.map((given) => `/api/jobs/${given}`),
    id.map((given) => `/api/jobs/${given}/cancel`),
    fc.tuple(id, word).map(([given, file]) => `/api/jobs/${given}/files/${file}`),
    fc.array(word, { maxLength: 4 }).map((words) => `/${words.join("/")}`),
  );
  const header = fc.tuple(
    fc.constantFrom(
      "Origin",
      "Cookie",
      "Authorization",
      "Last-Event-ID",
      "If-None-Match",
      "Sec-Fetch-Site",
      "Range",
      "X-Anything",
    ),
    fc.string({ unit: "grapheme-ascii", maxLength: 30 }),
  );
  const wild = fc.record({
    method: fc.constantFrom("GET", "GET", "POST", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"),
    path: path.map((given) => given.replace(/[^!-~]/gu, (character) => encodeURIComponent(character))),
    headers: fc
      .tuple(
        fc.option(fc.tuple(fc.constant("Content-Type"), fc.constantFrom(MULTIPART, "multipart/form-data", "a/b"))),
        fc.array(header, { maxLength: 2 }),
      )
      .map(([type, others]) => Object.fromEntries(type === null ? others : [type, ...others])),
    body: fc.oneof(multipart, content),
  });
  const put = fc.uuid().map((given) => ({ method: "PUT", path: `/api/jobs/${given}` }));
  const type = fc
    .constantFrom(MULTIPART, MULTIPART, MULTIPART, "text/plain")
    .map((value) => ({ "Content-Type": value }));
  const files = fc.array(text, { minLength: 1, maxLength: 5 }).map((names) => {
    const parts = names.map((file) => formPart("photos", file.replace(/["\r\n\0]/g, "_"), PHOTO));
    return Buffer.concat([...parts, Buffer.from("--x--\r\n")]);
  });
  const upload = fc
    .tuple(put, type, fc.oneof(files, multipart))
    .map(([target, headers, body]) => ({ ...target, headers, body }));
  return fc.oneof({ weight: 3, arbitrary: wild }, { weight: 1, arbitrary: upload });
}

function send(
  base: string,
  { method, path, headers, body }: Attempt,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(base);
    const fields = { ...headers, "Content-Length": body.length };
    const sending = request({ hostname, port, method, path, headers: fields, timeout: 3000 }, (response) => {
      let answer = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        answer += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode!, text: answer }));
      response.on("error", reject);
    });
    sending.on("timeout", () => sending.destroy(new Error("no answer within 3 s")));
    sending.on("error", reject);
    sending.end(body);
  });
}

test("no request breaks the server, leaves its folder, or is left without an answer", async () => {
  const { base, data, errors } = await start({ runJob: fakeJobs(1), limits: { photos: 3, upload_bytes: 5000 } });
  const kept = await Promise.all(
    [1, 2, 3].map(async (seed) => uploaded(base, [{ name: "a.jpg", bytes: await smallPhoto(seed) }])),
  );
  const seen = new Map<number, number>();
  const any = attempts(kept.map(({ id }) => id));
  await fc.assert(
    fc.asyncProperty(any, async (attempt) => {
      const { status, text: answer } = await send(base, attempt);
      seen.set(status, (seen.get(status) ?? 0) + 1);
      expect(status, answer).toBeLessThan(500);
      if (status >= 400 && attempt.method !== "HEAD" && answer !== "")
        expect(JSON.parse(answer)).toEqual({ error: expect.any(String) });
    }),
    { seed: SEED, numRuns: 400 },
  );
  expect(errors).toEqual([]);
  // Refusals alone would test little.
  for (const status of [200, 201, 400, 403, 404, 413, 415])
    expect(seen.get(status) ?? 0, `${status}`).toBeGreaterThan(0);
  expect((await fetch(`${base}/healthz`)).status).toBe(200);
  for (const job of await jobs(base))
    expect(JOB.safeParse(job).error && z.prettifyError(JOB.safeParse(job).error!)).toBeUndefined();
  expect(readdirSync(data).sort()).toEqual(["jobs", "passing"]);
  expect(readdirSync(join(data, "passing"))).toEqual([]);
  expect(existsSync("evil.jpg")).toBe(false);
}, 60_000);
