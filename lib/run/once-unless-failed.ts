/** One call for all who ask, and another one only after it failed. */
export function onceUnlessFailed<T>(call: () => Promise<T>): () => Promise<T> {
  let pending: Promise<T> | null = null;
  return () => {
    pending ??= call().catch((error: unknown) => {
      pending = null;
      throw error;
    });
    return pending;
  };
}
