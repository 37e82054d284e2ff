// Everything that reads what a user gives, on inputs that nobody meant: it takes them, or refuses them by an error of
// one printable line. Inputs that ever did anything else are kept under test/corpus/ and tried first. Seed 14.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RunError, UserError } from '../runtime/errors.ts';
import { cases } from './support/effort.ts';
import { parsers, type Parser } from './support/parsers.ts';
import { damaged, damagedJson, EXHAUSTING } from './support/mutations.ts';
import { DamagedImage } from '../src/data/decode_image.ts';
import { repositoryRoot } from './support/repository.ts';

const SEED = 14;
const INPUTS = cases(500, 10_000);
/** A message may be so long, and holds nothing that a terminal would obey. */
const LONGEST = 2_100;
const INVISIBLE = /[\p{Cc}\u2028-\u202e\u2066-\u2069]/u;

const test = suite('fuzz_parsers');

/** Throws where the parser does something else than take the input or refuse it by one line. */
async function requireVerdict({ parse }: Parser, input: Uint8Array<ArrayBuffer>): Promise<void> {
  try {
    await parse(input);
  } catch (error) {
    if (!(error instanceof UserError || error instanceof RunError || error instanceof DamagedImage))
      throw error;
    assert.ok(
      error.message.length > 0 && error.message.length < LONGEST,
      `${error.message.length} characters`,
    );
    assert.not.match(error.message, INVISIBLE);
  }
}

const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

for (const parser of await parsers()) {
  const { name, valid, json } = parser;
  const changed = valid.flatMap((whole) => {
    const text = json ? [damagedJson(new TextDecoder().decode(whole)).map(encode)] : [];
    return [...text, damaged(whole)];
  });
  const inputs = fc.oneof(...changed);
  const corpus = new URL(`test/corpus/${name}/`, repositoryRoot);

  test(`${name}: ${INPUTS} damaged inputs are taken or refused in one line (seed ${SEED})`, async () => {
    for (const whole of valid) await parser.parse(whole);
    for (const file of existsSync(corpus) ? readdirSync(corpus) : []) {
      await requireVerdict(parser, new Uint8Array(readFileSync(new URL(file, corpus))));
    }
    for (const text of EXHAUSTING) await requireVerdict(parser, encode(text));
    const property = fc.asyncProperty(inputs, (input) => requireVerdict(parser, input));
    const { failed, counterexample, errorInstance } = await fc.check(property, {
      seed: SEED,
      numRuns: INPUTS,
    });
    if (!failed) return;
    const input = Buffer.from(counterexample![0]).toString('base64');
    throw new Error(
      `${(errorInstance as Error).stack}\nthe input, to be kept under test/corpus/${name}/: ${input}`,
    );
  });
}

test.run();
