/** Where the second Engine answers, as `second-engine.sh start` prints it; null where none was started. */
export function secondEndpoint(env: NodeJS.ProcessEnv): string | null {
  const given = env.BRIGBOX_SECOND_ENGINE;
  return given === undefined || given === "" ? null : given;
}

/** Whether specs run on it, as `live-specs.spec.ts` runs some. */
export function isOnSecond(env: NodeJS.ProcessEnv): boolean {
  const endpoint = secondEndpoint(env);
  return endpoint !== null && env.DOCKER_HOST === endpoint;
}
