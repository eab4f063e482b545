import { createHarness, type Harness, type HarnessOptions } from "./boot.ts";
import type { CompiledModules } from "./protocol.ts";

/** The supervisor for one container. */
export interface HarnessLaunch extends Harness {
  /** Gets the modules as the container compiled them; null where it was not asked for them. */
  readonly onCodes: ((codes: CompiledModules) => void) | null;
}

/** The supervisor for the containers of one executor, which all have the same image, and so the same Python. */
export interface HarnessSource {
  /** For the next container that is made for its run. */
  next(): HarnessLaunch;
  /** The same supervisor for containers that wait. */
  ahead(preload: readonly string[]): Pick<HarnessSource, "next">;
}

/**
 * Compiling the supervisor takes a third of the CPU that Python takes in a container, so one container is asked for what its Python made of
 * it, before any code of a stranger is there, and the later ones are given that. It is not the first that is asked, unless it is to wait
 * anyway: the first may be the only one, and somebody waits for it.
 */
export function createHarnessSource(): HarnessSource {
  let codes: CompiledModules | null = null;
  let hasAsked = false;
  const onCodes = (given: CompiledModules): void => {
    codes = given;
  };

  function createLauncher(options: HarnessOptions, asksAtOnce: boolean): Pick<HarnessSource, "next"> {
    let plain: Harness | null = null;
    let compiled: Harness | null = null;
    let launched = 0;
    return {
      next() {
        launched++;
        if (codes !== null) {
          compiled ??= createHarness({ ...options, codes });
          return { ...compiled, onCodes: null };
        }
        if (hasAsked || (launched === 1 && !asksAtOnce)) {
          plain ??= createHarness(options);
          return { ...plain, onCodes: null };
        }
        hasAsked = true;
        return { ...createHarness({ ...options, wantsCodes: true }), onCodes };
      },
    };
  }

  return {
    ...createLauncher({}, false),
    ahead: (preload) => createLauncher({ preload, isAhead: true }, true),
  };
}
