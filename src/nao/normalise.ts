// Accuracies as the predictor learns them.

/**
 * The rank of every accuracy among all, from 0 for the lowest to 1 for the highest; equals share the mean of theirs. A
 * few architectures that do not train at all would otherwise take most of the scale, and those that matter what is left.
 */
export function ranks(accuracies: ArrayLike<number>): Float64Array<ArrayBuffer> {
  const count = accuracies.length;
  const order = Array.from({ length: count }, (_, i) => i).sort(
    (a, b) => accuracies[a]! - accuracies[b]! || a - b,
  );
  const normalised = new Float64Array(count);
  for (let begin = 0; begin < count;) {
    let end = begin + 1;
    while (end < count && accuracies[order[end]!] === accuracies[order[begin]!]) end++;
    const rank = count > 1 ? (begin + end - 1) / 2 / (count - 1) : 0.5;
    for (let i = begin; i < end; i++) normalised[order[i]!] = rank;
    begin = end;
  }
  return normalised;
}
