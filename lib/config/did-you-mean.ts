/**
 * The one of `known` that `word` was probably meant to be, or null where none is near: at most a third of the letters differ.
 */
export function didYouMean(word: string, known: readonly string[]): string | null {
  const wanted = word.toLowerCase();
  const ranked = known
    .map((name) => ({ name, distance: editDistance(wanted, name.toLowerCase()) }))
    .sort((left, right) => left.distance - right.distance);
  const best = ranked[0];
  if (best === undefined) return null;
  const isPrefix = wanted.length >= 3 && best.name.toLowerCase().startsWith(wanted);
  return isPrefix || best.distance <= Math.max(1, Math.floor(best.name.length / 3)) ? best.name : null;
}

/** The fewest insertions, deletions and replacements that lead from one word to the other (Levenshtein). */
function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const isSame = left[row - 1] === right[column - 1];
      const replace = (previous[column - 1] ?? 0) + (isSame ? 0 : 1);
      current.push(Math.min(replace, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[right.length] ?? 0;
}
