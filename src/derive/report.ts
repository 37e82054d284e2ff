// What a derivation found, as JSON for programs and as text for people.
import { genotypeToJson } from '../arch/genotype_file.ts';
import { formatComparison } from '../arch/print_cell.ts';
import { millions, percent } from '../io/format.ts';
import type { Derivation, JudgedAccuracy, TransformedCost } from './derive.ts';

/** The JSON form of a derivation. Latencies are in milliseconds; the table that they come from holds nanoseconds. */
export function derivationToJson(derivation: Derivation): object {
  const { input, output, accuracy, cost, candidates, refused, otherwise, latency } = derivation;
  const change = (of: (cost: TransformedCost) => number) => ({
    before: of(cost.before),
    after: of(cost.after),
  });
  return {
    input: genotypeToJson(input),
    output: genotypeToJson(output),
    accuracy,
    params: change(({ params }) => params),
    madds: change(({ madds }) => madds),
    ...(latency ? { latency: change(milliseconds) } : {}),
    candidates: candidates.map((candidate) =>
      latency ? { ...candidate, latency: milliseconds(candidate) } : candidate,
    ),
    refused,
    ...(otherwise > 0 ? { otherwise } : {}),
    ...(latency ? { latency_table: latency } : {}),
  };
}

const milliseconds = ({ latency = 0 }: TransformedCost): number => latency / 1e6;

/**
 * Both cells, before and after, and what the transformation changed.
 * @param columns characters that a line may have
 */
export function describeDerivation(derivation: Derivation, columns = Infinity): string {
  const { input, output, accuracy, cost, candidates, refused, otherwise, latency } = derivation;
  const row = (label: string, before: string, after: string) =>
    `${label.padEnd(24)}${before.padStart(10)}${after.padStart(12)}\n`;
  const { selection, test } = accuracy;
  const share = (label: string, { before, after, images }: JudgedAccuracy, note: string) =>
    `${row(label, percent(before), percent(after)).trimEnd()}   on ${images} ${note}\n`;
  const both = (label: string, show: (cost: TransformedCost) => string) =>
    row(label, show(cost.before), show(cost.after));
  const chosen = candidates.length > 1 ? `, best of ${candidates.length}` : '';
  return (
    `${formatComparison(input, output, columns)}\n\n` +
    row('', 'before', 'after') +
    share('accuracy, choosing', selection, `images that trained the policy${chosen}`) +
    share('accuracy, test', test, 'test images, which chose nothing') +
    both('parameters', ({ params }) => `${millions(params, 2)} M`) +
    both('multiply-adds', ({ madds }) => `${millions(madds, 2)} M`) +
    (latency ? both('latency', (of) => `${milliseconds(of).toFixed(2)} ms`) : '') +
    'accuracies under the shared weights; costs of the CIFAR-10 network (C = 36, 20 cells)\n' +
    (refused > 0 ? `${refused} more drawn and refused: a cell's output reached by no operation\n` : '') +
    (otherwise > 0
      ? `${otherwise} changes are none that the transitions allow: NAO may add operations and move edges\n`
      : '') +
    (latency ? `latency of one image by measured operations on ${latency.adapter}\n` : '')
  );
}
