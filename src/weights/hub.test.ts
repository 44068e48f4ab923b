import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FormatError, InputError } from "../core/errors.ts";
import { type Logger, silentLogger } from "../core/logger.ts";
import type { ProgressEvent } from "../core/progress.ts";
import { describeModel, listModels } from "./describe-model.ts";
import { type HubOptions, listCachedHubModels, pullHubModel } from "./hub.ts";
import { formatHubId, parseHubId } from "./hub-id.ts";
import { resolveModel } from "./resolve-model.ts";

const WEIGHTS = readFileSync(new URL("../../test/fixtures/tiny_linear_weights.safetensors", import.meta.url));
const SETTINGS =
  '{"enc_num_heads": 2, "dec_num_heads": 2, "pos_embed": "RoPE100", "img_size": [64, 64], "conf_mode": ["exp", 1, Infinity]}';
const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const ID = parseHubId("naver/tiny")!;

/** The servers' faults, and the requests that they received. */
interface Weather {
  /** Answers of the hub that never come, of the content network that end in silence after a byte. */
  silentHub: number;
  silentNetwork: number;
  /** What the hub asks of those whom it turns away, in seconds, and how often it does. */
  retryAfter: { readonly seconds: number; times: number } | undefined;
  /** What the hub sends as settings, and says of them. */
  settings: { readonly body: Buffer; readonly headers: Readonly<Record<string, string>> };
  /** Connections of the content network that break, each after this many bytes. */
  cuts: number[];
  /** The hub's headers of the weights. */
  sha256: string | undefined;
  size: number;
  /** What the content network sends. */
  weights: Uint8Array;
  /** Status of the hub's answers, and its reason. */
  status: number;
  reason: string;
  commit: string | undefined;
  ranges: boolean;
  /** `METHOD /path [range]` in order. */
  requests: string[];
  /** `Authorization` headers that arrived at the hub and at the content network. */
  hubTokens: (string | undefined)[];
  networkTokens: (string | undefined)[];
}

let weather: Weather;
let servers: Server[];
let cache: string;
let options: HubOptions;

beforeEach(async () => {
  weather = {
    silentHub: 0,
    silentNetwork: 0,
    retryAfter: undefined,
    settings: {
      body: Buffer.from(SETTINGS),
      headers: { "content-length": String(SETTINGS.length), etag: '"5d2f0c3c4a9f2e1b7a6d8c9e0f1a2b3c4d5e6f70"' },
    },
    cuts: [],
    sha256: createHash("sha256").update(WEIGHTS).digest("hex"),
    size: WEIGHTS.length,
    weights: WEIGHTS,
    status: 200,
    reason: "",
    commit: COMMIT,
    ranges: true,
    requests: [],
    hubTokens: [],
    networkTokens: [],
  };
  cache = mkdtempSync(join(tmpdir(), "dust3r-hub-"));
  const network = await listen(contentNetwork);
  const hub = await listen((request, response) => modelHub(request, response, network.origin));
  servers = [network.server, hub.server];
  options = { endpoint: hub.origin, cache, token: "secret", offline: false, retryDelay: 1 };
});

afterEach(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(cache, { recursive: true, force: true });
});

async function listen(handler: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(handler);
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** Small files come from the hub itself, by a redirect within it; large ones by a redirect to another origin. */
function modelHub(request: IncomingMessage, response: ServerResponse, network: string): void {
  const path = request.url ?? "";
  weather.requests.push(`${request.method} ${path}`);
  weather.hubTokens.push(request.headers.authorization);
  if (weather.commit !== undefined) response.setHeader("x-repo-commit", weather.commit);
  if (weather.silentHub-- > 0) return;
  if (weather.retryAfter !== undefined && weather.retryAfter.times-- > 0) {
    response.writeHead(429, { "retry-after": String(weather.retryAfter.seconds) }).end();
  } else if (weather.status !== 200) {
    response.writeHead(weather.status, { "x-error-code": weather.reason }).end();
  } else if (path.startsWith("/stored/")) {
    const { body, headers } = weather.settings;
    response.writeHead(200, headers).end(request.method === "HEAD" ? undefined : body);
  } else if (path.endsWith("/config.json")) {
    response.writeHead(307, { location: "/stored/config.json" }).end();
  } else {
    if (weather.sha256 !== undefined) response.setHeader("x-linked-etag", `"${weather.sha256}"`);
    response.writeHead(302, { "x-linked-size": weather.size, location: `${network}/blob` }).end();
  }
}

function contentNetwork(request: IncomingMessage, response: ServerResponse): void {
  const range = weather.ranges ? request.headers.range : undefined;
  weather.requests.push(`${request.method} ${request.url}${range === undefined ? "" : ` ${range}`}`);
  weather.networkTokens.push(request.headers.authorization);
  const { weights } = weather;
  const start = Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0);
  if (start >= weights.length) {
    response.writeHead(416).end();
    return;
  }
  response.writeHead(range === undefined ? 200 : 206, {
    "content-length": weights.length - start,
    etag: '"blob"',
    ...(range === undefined ? {} : { "content-range": `bytes ${start}-${weights.length - 1}/${weights.length}` }),
  });
  if (weather.silentNetwork-- > 0) {
    response.write(weights.subarray(start, start + 1));
    return;
  }
  const cut = weather.cuts.shift();
  if (cut === undefined) response.end(weights.subarray(start));
  else response.write(weights.subarray(start, start + cut), () => setTimeout(() => response.destroy(), 20));
}

/** What a complete model looks like in the cache. */
function expectComplete(folder: string): void {
  expect(folder).toBe(join(cache, "hub", "naver--tiny", weather.commit ?? ""));
  expect(readdirSync(folder).sort()).toEqual(["config.json", "model.safetensors"]);
  expect(readFileSync(join(folder, "model.safetensors")).equals(WEIGHTS)).toBe(true);
}

const blobRequests = (): string[] => weather.requests.filter((line) => line.includes("/blob"));

describe("pulling", () => {
  test("downloads once, then works without any network", async () => {
    const events: ProgressEvent[] = [];
    const folder = await pullHubModel(ID, { ...options, onProgress: (event) => events.push(event) });
    expectComplete(folder);
    expect(events.at(-1)).toEqual({
      stage: "download",
      done: WEIGHTS.length,
      total: WEIGHTS.length,
      reused: 0,
      item: "naver/tiny/model.safetensors",
    });
    weather.requests = [];
    expect(await pullHubModel(ID, { ...options, offline: true })).toBe(folder);
    expect(weather.requests).toEqual([]);
  });

  test("asks the commit, not the moving branch, for the files", async () => {
    await pullHubModel(ID, options);
    expect(weather.requests[0]).toBe("HEAD /naver/tiny/resolve/main/config.json");
    expect(weather.requests).toContain(`GET /naver/tiny/resolve/${COMMIT}/model.safetensors`);
    expect(weather.requests).toContain(`GET /naver/tiny/resolve/${COMMIT}/config.json`);
  });

  test("says the license of the official weights once, before the first byte", async () => {
    const said: string[] = [];
    const logger: Logger = {
      ...silentLogger,
      warn: (message) => {
        expect(blobRequests()).toEqual([]);
        said.push(message);
      },
    };
    await pullHubModel(ID, { ...options, logger });
    await pullHubModel(ID, { ...options, logger });
    expect(said).toEqual([expect.stringMatching(/^naver\/tiny: .*CC BY-NC-SA 4\.0 \(non-commercial\)/)]);
    await pullHubModel(parseHubId("someone/else")!, { ...options, logger: { ...silentLogger, warn: expect.fail } });
  });

  test("shows the token to the hub and to nobody else", async () => {
    await pullHubModel(ID, options);
    expect(new Set(weather.hubTokens)).toEqual(new Set(["Bearer secret"]));
    expect(weather.networkTokens).toEqual([undefined]);
  });

  test("a refresh takes a new commit and keeps the old one", async () => {
    const old = await pullHubModel(ID, options);
    weather.commit = "f".repeat(40);
    expect(await pullHubModel(ID, options)).toBe(old);
    expectComplete(await pullHubModel(ID, { ...options, refresh: true }));
    expect(existsSync(join(old, "model.safetensors"))).toBe(true);
  });
});

describe("bad connections", () => {
  test("a cut download is continued where it broke", async () => {
    weather.cuts = [300_000, 500_000];
    expectComplete(await pullHubModel(ID, options));
    const [first, second, third] = blobRequests();
    expect(first).toBe("GET /blob");
    const start = Number(/^GET \/blob bytes=(\d+)-$/.exec(second ?? "")?.[1]);
    expect(start).toBeGreaterThan(0);
    expect(start).toBeLessThanOrEqual(300_000);
    expect(Number(/bytes=(\d+)-$/.exec(third ?? "")?.[1])).toBeGreaterThan(start);
  });

  test("a server without ranges sends everything again", async () => {
    weather.cuts = [300_000];
    weather.ranges = false;
    expectComplete(await pullHubModel(ID, options));
    expect(blobRequests()).toEqual(["GET /blob", "GET /blob"]);
  });

  test("a run that was given up is continued by the next", async () => {
    weather.cuts = [400_000, 0, 0, 0, 0, 0];
    await expect(pullHubModel(ID, options)).rejects.toThrow(InputError);
    const folder = join(cache, "hub", "naver--tiny", COMMIT);
    expect(readdirSync(folder).sort()).toEqual(["config.json", "model.safetensors.part"]);
    weather.cuts = [];
    weather.requests = [];
    const events: ProgressEvent[] = [];
    expectComplete(await pullHubModel(ID, { ...options, onProgress: (event) => events.push(event) }));
    expect(blobRequests()).toEqual([expect.stringMatching(/^GET \/blob bytes=\d{5,}-$/)]);
    expect(events.at(-1)?.reused).toBeGreaterThan(0);
  });

  test("what an earlier run left damaged is thrown away and loaded again", async () => {
    weather.cuts = [400_000, 0, 0, 0, 0, 0];
    await expect(pullHubModel(ID, options)).rejects.toThrow(/cannot download from 127\.0\.0\.1/);
    const part = join(cache, "hub", "naver--tiny", COMMIT, "model.safetensors.part");
    writeFileSync(part, Buffer.alloc(1000));
    weather.cuts = [];
    weather.requests = [];
    expectComplete(await pullHubModel(ID, options));
    expect(blobRequests()).toEqual(["GET /blob bytes=1000-", "GET /blob"]);
    rmSync(join(cache, "hub"), { recursive: true });
    weather.cuts = [1, 0, 0, 0, 0, 0];
    await expect(pullHubModel(ID, options)).rejects.toThrow(InputError);
    writeFileSync(part, Buffer.alloc(WEIGHTS.length + 5));
    weather.cuts = [];
    expectComplete(await pullHubModel(ID, options));
  });

  test("a hub that is out of order for a moment is asked again, one that stays so is named", async () => {
    weather.status = 503;
    setTimeout(() => {
      weather.status = 200;
    }, 30);
    expectComplete(await pullHubModel(ID, { ...options, retryDelay: 20 }));
    weather.status = 503;
    await expect(pullHubModel(ID, { ...options, refresh: true })).rejects.toThrow(
      /127\.0\.0\.1:\d+: it answers with status 503/,
    );
  });

  test("no network at all", async () => {
    for (const server of servers) server.close();
    await expect(pullHubModel(ID, options)).rejects.toThrow(/cannot download from 127\.0\.0\.1:\d+: .*ECONNREFUSED/);
    await expect(pullHubModel(ID, { ...options, offline: true })).rejects.toThrow(/not in the cache .* switched off/);
  });

  test("an endpoint that is no address", async () => {
    await expect(pullHubModel(ID, { ...options, endpoint: "hub" })).rejects.toThrow(/"hub" is not the address/);
  });

  test("an abort ends it with the signal's reason", async () => {
    weather.cuts = Array(100).fill(1000);
    const controller = new AbortController();
    const onProgress = () => controller.abort(new Error("enough"));
    await expect(pullHubModel(ID, { ...options, signal: controller.signal, onProgress })).rejects.toThrow("enough");
  });
});

describe("refused", () => {
  test("weights of another hash, of which nothing stays", async () => {
    weather.weights = Uint8Array.from(WEIGHTS, (byte, index) => (index === 1_000_000 ? byte ^ 1 : byte));
    await expect(pullHubModel(ID, options)).rejects.toThrow(/SHA-256 [0-9a-f]{64} and [0-9a-f]{64} was announced/);
    expect(readdirSync(join(cache, "hub", "naver--tiny", COMMIT))).toEqual(["config.json"]);
    weather.weights = WEIGHTS;
    expectComplete(await pullHubModel(ID, options));
  });

  test("weights of another size", async () => {
    weather.size = WEIGHTS.length - 1;
    await expect(pullHubModel(ID, options)).rejects.toThrow(FormatError);
    await expect(pullHubModel(ID, options)).rejects.toThrow(/sends more than the \d+ bytes it announced/);
    weather.size = WEIGHTS.length + 1;
    await expect(pullHubModel(ID, options)).rejects.toThrow(InputError);
    expect(existsSync(join(cache, "hub", "naver--tiny", "refs"))).toBe(false);
  });

  test.each([
    [401, "RepoNotFound", /refuses access \(status 401\): .*HF_TOKEN/],
    [403, "GatedRepo", /refuses access \(status 403\): .*accept its terms/],
    [404, "RepoNotFound", /^naver\/tiny: the hub has no such model/],
    [404, "RevisionNotFound", /no such revision/],
    [404, "EntryNotFound", /holds no config\.json/],
    [410, "", /answers with status 410/],
  ])("status %i %s", async (status, reason, message) => {
    Object.assign(weather, { status, reason });
    await expect(pullHubModel(ID, options)).rejects.toThrow(InputError);
    await expect(pullHubModel(ID, options)).rejects.toThrow(message);
    expect(weather.requests).toHaveLength(2);
    expect(readdirSync(cache)).toEqual([]);
  });

  test("a server that is no hub", async () => {
    weather.commit = undefined;
    await expect(pullHubModel(ID, options)).rejects.toThrow(/does not answer as a model hub does/);
    weather.commit = "../../../../tmp";
    await expect(pullHubModel(ID, options)).rejects.toThrow(/does not answer as a model hub does/);
  });
});

describe("a server that keeps people waiting", () => {
  test.each([
    ["says nothing at first", () => (weather.silentHub = 2)],
    ["goes silent within the weights", () => (weather.silentNetwork = 2)],
  ])("%s: asked again, with a word", async (_, spoil) => {
    spoil();
    const said: string[] = [];
    const logger: Logger = { ...silentLogger, info: (message) => said.push(message) };
    const folder = await pullHubModel(ID, { ...options, patience: 100, logger });
    expect(readFileSync(join(folder, "model.safetensors"))).toEqual(WEIGHTS);
    expect(said[0]).toMatch(/^127\.0\.0\.1:\d+ is silent, waiting for it$/);
  });

  test("and never says anything: an error that names it", async () => {
    weather.silentHub = Number.POSITIVE_INFINITY;
    const pulled = pullHubModel(ID, { ...options, patience: 20 });
    await expect(pulled).rejects.toThrow(/cannot download from 127\.0\.0\.1:\d+: no byte came for 0\.02 s/);
    await expect(pulled).rejects.toThrow(InputError);
  });

  test("is left alone for as long as it asks", async () => {
    weather.retryAfter = { seconds: 1, times: 1 };
    const start = performance.now();
    await pullHubModel(ID, options);
    expect(performance.now() - start).toBeGreaterThan(900);
  });

  test("is named when it asks for more than anyone waits", async () => {
    weather.retryAfter = { seconds: 3600, times: 1 };
    await expect(pullHubModel(ID, options)).rejects.toThrow(/status 429, and asks to come back in 3600 s/);
    expect(weather.requests).toHaveLength(1);
  });
});

describe("config.json without end", () => {
  test.each([
    ["as it is", { body: Buffer.alloc(3e6, " "), headers: {} }],
    [
      "compressed, though nobody asked for it",
      { body: gzipSync(Buffer.alloc(2e8, " ")), headers: { "content-encoding": "gzip" } },
    ],
  ])("%s", async (_, settings) => {
    weather.settings = settings;
    await expect(pullHubModel(ID, options)).rejects.toThrow(
      /sends more than the 1048576 bytes that such a file may have/,
    );
  });
});

describe("two downloads of one model", () => {
  test("one loads, the other says for whom it waits and takes what is there", async () => {
    const said: string[] = [];
    const logger: Logger = { ...silentLogger, info: (message) => said.push(message) };
    const folders = await Promise.all([
      pullHubModel(ID, { ...options, logger }),
      pullHubModel(ID, { ...options, logger }),
    ]);
    expect(folders[0]).toBe(folders[1]);
    expect(weather.requests.filter((request) => request === "GET /blob")).toHaveLength(1);
    const waiting = said.filter((message) => message.includes("is being downloaded by"));
    expect(waiting).toEqual([
      expect.stringMatching(new RegExp(`process ${process.pid} on .*, waiting for it; .*\\.lock$`)),
    ]);
  });

  test.each([
    ["another process", () => spawnSync(process.execPath, ["-e", ""]).pid],
    ["an earlier process of the same number", () => process.pid],
  ])("what %s left behind when it was killed is taken over", async (_, id) => {
    const home = join(cache, "hub", "naver--tiny");
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, `${COMMIT}.lock`), `process ${id()} on ${hostname()}`);
    await pullHubModel(ID, options);
    expect(readdirSync(home).sort()).toEqual([COMMIT, "refs"]);
  });

  test("a lock of another machine is waited for until one gives up", async () => {
    const home = join(cache, "hub", "naver--tiny");
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, `${COMMIT}.lock`), "process 1 on elsewhere");
    const signal = AbortSignal.timeout(300);
    await expect(pullHubModel(ID, { ...options, signal })).rejects.toThrow(/timeout/);
    expect(existsSync(join(home, `${COMMIT}.lock`))).toBe(true);
  });
});

test("without a hash only parts that the server vouches for are joined", async () => {
  weather.sha256 = undefined;
  weather.cuts = [400_000, 0, 0, 0, 0, 0];
  await expect(pullHubModel(ID, options)).rejects.toThrow(InputError);
  expect(blobRequests()[1]).toMatch(/bytes=\d+-/);
  weather.cuts = [];
  weather.requests = [];
  expectComplete(await pullHubModel(ID, options));
  expect(blobRequests()).toEqual(["GET /blob"]);
});

test("a pulled model opens under its id and is listed", async () => {
  const checkpoint = await resolveModel("naver/tiny", options);
  expect(checkpoint).toMatchObject({ name: "naver/tiny", licence: expect.stringContaining("non-commercial") });
  expect(checkpoint.config.encoder.heads).toBe(2);
  await pullHubModel({ ...ID, revision: "refs/pr/1" }, options);
  const ids = (await listCachedHubModels({ cache })).map(formatHubId);
  expect(ids).toEqual(["naver/tiny", "naver/tiny@refs/pr/1"]);
  const models = await listModels({ cache });
  expect(models.map(({ name }) => name)).toEqual(expect.arrayContaining(["stopgap", ...ids]));
  expect(models.at(-1)).toEqual({ ...describeModel(checkpoint), name: "naver/tiny@refs/pr/1" });
  expect(describeModel(checkpoint)).toMatchObject({ byteLength: WEIGHTS.length, dtypes: ["F32"] });
});
