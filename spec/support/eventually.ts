/** Resolves once `condition` holds; rejects after `timeoutMs`, ten seconds unless given: a busy machine is slow. */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  { timeoutMs = 10_000 }: { readonly timeoutMs?: number } = {},
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`it did not come about within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
