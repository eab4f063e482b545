import { ConfigError } from "../../errors.ts";
import { createDeferred } from "../../run/deferred.ts";
import type { Outcome } from "../outcome.ts";
import type { Proposer } from "../proposer.ts";
import { untilAborted } from "../until-aborted.ts";
import { type BreedOptions, breed, type Gene, type Genes, type Genome, type Parent } from "./breed.ts";
import { createSeededRandom } from "./seeded-random.ts";
import { createTemplate } from "./template.ts";

/** Options of {@link createGeneticProposer}. */
export interface GeneticOptions {
  /** Python in which each parameter has a line `NAME = value` of its own. */
  readonly template: string;
  readonly genes: Genes;
  /** The same seed and outcomes give the same proposals. @default 1 */
  readonly seed?: number;
  /** Candidates of a generation. @default 20 */
  readonly population?: number;
  /** How likely each parameter of a child changes, 0 to 1. @default 0.25 */
  readonly mutation?: number;
}

/**
 * A genetic search over the parameters of a Python template, without any model. A generation begins when the one before it is done, and comes of
 * the best of all before it; so the same seed gives the same search, whatever order runs end in and however often the loop was killed.
 *
 * @throws ConfigError for genes that are none, or have no line in the template.
 * @example
 * const propose = createGeneticProposer({
 *   template: await readFile("momentum.py", "utf8"),
 *   genes: { LOOKBACK: { from: 1, to: 24 }, HELD: { choices: [1, 2, 3] } },
 * });
 */
export function createGeneticProposer(options: GeneticOptions): Proposer {
  const { template, genes, seed = 1, population = 20, mutation = 0.25 } = options;
  checkOptions({ genes, population, mutation }, seed);
  const fill = createTemplate(template, Object.keys(genes));
  const search = createSearch({ genes, population, mutation }, seed);
  return {
    async propose({ index, signal }) {
      const genome = await search.genomeOf(index, signal);
      return { code: fill(genome), meta: genome };
    },
    observe: search.observe,
  };
}

interface Search {
  genomeOf(index: number, signal: AbortSignal): Promise<Genome>;
  observe(outcome: Outcome): void;
}

/** Only whole generations count, so that nothing depends on the order of outcomes within one. */
function createSearch(options: BreedOptions, seed: number): Search {
  const { population } = options;
  const seen = new Set<string>();
  const scores = new Map<number, number | null>();
  let parents: readonly Parent[] = [];
  let generation = 0;
  let genomes = breedNext();
  let change = createDeferred<void>();

  function breedNext(): readonly Genome[] {
    // An odd factor, so that neighbouring seeds do not share generations.
    const random = createSeededRandom(Math.imul(seed, 0x9e3779b1) + generation);
    return breed(parents, { options, random, seen });
  }

  function isWhole(): boolean {
    return genomes.every((_, place) => scores.has(generation * population + place));
  }

  function advance(): void {
    const born = genomes.flatMap((genome, place) => {
      const index = generation * population + place;
      const score = scores.get(index) ?? null;
      scores.delete(index);
      return score === null ? [] : [{ genome, score }];
    });
    // A stable sort: of equals the older stays.
    parents = [...parents, ...born].sort((left, right) => right.score - left.score).slice(0, population);
    generation++;
    genomes = breedNext();
  }

  return {
    async genomeOf(index, signal) {
      const wanted = Math.floor(index / population);
      while (wanted > generation) await untilAborted(change.promise, signal);
      const genome = wanted === generation ? genomes[index % population] : undefined;
      if (genome === undefined) throw new TypeError(`proposal ${index} is of a generation that is over`);
      return genome;
    },
    observe({ index, score }) {
      scores.set(index, score);
      while (isWhole()) advance();
      change.resolve();
      change = createDeferred();
    },
  };
}

function checkOptions({ genes, population, mutation }: BreedOptions, seed: number): void {
  if (Object.keys(genes).length === 0) throw new ConfigError("genes: name at least one parameter");
  for (const [name, gene] of Object.entries(genes)) checkGene(name, gene);
  if (!Number.isInteger(population) || population < 2 || population > 10_000)
    throw new ConfigError("population must be a whole number from 2 to 10000");
  if (!(mutation >= 0 && mutation <= 1)) throw new ConfigError("mutation must be from 0 to 1");
  if (!Number.isSafeInteger(seed)) throw new ConfigError("seed must be a whole number");
}

function checkGene(name: string, gene: Gene): void {
  const isGood =
    "choices" in gene
      ? gene.choices.length > 0
      : Number.isSafeInteger(gene.from) && Number.isSafeInteger(gene.to) && gene.from <= gene.to;
  if (!isGood)
    throw new ConfigError(
      `genes: ${name.slice(0, 60)} must be whole numbers from and to, or a list of choices`,
    );
}
