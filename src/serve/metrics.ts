import { JOB_STATES } from "./job.ts";
import type { JobQueue } from "./job-queue.ts";

const STARTED = Date.now() / 1000 - process.uptime();

/** The server's figures in the text format of Prometheus, version 0.0.4. */
export function metricsText(queue: JobQueue, eventStreams: number): string {
  const jobs = queue.list();
  const { counts } = queue;
  const inState = JOB_STATES.map(
    (state) => [`{state="${state}"}`, jobs.filter((job) => job.state === state).length] as const,
  );
  const outcomes = (["done", "failed", "canceled"] as const).map(
    (outcome) => [`{outcome="${outcome}"}`, counts[outcome]] as const,
  );
  const stored = jobs.reduce((sum, { bytes }) => sum + bytes, 0);
  return [
    metric("dust3r_jobs", "gauge", "Jobs by what has become of them", ...inState),
    metric("dust3r_jobs_finished_total", "counter", "Jobs that came to an end since the start", ...outcomes),
    metric("dust3r_job_seconds_total", "counter", "Time that jobs were at work", ["", counts.seconds]),
    metric("dust3r_uploads_refused_total", "counter", "Uploads that were refused or broke off", ["", counts.refused]),
    metric("dust3r_uploaded_bytes_total", "counter", "Bytes of photos that were received", ["", counts.uploaded_bytes]),
    metric("dust3r_stored_bytes", "gauge", "Bytes of the jobs on disk", ["", stored]),
    metric("dust3r_event_streams", "gauge", "Clients that follow jobs", ["", eventStreams]),
    metric("process_resident_memory_bytes", "gauge", "Resident memory of the server", ["", process.memoryUsage.rss()]),
    metric("process_cpu_seconds_total", "counter", "Processor time of the server", [
      "",
      process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6,
    ]),
    metric("process_start_time_seconds", "gauge", "When the server started, in Unix time", ["", STARTED]),
  ].join("");
}

function metric(
  name: string,
  type: "counter" | "gauge",
  help: string,
  ...values: readonly (readonly [labels: string, value: number])[]
): string {
  const lines = values.map(([labels, value]) => `${name}${labels} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}
