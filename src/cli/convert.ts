// `nat convert`: an architecture in another form of the field.
import { CELL_NAMES } from '../arch/zoo/find_cell.ts';
import {
  GENOTYPE_FORMS,
  type GenotypeForm,
  loadAnyGenotype,
  writeGenotype,
} from '../exchange/genotype/forms.ts';
import { writeUserFile } from '../io/user_file.ts';
import { defineCommand } from './command.ts';

export const convert = defineCommand({
  name: 'convert',
  summary: 'an architecture in the form of DARTS, NNI, NAS-Bench-201 or Graphviz, and from them into ours',
  options: {
    from: {
      type: 'string',
      positional: true,
      required: true,
      placeholder: 'NAME|FILE|CELL',
      suggestions: CELL_NAMES,
      help: 'a cell of the zoo, a genotype file in any of the forms, or a string of NAS-Bench-201',
    },
    to: {
      type: 'string',
      choices: GENOTYPE_FORMS,
      default: 'nat',
      help: "our JSON, DARTS's Python text, NNI's JSON, a string of NAS-Bench-201, or Graphviz",
    },
    out: { type: 'string', placeholder: 'FILE', help: 'write it there (standard output)' },
  },
  examples: [
    ['DARTS --to darts', "a cell of the zoo as DARTS's Python text"],
    ['genotype.py --out cell.json', "what DARTS's search printed, for the other commands"],
    ['NAT_DARTS --to dot --out cell.dot', 'for Graphviz: dot -Tsvg cell.dot'],
  ],
  async run({ files, terminal }, { from, to, out }) {
    const text = writeGenotype(await loadAnyGenotype(files, from), to as GenotypeForm);
    if (out === undefined) {
      terminal.out(text);
      return;
    }
    await writeUserFile(files, out, text);
  },
});
