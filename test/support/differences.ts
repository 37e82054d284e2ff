// Gradients as finite differences of a plain float64 function.

/** Central differences of `loss` at these entries of `data`, which is left as it was. */
export const differences = (data: Float64Array, at: readonly number[], loss: () => number): number[] =>
  at.map((i) => {
    const value = data[i]!;
    data[i] = value + 1e-5;
    const above = loss();
    data[i] = value - 1e-5;
    const below = loss();
    data[i] = value;
    return (above - below) / 2e-5;
  });
