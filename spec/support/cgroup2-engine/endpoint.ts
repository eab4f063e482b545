/** Where the Engine on cgroup v2 answers, as `cgroup2-engine.sh start` prints it; null where none was started. */
export function cgroup2Endpoint(env: NodeJS.ProcessEnv): string | null {
  const given = env.BRIGBOX_CGROUP2_ENGINE;
  return given === undefined || given === "" ? null : given;
}
