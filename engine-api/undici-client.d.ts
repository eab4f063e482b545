/** undici ships types for its index alone; `transport.ts` says which this module's are. */
declare module "undici/lib/dispatcher/client.js";
