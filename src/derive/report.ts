// What a derivation found, as JSON for programs and as text for people.
import { genotypeToJson } from '../nas/genotype_file.ts';
import { formatComparison } from '../nas/print_cell.ts';
import type { Derivation } from './derive.ts';

/** The JSON form of a derivation. */
export const derivationToJson = ({ input, output, accuracy, cost, candidates }: Derivation): object => ({
  input: genotypeToJson(input),
  output: genotypeToJson(output),
  accuracy,
  params: { before: cost.before.params, after: cost.after.params },
  madds: { before: cost.before.madds, after: cost.after.madds },
  candidates,
});

/** Both cells side by side, and what the transformation changed. */
export function describeDerivation({ input, output, accuracy, cost, candidates }: Derivation): string {
  const millions = (count: number): string => `${(count / 1e6).toFixed(2)} M`;
  const row = (label: string, before: string, after: string) =>
    `${label.padEnd(24)}${before.padStart(10)}${after.padStart(12)}\n`;
  return (
    `${formatComparison(input, output)}\n\n` +
    row('', 'before', 'after') +
    row('validation accuracy', percent(accuracy.before), percent(accuracy.after)) +
    row('parameters', millions(cost.before.params), millions(cost.after.params)) +
    row('multiply-adds', millions(cost.before.madds), millions(cost.after.madds)) +
    `accuracy under the shared weights, best of ${candidates.length}; costs of the CIFAR-10 network (C = 36, 20 cells)\n`
  );
}

/** 0.1234 -> '12.34%'. */
export const percent = (share: number): string => `${(100 * share).toFixed(2)}%`;
