import { type ConnectionError, type EngineClient, isConnectionError, ping } from "../../engine-api/mod.ts";

/** What the system says where nobody is there. Who closes a connection, or shows a wrong certificate, is there. */
const codesOfAbsence: readonly (string | null)[] = [
  "ENOENT",
  "ECONNREFUSED",
  "EACCES",
  "EPERM",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "EHOSTDOWN",
  "ENETUNREACH",
  "ETIMEDOUT",
  "UND_ERR_CONNECT_TIMEOUT",
];

/** The error where no Engine can be reached; null where anything was there, however it answered. */
export async function findAbsence(client: EngineClient): Promise<ConnectionError | null> {
  try {
    await ping(client);
    return null;
  } catch (error) {
    return isConnectionError(error) && codesOfAbsence.includes(error.code) ? error : null;
  }
}
