import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { CapabilityError, FormatError } from "../../src/core/errors.ts";
import { JOB } from "../../src/serve/job.ts";
import {
  allEvents,
  events,
  finished,
  job,
  jobs,
  type SentPhoto,
  smallPhoto,
  until,
  upload,
  uploaded,
} from "./client.ts";
import { contentOf, fakeJobs, STEPS } from "./fake-jobs.ts";
import { localServers } from "./local-server.ts";

const start = localServers();
const PHOTOS: readonly SentPhoto[] = [
  { name: "a.jpg", bytes: await smallPhoto(1) },
  { name: "b.jpg", bytes: await smallPhoto(2) },
];
const SLOW = fakeJobs(60_000);
const ID = "0b6e3c1a-8f0e-4f0a-9a51-3f0c1f1d2e3a";
const UPLOAD_HEAD =
  "POST /api/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 9000\r\n\r\n";
const problem = async (response: Response) => ((await response.json()) as { error: string }).error;

/** Sends bytes as they are and gives what comes back until the server closes. */
async function exchange(port: number, ...parts: readonly (string | number)[]): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let answer = "";
  const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  socket.setEncoding("utf8").on("data", (text: string) => {
    answer += text;
  });
  socket.on("error", () => {});
  for (const part of parts) {
    if (typeof part === "number") await pause(part);
    else socket.write(part);
  }
  await closed;
  return answer;
}

describe("a job", () => {
  test("goes from its upload to its files", async () => {
    const { base, data } = await start();
    const created = await upload(base, PHOTOS, { options: { title: "Chair", seed: 3, export: ["glb"] } });
    expect(created.status).toBe(201);
    const { id } = (await created.json()) as { id: string };
    expect(created.headers.get("location")).toBe(`/api/jobs/${id}`);
    const done = await finished(base, id);
    expect(z.strictObject({}).loose().and(JOB).safeParse(done).error).toBeUndefined();
    expect(done).toMatchObject({
      state: "done",
      status: "ok",
      registered: 2,
      options: { title: "Chair", seed: 3, export: ["glb"] },
      photos: [
        { label: "a.jpg", format: "jpeg" },
        { label: "b.jpg", format: "jpeg" },
      ],
      starts: 1,
      error: null,
    });
    const file = await fetch(`${base}/api/jobs/${id}/files/scene.json`);
    expect(await file.text()).toBe(contentOf(PHOTOS.map(({ name, bytes }) => ({ label: name, bytes }))));
    const tag = file.headers.get("etag")!;
    const again = await fetch(`${base}/api/jobs/${id}/files/scene.json`, { headers: { "If-None-Match": tag } });
    expect(again.status).toBe(304);
    expect(await (await fetch(`${base}/api/jobs/${id}/files/depth/of%20photo.txt`)).text()).toBe("depth");
    // Its photos are not needed any more.
    await until(
      () =>
        readdirSync(join(data, "jobs", id))
          .sort()
          .join() === "job.json,result",
    );

    expect((await fetch(`${base}/api/jobs/${id}`, { method: "DELETE" })).status).toBe(204);
    expect((await fetch(`${base}/api/jobs/${id}`)).status).toBe(404);
    expect(readdirSync(join(data, "jobs"))).toEqual([]);
  });

  test("waits its turn, and stops at once when it is canceled or removed", async () => {
    const { base, data } = await start({ runJob: SLOW });
    const [first, second, third] = [
      await uploaded(base, PHOTOS),
      await uploaded(base, PHOTOS),
      await uploaded(base, PHOTOS),
    ];
    expect([first!.state, second!.position, third!.position]).toEqual(["running", 0, 1]);
    const cancel = (id: string) => fetch(`${base}/api/jobs/${id}/cancel`, { method: "POST" });
    expect(await (await cancel(second!.id)).json()).toMatchObject({ state: "canceled", position: null });
    expect(await (await cancel(first!.id)).json()).toMatchObject({ state: "canceled" });
    await until(async () => (await job(base, third!.id)).state === "running");
    expect((await cancel(first!.id)).status).toBe(200);
    expect((await fetch(`${base}/api/jobs/${third!.id}`, { method: "DELETE" })).status).toBe(204);
    expect((await jobs(base)).map(({ id, state }) => [id, state])).toEqual([
      [second!.id, "canceled"],
      [first!.id, "canceled"],
    ]);
    for (const { id } of [first!, second!])
      await until(() => readdirSync(join(data, "jobs", id)).join() === "job.json");
  });

  test("is one job however often it is sent under its id", async () => {
    const { base } = await start();
    expect((await upload(base, PHOTOS, { id: ID })).status).toBe(201);
    expect((await upload(base, PHOTOS, { id: ID })).status).toBe(200);
    expect((await finished(base, ID)).starts).toBe(1);
    expect((await fetch(`${base}/api/jobs/${ID}/cancel`, { method: "POST" })).status).toBe(409);
    const removals = [1, 2].map(() => fetch(`${base}/api/jobs/${ID}`, { method: "DELETE" }));
    for (const removal of removals) expect([204, 404]).toContain((await removal).status);
    expect((await upload(base, PHOTOS, { id: ID })).status).toBe(201);
    expect((await upload(base, PHOTOS, { id: "7" })).status).toBe(400);
  });

  test.each([
    ["input", new FormatError("a.jpg", "is cut short"), /a\.jpg: is cut short/],
    ["machine", new CapabilityError("too little memory"), /too little memory/],
    ["bug", new Error("secret insides"), /fault of the program/],
  ])("fails with a reason: %s", async (kind, error, message) => {
    const { base, errors } = await start({ runJob: () => Promise.reject(error) });
    const { id } = await uploaded(base, PHOTOS);
    const failed = await finished(base, id);
    expect(failed).toMatchObject({ state: "failed", error: { kind, message: expect.stringMatching(message) } });
    expect(errors.join()).toEqual(kind === "bug" ? expect.stringContaining("secret insides") : "");
  });

  test("ends when its time is over", async () => {
    const { base } = await start({ runJob: SLOW, limits: { seconds: 0.1 } });
    const { id } = await uploaded(base, PHOTOS);
    expect(await finished(base, id)).toMatchObject({ state: "failed", error: { kind: "time" } });
  });
});

describe("events", () => {
  test("tell of every step, and go on after the one that was seen last", async () => {
    const { base } = await start({ runJob: fakeJobs(20) });
    const { id } = await uploaded(base, PHOTOS);
    const all = await allEvents(base, id);
    expect(all.at(-1)).toMatchObject({ event: "job", data: { state: "done" } });
    const steps = all.filter(({ event }) => event === "progress").map(({ data }) => data.done);
    expect(steps).toEqual(Array.from({ length: STEPS }, (_, i) => i + 1));
    const third = all.findIndex(({ event, data }) => event === "progress" && data.done === 3);
    expect((await allEvents(base, id, all[third]!.id)).map((event) => event.id)).toEqual(
      all.slice(third + 1).map((event) => event.id),
    );
    expect(await allEvents(base, id, "of-another-server")).toMatchObject([{ event: "job", data: { state: "done" } }]);
    const over = await fetch(`${base}/api/jobs/${id}/events`, { headers: { "Last-Event-ID": all.at(-1)!.id } });
    expect(over.status).toBe(204);
  });

  test("follow an upload from its beginning", async () => {
    const { base } = await start();
    const head = `--x\r\nContent-Disposition: form-data; name="photos"; filename="a.jpg"\r\n\r\n`;
    const parts = [head, PHOTOS[0]!.bytes, "\r\n--x--\r\n"].map((part) => Buffer.from(part as string));
    const length = Buffer.concat(parts).length;
    const sending = request(`${base}/api/jobs/${ID}`, {
      method: "PUT",
      headers: { "Content-Type": "multipart/form-data; boundary=x", "Content-Length": length },
    });
    const answered = new Promise<number | undefined>((resolve) =>
      sending.on("response", (r) => resolve(r.resume().statusCode)),
    );
    sending.write(parts[0]);
    await until(async () => (await fetch(`${base}/api/jobs/${ID}`)).status === 200);
    // Not a byte of the photo has been sent by now.
    for await (const { data } of events(base, ID)) {
      expect(data).toMatchObject({ state: "uploading", progress: { stage: "upload", total: length } });
      break;
    }
    for (const part of parts.slice(1)) sending.write(part);
    sending.end();
    expect(await answered).toBe(201);
  });

  test("are limited, and the place of one who left is free again", async () => {
    const { base } = await start({ runJob: SLOW, limits: { event_streams: 1 } });
    const { id } = await uploaded(base, PHOTOS);
    for await (const _ of events(base, id)) {
      expect((await fetch(`${base}/api/jobs/${id}/events`)).status).toBe(503);
      break;
    }
    await until(async () => /^dust3r_event_streams 0$/m.test(await (await fetch(`${base}/metrics`)).text()));
    for await (const event of events(base, id)) {
      expect(event.event).toBe("job");
      break;
    }
  });
});

describe("uploads are refused cleanly", () => {
  const multipart = (body: string, boundary = "x") => ({
    method: "POST",
    headers: { "Content-Type": `multipart/form-data; boundary=${boundary}` },
    body,
  });
  const part = (name: string, filename: string, content: string) =>
    `--x\r\nContent-Disposition: form-data; name="${name}"; filename="${filename}"\r\n\r\n${content}\r\n`;

  test.each<readonly [string, number, RegExp, RequestInit]>([
    ["no multipart", 415, /multipart\/form-data/, { method: "POST", body: "{}" }],
    [
      "no boundary",
      400,
      /multipart/,
      { method: "POST", headers: { "Content-Type": "multipart/form-data" }, body: "x" },
    ],
    ["garbage", 400, /multipart/, multipart("\0\x01garbage".repeat(1000))],
    ["nothing", 400, /no photos|multipart/, multipart("--x--\r\n")],
    ["a body that is cut short", 400, /cut short/, multipart(part("photos", "a.jpg", "\xff\xd8\xff"))],
    ["no picture", 415, /a\.jpg is no picture/, multipart(`${part("photos", "a.jpg", "<svg/>".repeat(10))}--x--\r\n`)],
    ["an empty file", 415, /a\.jpg is no picture/, multipart(`${part("photos", "a.jpg", "")}--x--\r\n`)],
    ["files in other fields", 400, /"photos"/, multipart(`${part("file", "a.gif", "GIF89a")}--x--\r\n`)],
  ])("%s", async (_, status, message, init) => {
    const { base, data, errors } = await start();
    const response = await fetch(`${base}/api/jobs`, init);
    expect(response.status).toBe(status);
    expect(await problem(response)).toMatch(message);
    expect(await jobs(base)).toEqual([]);
    expect(readdirSync(join(data, "passing"))).toEqual([]);
    expect(errors).toEqual([]);
  });

  test.each([
    ["unknown options", { model: "/etc/passwd" }, /options.*Unrecognized key.*model/s],
    ["wrong values", { export: ["everything"] }, /options.*export/s],
    ["pairs by a file", { pairs: { kind: "list", pairs: [] } }, /options.*pairs/s],
  ])("%s", async (_, options, message) => {
    const { base } = await start();
    const response = await upload(base, PHOTOS, { options });
    expect(response.status).toBe(400);
    expect(await problem(response)).toMatch(message);
  });

  test("too many photos, too many bytes, too many jobs, too little room", async () => {
    const { base, data } = await start({
      runJob: SLOW,
      limits: { photos: 2, upload_bytes: 10_000, open: 2, kept_bytes: 15_000 },
    });
    const many = await upload(base, [...PHOTOS, ...PHOTOS]);
    expect([many.status, await problem(many)]).toEqual([413, expect.stringMatching(/at most 2/)]);
    const large = await upload(base, [{ name: "a.jpg", bytes: new Uint8Array(20_000) }]);
    expect([large.status, await problem(large)]).toEqual([413, expect.stringMatching(/at most 10000/)]);
    const chunked = await fetch(`${base}/api/jobs`, {
      method: "POST",
      headers: { "Content-Type": "multipart/form-data; boundary=x" },
      body: new Blob(["--x--"]).stream(),
      duplex: "half",
    } as RequestInit);
    expect(chunked.status).toBe(411);
    const padded = { name: "a.jpg", bytes: Uint8Array.from({ length: 9000 }, (_, i) => PHOTOS[0]!.bytes[i] ?? 0) };
    expect((await upload(base, [padded])).status).toBe(201);
    expect((await upload(base, [padded])).status).toBe(507);
    expect((await upload(base, PHOTOS)).status).toBe(201);
    const busy = await upload(base, PHOTOS);
    expect([busy.status, busy.headers.get("retry-after")]).toEqual([503, "30"]);
    expect(readdirSync(join(data, "passing"))).toEqual([]);
  });

  test("slow ones, by their pauses and by their time", async () => {
    const drops = Array.from({ length: 30 }, () => ["-", 100] as const).flat();
    for (const [limits, parts, reason] of [
      [{ stalled_seconds: 0.2, upload_seconds: 60 }, ["--x\r\n"], /^HTTP\/1\.1 408 .*nothing has come for 0\.2 s/s],
      [{ stalled_seconds: 60, upload_seconds: 0.6 }, drops, /^HTTP\/1\.1 408 .*longer than the 0\.6 s/s],
    ] as const) {
      const { port, base, data } = await start({ limits });
      expect(await exchange(port, UPLOAD_HEAD, ...parts)).toMatch(reason);
      expect(await jobs(base)).toEqual([]);
      expect(readdirSync(join(data, "passing"))).toEqual([]);
    }
  });

  test("clients that go away in the middle", async () => {
    const { port, base, data } = await start();
    const socket = connect(port, "127.0.0.1");
    socket.write(`${UPLOAD_HEAD}${part("photos", "a.gif", "GIF89a")}`);
    await until(async () => (await jobs(base)).length === 1);
    socket.destroy();
    await until(async () => (await jobs(base)).length === 0);
    expect(readdirSync(join(data, "passing"))).toEqual([]);
  });

  test("names are labels and never paths", async () => {
    const { base, data } = await start();
    const names = ["../../../evil.jpg", "..\\..\\evil.png", "/etc/passwd", "..", "a\u0000b\n.jpg", "<b>ü</b>.jpg", ""];
    const sent = names.map((name, i) => ({ name, bytes: PHOTOS[i % 2]!.bytes }));
    const { id, photos } = await uploaded(base, sent);
    for (const { label } of photos) expect(label).toMatch(/^[^./\\<>"\n\0][^/\\<>"\n\0]*$/);
    expect((await finished(base, id)).state).toBe("done");
    expect(readdirSync(join(data)).sort()).toEqual(["jobs", "passing"]);
    for (const path of [
      "..%2f..%2fjob.json",
      "%2e%2e/job.json",
      "../job.json",
      ".resume/0",
      "/etc/passwd",
      "scene.json%00",
    ])
      expect((await fetch(`${base}/api/jobs/${id}/files/${path}`)).status, path).toBe(404);
  });
});

describe("who is answered", () => {
  const TOKEN = "a token of some length";
  const status = async (base: string, path: string, headers: Record<string, string> = {}, method = "GET") => {
    const { port } = new URL(base);
    const fields = Object.entries({
      Host: `127.0.0.1:${port}`,
      Connection: "close",
      "Content-Length": "0",
      ...headers,
    });
    const text = fields.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    const answer = await exchange(Number(port), `${method} ${path} HTTP/1.1\r\n${text}\r\n`);
    return Number(answer.slice(9, 12));
  };

  test("names of this machine alone, where there is no token", async () => {
    const { base } = await start();
    for (const Host of ["localhost:1", "127.0.0.1", "[::1]:8080", "127.9.9.9"])
      expect(await status(base, "/api/jobs", { Host })).toBe(200);
    for (const Host of ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "192.168.0.9:80"])
      expect(await status(base, "/", { Host }), Host).toBe(403);
  });

  test("no other site's pages", async () => {
    const { base } = await start();
    const [Host, own] = ["localhost:8080", "http://localhost:8080"];
    expect(await status(base, "/api/jobs", { Host, Origin: own, "Sec-Fetch-Site": "same-origin" })).toBe(200);
    for (const Origin of ["http://evil.example", "null", "http://localhost:9", "https://localhost:8080.evil.example"]) {
      expect(await status(base, "/api/jobs", { Host, Origin })).toBe(403);
      expect(await status(base, "/api/jobs", { Host, Origin }, "OPTIONS")).toBe(403);
    }
    const link = { Host, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document" };
    expect(await status(base, "/", link)).toBe(200);
    expect(await status(base, "/", { ...link, "Sec-Fetch-Dest": "iframe" })).toBe(403);
    expect(await status(base, "/api/jobs", link)).toBe(403);
    expect(await status(base, "/api/jobs", { Host, "Sec-Fetch-Site": "same-site" }, "POST")).toBe(403);
  });

  test("with a token, who knows it: as a header, or by a cookie for it", async () => {
    const { base } = await start({ token: TOKEN });
    for (const open of ["/", "/healthz", "/openapi.json"]) expect((await fetch(`${base}${open}`)).status).toBe(200);
    for (const path of ["/api/jobs", "/api/server", "/metrics", `/api/jobs/${ID}/events`, "/api/nothing"]) {
      expect((await fetch(`${base}${path}`)).status, path).toBe(401);
      expect((await fetch(`${base}${path}`, { headers: { Authorization: `Bearer ${TOKEN}.` } })).status).toBe(401);
    }
    expect((await upload(base, PHOTOS)).status).toBe(401);
    const Authorization = `Bearer ${TOKEN}`;
    expect((await fetch(`${base}/api/jobs`, { headers: { Authorization } })).status).toBe(200);
    expect((await fetch(`${base}/api/session`, { method: "POST" })).status).toBe(401);
    const session = await fetch(`${base}/api/session`, { method: "POST", headers: { Authorization } });
    const cookie = session.headers.get("set-cookie")!;
    expect(cookie).toMatch(/^dust3r_session=[\w-]{43}; .*HttpOnly.*SameSite=Strict$/);
    expect(cookie).not.toContain(TOKEN);
    const Cookie = cookie.split(";")[0]!;
    expect((await fetch(`${base}/api/jobs`, { headers: { Cookie } })).status).toBe(200);
    expect((await fetch(`${base}/api/jobs`, { headers: { Cookie: `${Cookie}x` } })).status).toBe(401);
    expect(await status(base, "/api/jobs", { Host: "photos.example", Authorization })).toBe(200);
  });

  test("other hosts need a token, and not a short one", async () => {
    await expect(start({ host: "0.0.0.0" })).rejects.toThrow(/--host 0\.0\.0\.0 lets others in.*--token/);
    await expect(start({ token: "short" })).rejects.toThrow(/5 characters; at least 16/);
    const { port } = await start();
    await expect(start({ port })).rejects.toThrow(/another program listens there/);
  });

  test("every answer keeps the page to itself", async () => {
    const { base } = await start();
    const { id } = await uploaded(base, PHOTOS);
    await finished(base, id);
    for (const path of [
      "/",
      "/healthz",
      "/api/jobs",
      "/nothing",
      `/api/jobs/${id}/events`,
      `/api/jobs/${id}/files/scene.json`,
    ]) {
      const { headers } = await fetch(`${base}${path}`);
      expect(headers.get("content-security-policy"), path).toMatch(/frame-ancestors 'none'/);
      expect(headers.get("content-security-policy"), path).toMatch(
        path.includes("files") ? /^sandbox/ : /^default-src 'none'/,
      );
      expect(Object.fromEntries(headers)).toMatchObject({
        "x-frame-options": "DENY",
        "x-content-type-options": "nosniff",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-embedder-policy": "require-corp",
        "cross-origin-resource-policy": "same-origin",
      });
      expect(headers.get("access-control-allow-origin")).toBeNull();
    }
  });
});

test("the app's files are served as they are, and nothing beside them", async () => {
  const { data } = await start();
  const app = join(data, "..", "web");
  mkdirSync(join(app, "assets"), { recursive: true });
  writeFileSync(join(app, "index.html"), "<!doctype html>app");
  writeFileSync(join(app, "assets", "main-0123abcd.js"), "1");
  writeFileSync(join(data, "..", "secret.txt"), "secret");
  const { base } = await start({ app });
  expect(await (await fetch(base)).text()).toBe("<!doctype html>app");
  const script = await fetch(`${base}/assets/main-0123abcd.js`);
  expect(script.headers.get("content-type")).toMatch(/javascript/);
  expect(script.headers.get("cache-control")).toMatch(/immutable/);
  for (const path of [
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/assets",
    "/assets/../../secret.txt",
  ])
    expect((await fetch(`${base}${path}`)).status, path).toBe(404);
  expect((await fetch(base, { method: "POST" })).status).toBe(405);
});

describe("what is kept", () => {
  test("finished jobs make room for new ones, the oldest first", async () => {
    const { base } = await start({ limits: { kept_bytes: 1800 } });
    const ids: string[] = [];
    for (let i = 0; i < 12; i++) {
      const { id } = await uploaded(base, PHOTOS);
      await finished(base, id);
      ids.unshift(id);
    }
    const kept = (await jobs(base)).map(({ id }) => id);
    expect(kept.length).toBeGreaterThan(1);
    expect(kept.length).toBeLessThan(12);
    expect(kept).toEqual(ids.slice(0, kept.length));
  });

  test("a server that is stopped parks its job; the next one goes on with it", async () => {
    const { data } = await start();
    const first = await start({ data, runJob: fakeJobs(40) });
    const { id } = await uploaded(first.base, PHOTOS);
    for await (const { event, data: step } of events(first.base, id))
      if (event === "progress" && step.done === 2) break;
    await first.stop();
    expect(readdirSync(join(data, "jobs", id)).sort()).toEqual(["job.json", "photos", "result"]);
    const second = await start({ data });
    const done = await finished(second.base, id);
    expect(done).toMatchObject({ state: "done", starts: 1, progress: { reused: expect.any(Number) } });
    expect(done.progress!.reused).toBeGreaterThanOrEqual(2);
  });

  test("an upload that is under way when the server stops is refused, and nothing of it is left", async () => {
    const { port, base, data, stop } = await start();
    const answer = exchange(port, `${UPLOAD_HEAD}--x\r\n`);
    await until(async () => (await jobs(base))[0]?.progress?.done !== undefined);
    await stop();
    expect(await answer).toMatch(/^HTTP\/1\.1 503 .*the server is stopping/s);
    expect([readdirSync(join(data, "jobs")), readdirSync(join(data, "passing"))]).toEqual([[], []]);
    await expect(fetch(base)).rejects.toThrow();
  });

  test("a job that ended the server three times is not tried again", async () => {
    const { base, data, stop } = await start({ runJob: SLOW });
    const { id } = await uploaded(base, PHOTOS);
    await stop();
    const record = JSON.parse(await readFile(join(data, "jobs", id, "job.json"), "utf8"));
    expect(record).toMatchObject({ state: "queued", starts: 0 });
    writeFileSync(join(data, "jobs", id, "job.json"), JSON.stringify({ ...record, state: "running", starts: 3 }));
    const next = await start({ data });
    expect(await job(next.base, id)).toMatchObject({ state: "failed", error: { kind: "machine" } });
    await next.stop();
    writeFileSync(join(data, "jobs", id, "job.json"), "{");
    await expect(start({ data })).rejects.toThrow(/job\.json: .*move that folder away/s);
  });
});
