/** Resolves once `condition` holds; rejects after two seconds. */
export async function eventually(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 2000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error("it did not come about within two seconds");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
