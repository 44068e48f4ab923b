/**
 * Everything the library asks of the machine it runs on, for Node. A browser's twin offers the same names, and
 * `#platform` (package.json, `imports`) picks one: no other file asks where it runs.
 */
export { serveRequests, startWorkerProcess } from "./node/worker-process.ts";
