import type { Queue, Worker } from "bullmq";
import { InputError } from "../../core/errors.ts";
import { optionalModule } from "../optional-module.ts";

/** A broker of BullMQ: Redis or PostgreSQL. */
export interface Broker {
  /** Without its password. */
  readonly name: string;
  readonly Queue: typeof Queue;
  readonly Worker: typeof Worker;
  // biome-ignore lint/suspicious/noExplicitAny: each broker has its own.
  readonly connection: any;
}

/** Of one attempt to reach it. */
const PATIENCE_MS = 5000;

/**
 * The broker at `redis://…`, `rediss://…` or `postgres://…`, tried once.
 * @throws InputError where none answers, it refuses the password or is too old; CapabilityError where BullMQ is not installed
 */
export async function openBroker(address: string): Promise<Broker> {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const kind = url?.protocol.replace(/:$/, "") ?? "";
  if (url === undefined || !/^(rediss?|postgres(ql)?)$/.test(kind))
    throw new InputError("--queue: redis://host:port, rediss://… or postgres://user@host:port/database is expected");
  const name = `${url.protocol}//${url.host}${url.pathname}`;
  const bullmq = await optionalModule("bullmq", () => import("bullmq"));
  if (kind.startsWith("redis")) {
    await tryRedis(address, name);
    const { Queue, Worker } = bullmq;
    return { name, Queue, Worker, connection: { url: address, maxRetriesPerRequest: null } };
  }
  await tryPostgres(address, name);
  const { Queue, Worker } = bullmq.withBackend(bullmq.createPostgresBackend);
  const connection = { connectionString: address, migrate: true };
  return { name, Queue: Queue as never, Worker: Worker as never, connection };
}

async function tryRedis(address: string, name: string): Promise<void> {
  const { Redis } = await optionalModule("ioredis", () => import("ioredis"));
  const client = new Redis(address, { lazyConnect: true, connectTimeout: PATIENCE_MS, retryStrategy: () => null });
  let problem: unknown;
  client.on("error", (error) => {
    problem ??= error;
  });
  try {
    await client.connect();
    requireVersion(name, /redis_version:([\d.]+)/.exec(await client.info("server"))?.[1] ?? "0", [6, 2]);
  } catch (error) {
    throw explain(name, error instanceof InputError ? error : (problem ?? error));
  } finally {
    client.disconnect();
  }
}

async function tryPostgres(address: string, name: string): Promise<void> {
  const { default: pg } = await optionalModule("pg", () => import("pg"));
  const client = new pg.Client({ connectionString: address, connectionTimeoutMillis: PATIENCE_MS });
  client.on("error", () => {});
  try {
    await client.connect();
    const { rows } = await client.query("show server_version");
    requireVersion(name, String(rows[0].server_version), [13, 0]);
  } catch (error) {
    throw explain(name, error);
  } finally {
    await client.end().catch(() => {});
  }
}

function requireVersion(name: string, found: string, [major, minor]: readonly [number, number]): void {
  const [own = 0, part = 0] = found.split(/[. ]/).map(Number);
  if (own > major || (own === major && part >= minor)) return;
  throw new InputError(`${name}: is version ${found}; ${major}.${minor} or later is needed`);
}

function explain(name: string, error: unknown): unknown {
  if (error instanceof InputError) return error;
  const { message, code = "" } = error as NodeJS.ErrnoException;
  const isPassword = /WRONGPASS|NOAUTH|^28/.test(`${code}${message}`) || /^WRONGPASS|^NOAUTH|password/i.test(message);
  if (isPassword) return new InputError(`${name}: refuses the user or the password of --queue`, { cause: error });
  const reason = code === "ECONNREFUSED" ? "nothing listens there" : message || code;
  return new InputError(`${name}: no broker answers (${reason}); start one, or correct --queue`, { cause: error });
}
