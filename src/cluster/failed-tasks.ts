import { InputError } from "../core/errors.ts";
import { type Task, taskName } from "./task.ts";

/** A task that nobody can do. */
export interface FailedTask {
  readonly task: Task;
  readonly problem: string;
}

/** One error for tasks that failed for good, with their photos; the others are done. */
export function failedTasks(failed: readonly FailedTask[], total: number): InputError {
  const lines = failed.map(({ task, problem }) => `  ${taskName(task)}: ${problem.replaceAll("\n", "\n    ")}`);
  return new InputError(
    `${failed.length} of ${total} tasks failed, the others are done and kept:\n${lines.join("\n")}`,
  );
}
