import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBroker } from "../../src/cluster/queue/broker.ts";

/** A broker that the tests started, in a folder of its own. */
export interface TestBroker extends AsyncDisposable {
  readonly address: string;
  /** With another password. */
  readonly wrongAddress: string;
  /** Sends a signal to the server. */
  signal(name: NodeJS.Signals): void;
  /** Kills it and starts it anew on what it had written. */
  restart(): Promise<void>;
}

const PASSWORD = "secret";

/** Redis with a password and an append-only file. */
export async function startRedis(): Promise<TestBroker> {
  const folder = await mkdtemp(join(tmpdir(), "dust3r-redis-"));
  const port = await freePort();
  const args = ["--port", `${port}`, "--bind", "127.0.0.1", "--dir", folder, "--requirepass", PASSWORD, "--save", ""];
  const start = () =>
    spawn("redis-server", [...args, "--appendonly", "yes", "--appendfsync", "always"], { stdio: "ignore" });
  return await testBroker(folder, start, (password) => `redis://:${password}@127.0.0.1:${port}`);
}

/** PostgreSQL with a password; it does not run as root, so it runs as `postgres` then. */
export async function startPostgres(): Promise<TestBroker> {
  const folder = await mkdtemp(join(tmpdir(), "dust3r-postgres-"));
  chmodSync(folder, 0o777);
  writeFileSync(join(folder, "password"), PASSWORD, { mode: 0o644 });
  const port = await freePort();
  const bin = postgresPrograms()!;
  const isRoot = process.getuid?.() === 0;
  const as = (program: string, args: readonly string[]): [string, string[]] =>
    isRoot
      ? ["setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", program, ...args]]
      : [program, [...args]];
  const data = join(folder, "data");
  execFileSync(
    ...as(`${bin}/initdb`, [
      "-D",
      data,
      "-U",
      "tester",
      "--auth=scram-sha-256",
      `--pwfile=${join(folder, "password")}`,
      "-N",
    ]),
    { stdio: "ignore", cwd: folder },
  );
  const settings = [
    "-c",
    `port=${port}`,
    "-c",
    "listen_addresses=127.0.0.1",
    "-c",
    `unix_socket_directories=${folder}`,
  ];
  const start = () => spawn(...as(`${bin}/postgres`, ["-D", data, ...settings]), { stdio: "ignore", cwd: folder });
  return await testBroker(folder, start, (password) => `postgres://tester:${password}@127.0.0.1:${port}/postgres`);
}

/** Where Debian keeps the programs of PostgreSQL; undefined where there are none. */
export function postgresPrograms(): string | undefined {
  const found = spawnText("bash", ["-c", "ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1"]);
  return found === "" ? undefined : found;
}

/** Whether Redis is installed. */
export function hasRedis(): boolean {
  return spawnText("bash", ["-c", "command -v redis-server || true"]) !== "";
}

function spawnText(program: string, args: readonly string[]): string {
  return execFileSync(program, args, { encoding: "utf8" }).trim();
}

async function testBroker(
  folder: string,
  start: () => ChildProcess,
  addressOf: (password: string) => string,
): Promise<TestBroker> {
  let server = start();
  const address = addressOf(PASSWORD);
  const hasEnded = () => server.exitCode !== null || server.signalCode !== null;
  const ready = async () => {
    for (let attempt = 0; ; attempt++) {
      // PostgreSQL does not start while processes of one that was killed still hold its memory.
      if (hasEnded()) server = start();
      try {
        await openBroker(address);
        return;
      } catch (error) {
        if (attempt > 100) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  };
  const end = async () => {
    if (hasEnded()) return;
    const exit = once(server, "exit");
    server.kill("SIGCONT");
    server.kill("SIGKILL");
    await exit;
  };
  await ready();
  return {
    address,
    wrongAddress: addressOf("guess"),
    signal: (name) => void server.kill(name),
    async restart() {
      await end();
      server = start();
      await ready();
    },
    async [Symbol.asyncDispose]() {
      await end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
