// Damaged and hostile versions of an input that is right: bytes turned, cut, inserted and repeated, and JSON with
// anything in the place of anything. What is made follows from fast-check's seed.
import fc from 'fast-check';

/** Changes to some bytes, one after the other. */
export function damaged(whole: Uint8Array<ArrayBuffer>): fc.Arbitrary<Uint8Array<ArrayBuffer>> {
  const place = fc.nat();
  const change = fc.oneof(
    fc.record({ kind: fc.constant('flip' as const), place, byte: fc.integer({ min: 1, max: 255 }) }),
    fc.record({ kind: fc.constant('cut' as const), place }),
    fc.record({ kind: fc.constant('drop' as const), place, count: fc.integer({ min: 1, max: 64 }) }),
    fc.record({
      kind: fc.constant('insert' as const),
      place,
      bytes: fc.oneof(fc.uint8Array({ maxLength: 32 }), fc.constantFrom(...HOSTILE_BYTES)),
    }),
    fc.record({ kind: fc.constant('repeat' as const), place, count: fc.integer({ min: 1, max: 200 }) }),
  );
  return fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) =>
    changes.reduce((bytes, step): Uint8Array<ArrayBuffer> => {
      const at = bytes.length === 0 ? 0 : step.place % bytes.length;
      switch (step.kind) {
        case 'flip': {
          const turned = bytes.slice();
          if (turned.length > 0) turned[at]! ^= step.byte;
          return turned;
        }
        case 'cut':
          return bytes.slice(0, at);
        case 'drop':
          return joined(bytes.subarray(0, at), bytes.subarray(at + step.count));
        case 'insert':
          return joined(bytes.subarray(0, at), step.bytes, bytes.subarray(at));
        case 'repeat':
          return joined(bytes.subarray(0, at + step.count), bytes.subarray(at));
      }
    }, whole),
  );
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const HOSTILE_BYTES = [
  '\0',
  '\xff\xfe',
  '\uFEFF',
  '\u2028',
  '"',
  '{',
  '[[',
  '1e999',
  '-0',
  '__proto__',
  '\r\n',
].map((text) => new TextEncoder().encode(text));

const HOSTILE_VALUES: readonly unknown[] = [
  ...[
    null,
    true,
    '',
    0,
    -1,
    0.5,
    1e300,
    -1e300,
    2 ** 53,
    [],
    {},
    [[]],
    'null',
    '../../x',
    'x'.repeat(100_000),
  ],
  ...['\u0000\u001b[2J\n', '\u202edesrever', '__proto__', 'constructor', 'toString'],
];

/** A JSON text with something else in one place, or with a place more. */
export function damagedJson(text: string): fc.Arbitrary<string> {
  const value = fc.oneof(fc.constantFrom(...HOSTILE_VALUES), fc.jsonValue({ maxDepth: 3 }));
  return fc
    .record({ place: fc.nat(), value, key: fc.option(fc.string()) })
    .map(({ place, value: other, key }) => {
      const root = { value: JSON.parse(text) as unknown };
      const places = placesOf(root);
      const [parent, name] = places[place % places.length]!;
      parent[name] = other;
      if (key !== null && !Array.isArray(parent)) parent[key] = other;
      return JSON.stringify(root.value) ?? 'null';
    });
}

type Parent = Record<string, unknown>;

/** Every place of a value: what holds it, and under which name. */
function placesOf(parent: object): [Parent, string][] {
  return Object.entries(parent).flatMap(([name, value]): [Parent, string][] => {
    const inner = typeof value === 'object' && value !== null ? placesOf(value) : [];
    return [[parent as Parent, name], ...inner];
  });
}

/** Texts that exhaust a reader which trusts them. */
export const EXHAUSTING: readonly string[] = [
  '['.repeat(1_000_000),
  '{"a":'.repeat(200_000),
  `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
  '"'.repeat(100_001),
  `{"name":"${'x'.repeat(1_000_000)}"}`,
  '9'.repeat(500_000),
];
