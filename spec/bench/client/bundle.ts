import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const clientModule = fileURLToPath(new URL("../../../engine-api/mod.ts", import.meta.url));

/** What a bundle is made of: a program that uses the client, and what it prints where it works. */
export const bundledProgram: string = `
import { createClient, engineVersion, isConnectionError } from ${JSON.stringify(clientModule)};
await using client = createClient(process.argv[2] === undefined ? {} : { endpoint: process.argv[2] });
try { console.log("version", (await engineVersion(client)).ApiVersion); }
catch (error) { console.log(isConnectionError(error) ? "no Engine there" : error); }
`;

/**
 * Bundles a program that uses `engine-api` with all that it needs into one file for Node.
 *
 * @returns the bytes of the file.
 */
export async function bundleForNode(outfile: string, options: { readonly minify: boolean }): Promise<number> {
  const { metafile } = await build({
    stdin: {
      contents: bundledProgram,
      loader: "ts",
      resolveDir: fileURLToPath(new URL(".", import.meta.url)),
    },
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    minify: options.minify,
    metafile: true,
    logLevel: "error",
    // undici is CommonJS and asks for Node's modules by require, which a module has only by this.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
  return Object.values(metafile.outputs)[0]?.bytes ?? 0;
}
