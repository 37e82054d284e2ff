// A picture as a reader of XML sees it, without a parser: for pictures that hold elements, attributes and text alone.
import * as assert from 'uvu/assert';

/** Throws unless every tag is closed in order and every attribute and text is escaped. */
export function checkXml(xml: string): void {
  const open: string[] = [];
  const rest = xml.replace(
    /<(\/?)([a-z]+)((?: [\w-]+="[^"<>]*")*)(\/?)>/g,
    (_, end, name, attributes, empty) => {
      assert.not.match(attributes, /&(?!#\d+;)/);
      if (end) assert.is(open.pop(), name);
      else if (!empty) open.push(name);
      return '';
    },
  );
  assert.equal(open, []);
  assert.not.match(rest, /[<>]|&(?!#\d+;)/);
}

/** Every element of that name, its attributes by name. */
export function elementsOf(xml: string, name: string): ReadonlyMap<string, string>[] {
  return [...xml.matchAll(new RegExp(`<${name}((?: [\\w-]+="[^"]*")*)/?>`, 'g'))].map(([, attributes]) => {
    const pairs = [...attributes!.matchAll(/([\w-]+)="([^"]*)"/g)];
    return new Map(pairs.map(([, key, value]) => [key!, value!]));
  });
}
