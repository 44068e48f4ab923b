import { execFileSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Only root may mount, and not in every container. */
export const canMount: boolean = (() => {
  try {
    unmount(mount("size=64k"));
    return true;
  } catch {
    return false;
  }
})();

/** A disk of its own with these options of tmpfs, and its folder. */
export function mount(options: string): string {
  const folder = mkdtempSync(join(tmpdir(), "dust3r-mount-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder], { stdio: "ignore" });
  return folder;
}

export function unmount(disk: string): void {
  execFileSync("umount", [disk], { stdio: "ignore" });
  rmdirSync(disk);
}
