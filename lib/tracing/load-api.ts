/** What is used of OpenTelemetry's API. */
export type OpenTelemetry = Pick<typeof import("@opentelemetry/api"), "context" | "trace">;

const codesOfMissing: readonly unknown[] = ["ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND"];

/** OpenTelemetry's API; null where it is not installed. Rejects with whatever else keeps it from being loaded. */
export async function loadApi(
  load: () => Promise<OpenTelemetry> = () => import("@opentelemetry/api"),
): Promise<OpenTelemetry | null> {
  try {
    return await load();
  } catch (error) {
    if (error instanceof Error && codesOfMissing.includes((error as NodeJS.ErrnoException).code)) return null;
    throw error;
  }
}
