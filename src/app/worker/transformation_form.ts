// A derivation in the form in which the page has it.
import { genotypeFromJson, genotypeToJson } from '../../arch/genotype_file.ts';
import type { Derivation } from '../../derive/derive.ts';
import { describeDerivation } from '../../derive/report.ts';
import type { JsonObject } from '../../io/json.ts';
import type { EdgeProbabilities, Transformation } from '../protocol.ts';

/** @param probabilities of the input's edges, where they are known */
export function transformationOf(
  derivation: Derivation,
  probabilities: EdgeProbabilities | null,
): Transformation {
  const { input, output, accuracy, cost, candidates } = derivation;
  return {
    input: genotypeToJson(input),
    output: genotypeToJson(output),
    probabilities,
    accuracy,
    cost,
    candidates,
    text: describeDerivation(derivation),
  };
}

/** @param json of a derived.json @param path names it in errors */
export function transformationOfFile(json: JsonObject, path: string): Transformation {
  const { params, madds, otherwise = 0, ...rest } = json as unknown as FileForm;
  const at = (when: 'before' | 'after') => ({ params: params[when], madds: madds[when] });
  const derivation: Derivation = {
    ...rest,
    input: genotypeFromJson(json['input'], path),
    output: genotypeFromJson(json['output'], path),
    cost: { before: at('before'), after: at('after') },
    otherwise,
    latency: null,
  };
  return transformationOf(derivation, null);
}

/** What of the file (derive/report.ts) is as it is in a derivation, and what is not. */
interface FileForm extends Pick<Derivation, 'accuracy' | 'candidates' | 'refused'> {
  readonly params: Readonly<Record<'before' | 'after', number>>;
  readonly madds: Readonly<Record<'before' | 'after', number>>;
  readonly otherwise?: number;
}
