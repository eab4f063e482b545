import { createDemultiplexer, type OutputChunk } from "./frames.ts";

/** Where output comes from. */
export interface OutputSource {
  readonly pieces: AsyncIterator<Uint8Array, unknown, undefined> & {
    /** What is there already, where the source can tell. */
    take?(): Uint8Array | undefined;
  };
  /** False for a container with a TTY, whose output is not framed and comes all as stdout. */
  readonly isFramed: boolean;
}

type Step = IteratorResult<OutputChunk, void>;

const nothing = new Uint8Array(0);

/**
 * Output as an iterator, opened at its first step. Written by hand: through generators each small frame takes several times as long.
 *
 * @throws ProtocolError at the step behind the last good chunk, where the stream is none of frames or was cut.
 */
export function streamOutput(
  open: () => Promise<OutputSource>,
): AsyncGenerator<OutputChunk, void, undefined> {
  const demultiplexer = createDemultiplexer();
  let source: OutputSource | undefined;
  let chunks: readonly OutputChunk[] = [];
  let taken = 0;
  let isOver = false;
  let underWay: Promise<unknown> | undefined;

  async function advance(): Promise<Step> {
    try {
      source ??= await open();
      if (isOver) return await end();
      // A bad frame behind good output shows at the next push, which may be long in coming.
      demultiplexer.push(nothing);
      for (;;) {
        const given = await source.pieces.next();
        if (isOver) return { done: true, value: undefined };
        if (given.done) return finish(source);
        chunks = takeApart(source, given.value);
        taken = 0;
        if (chunks.length > 0) return takeChunk();
      }
    } catch (error) {
      await leave();
      throw error;
    }
  }

  /** A piece, and those behind it that are there already: the Engine sends each line of a log as a piece of its own. */
  function takeApart({ pieces, isFramed }: OutputSource, first: Uint8Array): OutputChunk[] {
    const found = isFramed ? demultiplexer.push(first) : [toStdout(first)];
    for (let piece = pieces.take?.(); piece !== undefined; piece = pieces.take?.()) {
      try {
        if (isFramed) for (const chunk of demultiplexer.push(piece)) found.push(chunk);
        else found.push(toStdout(piece));
      } catch (error) {
        // It shows again at the next push, behind what is good.
        if (found.length === 0) throw error;
        break;
      }
    }
    return found;
  }

  function finish({ isFramed }: OutputSource): Step {
    isOver = true;
    if (isFramed) demultiplexer.end();
    return { done: true, value: undefined };
  }

  function takeChunk(): Step {
    return { done: false, value: chunks[taken++] as OutputChunk };
  }

  async function end(): Promise<Step> {
    await leave();
    return { done: true, value: undefined };
  }

  async function leave(): Promise<void> {
    isOver = true;
    chunks = [];
    taken = 0;
    await source?.pieces.return?.();
  }

  function step(): Promise<Step> {
    if (taken < chunks.length) return Promise.resolve(takeChunk());
    if (isOver) return Promise.resolve({ done: true, value: undefined });
    return advance();
  }

  function next(): Promise<Step> {
    // Steps that are asked for at once are taken one behind the other, as from a generator.
    if (underWay !== undefined) return follow(underWay.then(step, step));
    return taken < chunks.length ? step() : follow(step());
  }

  function follow(step: Promise<Step>): Promise<Step> {
    const settled = step.then(clear, clear);
    function clear(): void {
      if (underWay === settled) underWay = undefined;
    }
    underWay = settled;
    return step;
  }

  const output: AsyncGenerator<OutputChunk, void, undefined> = {
    next,
    return: end,
    async throw(error) {
      await leave();
      throw error;
    },
    [Symbol.asyncIterator]: () => output,
    [Symbol.asyncDispose]: leave,
  };
  return output;
}

function toStdout(bytes: Uint8Array): OutputChunk {
  return { stream: "stdout", bytes };
}
