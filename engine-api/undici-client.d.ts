/** undici ships types for its index alone; `transport.ts` says which those of these modules are. */
declare module "undici/lib/dispatcher/client.js";
declare module "undici/lib/core/connect.js";
