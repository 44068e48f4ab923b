import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { type FakeS3, s3Environment, startFakeS3 } from "../../../test/cluster/fake-s3.ts";
import { CapabilityError, InputError } from "../../core/errors.ts";
import { openStore } from "./open-store.ts";
import { retryingStore } from "./retrying-store.ts";

let s3: FakeS3;
let folder: string;
beforeAll(async () => {
  s3 = await startFakeS3();
  folder = await mkdtemp(join(tmpdir(), "dust3r-store-"));
  for (const [name, value] of Object.entries(s3Environment(s3))) vi.stubEnv(name, value);
});
afterEach(() => {
  s3.fault = () => undefined;
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await s3[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

describe.each([
  ["a folder", () => join(folder, "store")],
  ["a bucket", () => "s3://bucket/some/prefix/"],
])("%s", (_, place) => {
  test("gives back what was stored, to others too, and knows what was not", async () => {
    const store = await openStore(place());
    expect([await store.has("a"), await store.get("a")]).toEqual([false, undefined]);
    await store.put("a", Uint8Array.of(1, 2, 3));
    await store.put("empty", new Uint8Array());
    const other = await openStore(place());
    expect(await other.has("a")).toBe(true);
    expect([...(await other.get("a"))!]).toEqual([1, 2, 3]);
    expect(await other.get("empty")).toHaveLength(0);
  });
});

test("an object that was not written whole, or changed since, was never stored", async () => {
  const store = await openStore("s3://bucket");
  await store.put("b", Uint8Array.of(1, 2, 3, 4));
  const whole = s3.objects.get("b")!;
  for (const length of [0, 10, 32, 35]) {
    s3.objects.set("b", whole.subarray(0, length));
    expect(await store.get("b"), `${length}`).toBeUndefined();
  }
  s3.objects.set("b", Buffer.from([...whole.subarray(0, 35), 5]));
  expect(await store.get("b")).toBeUndefined();
});

test("a service that fails every tenth request is asked again", async () => {
  const store = retryingStore(await openStore("s3://bucket/tenth"), "s3", { wait: 1 });
  s3.fault = ({ number }) => (number % 10 === 0 ? 503 : undefined);
  for (let i = 0; i < 40; i++) {
    await store.put(`${i}`, Uint8Array.of(i));
    expect([...(await store.get(`${i}`))!]).toEqual([i]);
  }
});

test("what fails every time is an error that names the store, after some attempts", async () => {
  let asked = 0;
  const broken = async (): Promise<never> => {
    asked++;
    throw new Error("no route to host");
  };
  const store = retryingStore({ has: broken, get: broken, put: broken }, "s3://there", { attempts: 3, wait: 1 });
  const failure = await store.get("key").catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(CapabilityError);
  expect((failure as Error).message).toBe("s3://there: reading key failed 3 times: no route to host");
  expect(asked).toBe(3);
});

describe("an InputError for", () => {
  const problem = async (place: string) => {
    const error = await openStore(place).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InputError);
    return (error as Error).message;
  };
  test("a store that cannot be written", async () => {
    await writeFile(join(folder, "file"), "");
    expect(await problem(join(folder, "file", "store"))).toMatch(/--store: cannot write to .*a file is in the way/);
    expect(await problem("/proc/none/store")).toMatch(/--store: cannot write to \/proc\/none\/store/);
    s3.fault = ({ method }) => (method === "PUT" ? 403 : undefined);
    expect(await problem("s3://bucket")).toMatch(/--store: http.*\/bucket refuses \(403/);
  });
  test("a store that does not keep what is written", async () => {
    s3.objects.clear();
    s3.fault = ({ method }) => (method === "PUT" ? 200 : undefined);
    expect(await problem("s3://bucket")).toMatch(/does not come back/);
  });
  test("an address that is none, and an environment without keys", async () => {
    expect(await problem("s3://")).toMatch(/s3:\/\/bucket or s3:\/\/bucket\/prefix is expected/);
    expect(await problem("ftp://host/x")).toMatch(/is expected/);
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "");
    expect(await problem("s3://bucket")).toMatch(/has no AWS_SECRET_ACCESS_KEY/);
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
  });
});

test("a folder holds whole files only, whoever writes at once", async () => {
  const place = join(folder, "crowded");
  const stores = await Promise.all([openStore(place), openStore(place), openStore(place)]);
  const content = new Uint8Array(100_000).fill(7);
  await Promise.all(stores.flatMap((store) => Array.from({ length: 5 }, () => store.put("same", content))));
  expect((await readdir(place)).sort()).toEqual(["probe", "same"]);
  expect((await readFile(join(place, "same"))).subarray(32).equals(content)).toBe(true);
});
