import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder that is gone at the end of its scope. */
export function temporaryFolder(): Disposable & { at(name: string): string } {
  const folder = mkdtempSync(join(tmpdir(), "loop-"));
  return {
    at: (name) => join(folder, name),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
