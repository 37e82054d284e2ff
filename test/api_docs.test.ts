// The library's reference is made of docstrings: no exported name is without one.
import { dirname, join } from 'node:path/posix';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readRepositoryFile } from './support/repository.ts';

const ENTRIES = ['index', 'browser', 'engine_index', 'engine_browser', 'zoo'];

/** A declaration of a name, with the text before it, in a .d.ts as the compiler writes it. */
const DECLARATION =
  /^export (?:declare )?(?:abstract )?(?:function|class|interface|type|enum|const|let) (\w+)/gm;

interface Module {
  readonly text: string;
  /** Name -> whether a docstring stands before its first declaration. */
  readonly declared: ReadonlyMap<string, boolean>;
}

const modules = new Map<string, Module>();

function moduleAt(path: string): Module {
  const known = modules.get(path);
  if (known) return known;
  const text = new TextDecoder().decode(readRepositoryFile(path));
  const declared = new Map<string, boolean>();
  for (const match of text.matchAll(DECLARATION)) {
    const [, name] = match as unknown as [string, string];
    const documented = text.slice(0, match.index).trimEnd().endsWith('*/');
    declared.set(name, declared.get(name) || documented);
  }
  const module = { text, declared };
  modules.set(path, module);
  return module;
}

/** Where every name that a module exports is declared: name -> 'path#declared name'. */
function exportsOf(path: string): Map<string, string> {
  const { text, declared } = moduleAt(path);
  const found = new Map([...declared.keys()].map((name) => [name, `${path}#${name}`]));
  const resolve = (target: string): string => join(dirname(path), target.replace(/\.js$/, '.d.ts'));
  for (const [, target] of text.matchAll(/^export \* from '([^']+)';/gm)) {
    for (const [name, place] of exportsOf(resolve(target!))) found.set(name, place);
  }
  for (const [, names, target] of text.matchAll(/^export (?:type )?\{([^}]*)\} from '([^']+)';/gm)) {
    const behind = exportsOf(resolve(target!));
    for (const item of names!.split(',').filter((part) => part.trim() !== '')) {
      const [own, shown = own] = item
        .trim()
        .replace(/^type /, '')
        .split(' as ');
      const place = behind.get(own!);
      assert.ok(place, `${path}: ${own} of ${target}`);
      found.set(shown!, place);
    }
  }
  return found;
}

test('api: every exported name has a docstring', () => {
  const places = ENTRIES.flatMap((entry) => [...exportsOf(`dist/lib/src/${entry}.d.ts`).values()]);
  const all = [...new Set(places)];
  assert.ok(all.length > 200, `${all.length} names`);
  const bare = all.filter((place) => {
    const [path, name] = place.split('#') as [string, string];
    return !moduleAt(path).declared.get(name);
  });
  assert.equal(bare.map((place) => place.replace('dist/lib/', '').replace('.d.ts', '.ts')).sort(), []);
});

test('api: the entries for Node and for pages export the same names', () => {
  for (const [node, page] of [
    ['index', 'browser'],
    ['engine_index', 'engine_browser'],
  ]) {
    const [left, right] = [node, page].map((entry) => [...exportsOf(`dist/lib/src/${entry}.d.ts`).keys()]);
    assert.equal(right!.sort(), left!.sort());
  }
});

test.run();
