import { fileURLToPath } from "node:url";
import { checkDirect, type Fallback, fallbacks } from "../direct/options.ts";
import { ConfigError } from "../errors.ts";
import { readLimited } from "../host/read-file.ts";
import { defaultImage } from "../image/names.ts";
import { packageFile } from "../package-file.ts";
import { defaultPolicy, type Policy, type VerifyMode, verifyModes } from "../policy/policy.ts";
import { resolvePolicy } from "../policy/resolve-policy.ts";
import { type PoolOptions, type ResolvedPoolOptions, resolvePoolOptions } from "../pool/options.ts";
import { type AdmissionOptions, resolveAdmission } from "../run/admission.ts";
import { findSettingFault, noLimit } from "./check-setting.ts";
import { didYouMean } from "./did-you-mean.ts";
import { type Field, type FieldGroup, fields, groupOf, variableOf } from "./fields.ts";
import type { Setting } from "./parse-config.ts";
import { type ConfigValue, formOf, parseValue } from "./parse-value.ts";
import type { Environment } from "./substitute.ts";

/** Where a configuration comes from. */
export interface ConfigSources {
  /** `default`, `strict`, or the path of a YAML file; the base that the rest lies on. @default "default" */
  readonly profile?: string;
  /** A YAML file whose keys override the profile's. */
  readonly file?: string;
  /** Variables such as `BRIGBOX_LIMITS_MEMORY` override both; they also go into `${NAME}` in the files. @default process.env */
  readonly environment?: Environment;
}

/** A configuration, ready for `createExecutor`. */
export interface Config {
  /** Null for the Engine that is found by itself. */
  readonly endpoint: string | null;
  readonly image: string;
  readonly verify: VerifyMode;
  /** What is done where no Engine can be reached. */
  readonly fallback: Fallback;
  readonly policy: Policy;
  /** Of size 0 where there is none. */
  readonly pool: ResolvedPoolOptions;
  readonly admission: Required<AdmissionOptions>;
  /** Every key that was set, with the place that set it; later ones override earlier ones. */
  readonly settings: readonly Setting[];
}

/** The names of the profiles that come with Brigbox. */
export const builtInProfiles: readonly string[] = ["default", "strict"];

/**
 * Reads a configuration: the profile, over it the file, over it the environment. What you then pass to `createExecutor` overrides all
 * of them.
 *
 * @throws ConfigError in one line, with file, line and path.
 * @example
 * const { policy, image, verify, fallback, pool, admission } = await loadConfig({ profile: "strict", file: "brigbox.yaml" });
 * const executor = createExecutor({ policy, image, verify, fallback, pool, admission });
 */
export async function loadConfig(sources: ConfigSources = {}): Promise<Config> {
  const environment = sources.environment ?? process.env;
  const profile = sources.profile ?? nonEmpty(environment.BRIGBOX_PROFILE) ?? "default";
  const file = sources.file ?? nonEmpty(environment.BRIGBOX_CONFIG);
  const layers = [await readLayer(locateProfile(profile), environment)];
  if (file !== undefined) layers.push(await readLayer({ path: file, name: file }, environment));
  layers.push({ name: "the environment", settings: readVariables(environment) });
  return toConfig(layers);
}

/**
 * The settings of one file, checked as they would lie over the default profile.
 *
 * @throws ConfigError in one line, with file, line and path.
 */
export async function checkConfigFile(
  path: string,
  environment: Environment = process.env,
): Promise<readonly Setting[]> {
  const layer = await readLayer({ path, name: path }, environment);
  toConfig([layer]);
  return layer.settings;
}

/** Variables that choose files, and those of the command's log. */
const otherVariables = ["BRIGBOX_PROFILE", "BRIGBOX_CONFIG", "BRIGBOX_LOG_LEVEL", "BRIGBOX_LOG"];

interface Layer {
  readonly name: string;
  readonly settings: readonly Setting[];
}

interface Located {
  readonly path: string;
  readonly name: string;
}

function locateProfile(profile: string): Located {
  if (builtInProfiles.includes(profile)) {
    const path = fileURLToPath(packageFile(`profiles/${profile}.yaml`));
    return { path, name: `profiles/${profile}.yaml` };
  }
  if (!/[./\\]/.test(profile)) {
    const meant = didYouMean(profile, builtInProfiles);
    const hint = meant === null ? `known ones: ${builtInProfiles.join(", ")}` : `did you mean "${meant}"?`;
    throw new ConfigError(
      `unknown profile "${profile.slice(0, 60)}"; ${hint} A file's name must hold a dot or a slash`,
    );
  }
  return { path: profile, name: profile };
}

async function readLayer({ path, name }: Located, environment: Environment): Promise<Layer> {
  // With it comes yaml, which takes as long to be loaded as the rest of the library.
  const { mostConfigBytes, parseConfig } = await import("./parse-config.ts");
  const bytes = await readLimited(path, { what: "a configuration", mostBytes: mostConfigBytes });
  return { name, settings: parseConfig(decodeText(bytes, name), name, environment) };
}

function decodeText(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new ConfigError(`${name}: the file is not UTF-8`);
  }
}

function readVariables(environment: Environment): readonly Setting[] {
  const known = new Map(fields.map((field) => [variableOf(field), field]));
  refuseMisspelt(environment, [...known.keys(), ...otherVariables]);
  return [...known].flatMap(([name, field]) => {
    const text = environment[name];
    return text === undefined || text === "" ? [] : [readVariable(field, { name, text })];
  });
}

function readVariable(
  field: Field,
  { name, text }: { readonly name: string; readonly text: string },
): Setting {
  const parsed = parseValue(field, text === "null" ? null : text);
  if (parsed === null) throw new ConfigError(`the variable ${name} must hold ${formOf(field)}`);
  const fault = findSettingFault(field, parsed.value, { hideValue: true });
  if (fault !== null) throw new ConfigError(`the variable ${name}: ${fault}`);
  return { field, value: parsed.value, origin: `variable ${name}` };
}

/** A limit that is misspelt would be no limit; names of other programs that merely begin alike are none of our business. */
function refuseMisspelt(environment: Environment, known: readonly string[]): void {
  for (const name of Object.keys(environment)) {
    if (!name.startsWith("BRIGBOX_") || known.includes(name)) continue;
    const meant = didYouMean(
      name.slice("BRIGBOX_".length),
      known.map((other) => other.slice("BRIGBOX_".length)),
    );
    if (meant !== null) throw new ConfigError(`unknown variable ${name}; did you mean BRIGBOX_${meant}?`);
  }
}

function toConfig(layers: readonly Layer[]): Config {
  const settings = layers.flatMap((layer) => layer.settings);
  const values = valuesOf(settings, "executor");
  const verify = verifyModes.find((mode) => mode === values.verify) ?? "inspect";
  const fallback = fallbacks.find((mode) => mode === values.fallback) ?? "none";
  const policy = layers.reduce(overlay, defaultPolicy);
  if (fallback === "direct") checkDirect("fallback: direct", { policy, verify });
  return {
    endpoint: typeof values.endpoint === "string" ? values.endpoint : null,
    image: typeof values.image === "string" ? values.image : defaultImage,
    verify,
    fallback,
    policy,
    pool: resolvePoolOptions({ size: 0, ...(limitsOf(settings, "pool") as Partial<PoolOptions>) }),
    admission: resolveAdmission(limitsOf(settings, "admission") as AdmissionOptions),
    settings,
  };
}

/** Layer by layer, so that a file which only lowers the memory need not repeat the profile's file systems. */
function overlay(policy: Policy, { name, settings }: Layer): Policy {
  keepForbidden(policy, settings);
  try {
    return resolvePolicy(valuesOf(settings, "policy") as Partial<Policy>, policy);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(`${name}: ${error.message}`);
  }
}

/** Isolation is the one thing that no file and no variable takes away from a profile that insists on it. */
function keepForbidden({ directExecution }: Policy, settings: readonly Setting[]): void {
  const loosened = settings.find(
    ({ field, value }) => field.key === "directExecution" && value === "allowed",
  );
  if (directExecution === "forbidden" && loosened !== undefined)
    throw new ConfigError(
      `${loosened.origin}: containment.directExecution: the profile forbids it, and nothing on top of it can allow it; choose another profile`,
    );
}

function valuesOf(
  settings: readonly Setting[],
  group: FieldGroup,
): Partial<Record<Field["key"], ConfigValue>> {
  const own = settings.filter(({ field }) => groupOf(field) === group);
  return Object.fromEntries(own.map(({ field, value }) => [field.key, value]));
}

function limitsOf(settings: readonly Setting[], group: FieldGroup): Record<string, unknown> {
  const values = Object.entries(valuesOf(settings, group));
  return Object.fromEntries(values.map(([key, value]) => [key, value ?? noLimit]));
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
