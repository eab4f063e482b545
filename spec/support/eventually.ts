/** Resolves once `condition` holds; rejects after `timeoutMs`, two seconds unless given. */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  { timeoutMs = 2000 }: { readonly timeoutMs?: number } = {},
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`it did not come about within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
