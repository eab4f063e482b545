/** Runs the code in a file directly, and passes on what it prints: for killing in the middle. */
import { readFileSync } from "node:fs";
import { createDirectExecutor } from "./direct.ts";

const [path = ""] = process.argv.slice(2);
const { output } = createDirectExecutor().start(readFileSync(path, "utf8"));
for await (const { bytes } of output) process.stdout.write(bytes);
