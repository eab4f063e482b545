import type { SeededRandom } from "./seeded-random.ts";
import type { GeneValue } from "./template.ts";

/** What a parameter may be: a whole number of a range, or one of some values. */
export type Gene =
  | { readonly from: number; readonly to: number }
  | { readonly choices: readonly GeneValue[] };

/** The parameters that are searched, by name. */
export type Genes = Readonly<Record<string, Gene>>;

/** One value for each gene. */
export type Genome = Readonly<Record<string, GeneValue>>;

/** A genome and how good it was. */
export interface Parent {
  readonly genome: Genome;
  readonly score: number;
}

/** How a generation comes of those before it. */
export interface BreedOptions {
  readonly genes: Genes;
  readonly population: number;
  /** How likely each gene of a child changes. */
  readonly mutation: number;
}

/** How many are drawn of whom the best becomes a parent. */
const tournament = 3;
/** Of each generation's children, one in so many is as random as the first ones: new blood. */
const oneRandomIn = 10;
const mostTries = 50;

/**
 * The genomes of one generation, each unlike all before it as long as such are found.
 *
 * @param parents none for the first generation, which is random.
 * @param seen texts of genomes; the new ones are added.
 */
export function breed(
  parents: readonly Parent[],
  {
    options,
    random,
    seen,
  }: { readonly options: BreedOptions; readonly random: SeededRandom; readonly seen: Set<string> },
): readonly Genome[] {
  return Array.from({ length: options.population }, (_, place) => {
    const isRandom = parents.length < 2 || place % oneRandomIn === oneRandomIn - 1;
    let genome = randomGenome(options.genes, random);
    for (let tries = 0; tries < mostTries; tries++) {
      // The longer nothing new comes, the further from the parents it is searched.
      const mutation = Math.min(1, options.mutation * (1 + tries / 10));
      genome =
        isRandom || tries > mostTries / 2
          ? randomGenome(options.genes, random)
          : child(parents, { ...options, mutation }, random);
      if (!seen.has(genomeText(genome))) break;
    }
    seen.add(genomeText(genome));
    return genome;
  });
}

/** The same for the same genome. */
export function genomeText(genome: Genome): string {
  return JSON.stringify(Object.values(genome));
}

function randomGenome(genes: Genes, random: SeededRandom): Genome {
  return mapGenes(genes, (gene) => randomValue(gene, random));
}

/** Each gene of one of two parents, sometimes changed. */
function child(parents: readonly Parent[], { genes, mutation }: BreedOptions, random: SeededRandom): Genome {
  const [mother, father] = [select(parents, random), select(parents, random)];
  return mapGenes(genes, (gene, name) => {
    const inherited = (random.fraction() < 0.5 ? mother : father)[name] ?? randomValue(gene, random);
    return random.fraction() < mutation ? mutate(inherited, gene, random) : inherited;
  });
}

function select(parents: readonly Parent[], random: SeededRandom): Genome {
  let best = random.pick(parents);
  for (let drawn = 1; drawn < tournament; drawn++) {
    const other = random.pick(parents);
    if (other.score > best.score) best = other;
  }
  return best.genome;
}

/** A step to the side, or somewhere else. */
function mutate(value: GeneValue, gene: Gene, random: SeededRandom): GeneValue {
  if ("choices" in gene || typeof value !== "number" || random.fraction() < 0.3)
    return randomValue(gene, random);
  const reach = Math.max(1, Math.round((gene.to - gene.from) / 8));
  return Math.min(gene.to, Math.max(gene.from, value + random.whole(-reach, reach)));
}

function randomValue(gene: Gene, random: SeededRandom): GeneValue {
  return "choices" in gene ? random.pick(gene.choices) : random.whole(gene.from, gene.to);
}

function mapGenes(genes: Genes, value: (gene: Gene, name: string) => GeneValue): Genome {
  return Object.fromEntries(Object.entries(genes).map(([name, gene]) => [name, value(gene, name)]));
}
