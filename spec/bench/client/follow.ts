import { createClient, createContainer, removeContainer, startContainer } from "../../../engine-api/mod.ts";
import { defaultImage } from "../../../lib/mod.ts";
import { type Row, type Section, showProgress } from "../section.ts";
import { withSides } from "./measure-sides.ts";
import type { Side } from "./side.ts";
import { rawSide } from "./sides.ts";

const streams = 200;
const lines = 100;
const pauseMs = 20;
const program = `import time\nfor n in range(${lines}):\n    print("line", n, flush=True)\n    time.sleep(${pauseMs / 1000})\ntime.sleep(1)`;

/** Many logs followed at once. */
export const follow: Section = {
  name: "follow",
  async measure() {
    const rows = await withSides(async (sides) => {
      const rows: Row[] = [];
      for (const side of sides) {
        if (side.name === rawSide) continue;
        showProgress(`follow: ${side.name}`);
        rows.push(await measureSide(side));
      }
      return rows;
    });
    return {
      title: `${streams} logs followed at once`,
      intro: `A container writes ${lines} lines, one each ${pauseMs} ms, while a client follows its log ${streams} times: ${streams * lines} lines should come, and no descriptor be left a second after the end. Once each.`,
      columns: ["lines that came", "seconds", "CPU, s", "memory before, most, MiB", "descriptors left"],
      rows,
    };
  },
};

async function measureSide(side: Side): Promise<Row> {
  await using client = createClient();
  // One call beforehand, so that the connection that every client keeps is not counted as left.
  await side.perform({ job: "ping", count: 1, atATime: 1 });
  const before = side.descriptors();
  const { id } = await createContainer(client, {
    Image: defaultImage,
    Cmd: ["python3", "-I", "-c", program],
    HostConfig: { NetworkMode: "none", LogConfig: { Type: "json-file" } },
  });
  try {
    await startContainer(client, id);
    const result = await side.perform({ job: "follow", id, streams });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const left = side.descriptors() - before;
    const { before: beforeMiB, most: mostMiB } = result.memory;
    return {
      name: side.name,
      cells: [
        `${result.lines} of ${streams * lines}`,
        (result.ms / 1000).toFixed(1),
        (result.cpuMs / 1000).toFixed(1),
        `${beforeMiB.toFixed(0)}, ${mostMiB.toFixed(0)}`,
        String(left),
      ],
      figures: { lines: result.lines, ms: result.ms, cpuMs: result.cpuMs, beforeMiB, mostMiB, left },
    };
  } finally {
    await removeContainer(client, id, { force: true });
  }
}
