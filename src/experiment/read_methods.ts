// The methods of an experiment file, and what each of them is for one architecture.
import {
  type DeriveSettings,
  type Method,
  type SearchSettings,
  type TrainSettings,
  UNCHANGED,
} from './definition.ts';
import { mismatch, readChoice, readList, readObject, readText, readValue, refuseRepeats } from './fields.ts';
import { readMethodDerive, readOwnTrain, readSearch } from './read_settings.ts';
import { METHOD_KEYS, METHOD_SETTINGS } from './schema.ts';

/** What a method starts from. */
export interface MethodBase {
  readonly search: SearchSettings;
  readonly derive: DeriveSettings;
  readonly train: TrainSettings | null;
}

/** A method of the file. */
export interface MethodEntry {
  readonly name: string;
  /** The method for an architecture. Throws UserError where its own settings cannot be. */
  on(base: MethodBase): Method;
}

export function readMethod(value: unknown, label: string): MethodEntry {
  if (value === UNCHANGED) {
    return { name: UNCHANGED, on: ({ train }) => ({ name: UNCHANGED, learner: null, train }) };
  }
  if (typeof value !== 'object') throw mismatch(label, value, `'${UNCHANGED}' or {name, policy, derive}`);
  const fields = readObject(value, METHOD_KEYS, label);
  if (fields['name'] === UNCHANGED) {
    throw mismatch(`${label}.name`, UNCHANGED, "a name; '/' stands for no method");
  }
  const name = readText(fields['name'], `${label}.name`);
  const policy = readValue(METHOD_SETTINGS.policy, fields['policy'], `${label}.policy`);
  const { search = {}, derive = {}, train } = fields;
  return {
    name,
    on: (base) => ({
      name,
      learner: {
        policy,
        search: readSearch(search, base.search, `${label}.search`),
        derive: readMethodDerive(derive, base.derive, `${label}.derive`),
      },
      train: readOwnTrain(train, base.train, `${label}.train`),
    }),
  };
}

/** Those of the methods that a list names; all where there is none. */
export function chooseMethods(
  value: unknown,
  all: readonly MethodEntry[],
  label: string,
): readonly MethodEntry[] {
  if (value === undefined) return all;
  const names = all.map(({ name }) => name);
  const chosen = readList(value, 'names of methods', label, (name, where) => readChoice(name, names, where));
  refuseRepeats(chosen, label);
  return all.filter(({ name }) => chosen.includes(name));
}
