/** `tsx fake-server.ts DATA`: a server whose jobs cost next to nothing; it prints its address. */
import { silentLogger } from "../../src/core/logger.ts";
import { keepHeapSmall } from "../../src/serve/keep-heap-small.ts";
import { SERVE_DEFAULTS } from "../../src/serve/serve-limits.ts";
import { startServer } from "../../src/serve/start-server.ts";
import { fakeJobs } from "./fake-jobs.ts";

keepHeapSmall();
const [data = ""] = process.argv.slice(2);
const server = await startServer({
  host: "127.0.0.1",
  port: 0,
  data,
  app: data,
  runJob: fakeJobs(20),
  model: "fake",
  version: "0",
  limits: { ...SERVE_DEFAULTS, running: 3 },
  logger: { ...silentLogger, error: (message) => process.stderr.write(`${message}\n`) },
});
process.stdout.write(`http://127.0.0.1:${server.port}\n`);
