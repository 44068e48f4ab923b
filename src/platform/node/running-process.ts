/** True while a process of this machine runs. */
export function isRunning(id: number): boolean {
  try {
    // Signal 0 is never sent: it only asks.
    return process.kill(id, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
