// Another operation, or another source, for the edge that was picked.
import { html, nothing, type TemplateResult } from 'lit-html';
import type { Cell, Edge, Genotype } from '../../../arch/genotype.ts';
import { PRIMITIVE_NAMES, type Primitive } from '../../../arch/primitives.ts';
import { isLegal, NAT_TRANSITIONS } from '../../../arch/transitions.ts';
import { type EdgePlace, edgeNumber } from './cell_graph.ts';

export interface EdgeEditor {
  readonly genotype: Genotype;
  /** Before any change: what NAT may do is measured from it. */
  readonly start: Genotype;
  readonly edge: EdgePlace;
  change(genotype: Genotype): void;
  close(): void;
}

const SOURCES = ['cell before last', 'last cell'];

function withEdge(genotype: Genotype, place: EdgePlace, edge: Edge): Genotype {
  const cell: Cell = genotype[place.kind].map((old, i) => (i === edgeNumber(place) ? edge : old));
  return { ...genotype, [place.kind]: cell };
}

export function edgeEditor({ genotype, start, edge: place, change, close }: EdgeEditor): TemplateResult {
  const edge = genotype[place.kind][edgeNumber(place)];
  const original = start[place.kind][edgeNumber(place)];
  if (!edge || !original) return html``;
  const [op, from, to] = edge;
  const allowed = (name: Primitive): boolean => isLegal(NAT_TRANSITIONS, original[0], name);
  const option = (name: Primitive) => html`<option value=${name} ?selected=${name === op}>${name}</option>`;
  return html`
    <form
      class="edit"
      aria-label="Change of the operation"
      @submit=${(event: Event) => event.preventDefault()}
    >
      <label class="field" for="edit-op"
        >Operation
        <select
          id="edit-op"
          @change=${(event: Event) => {
            const value = (event.target as HTMLSelectElement).value as Primitive;
            change(withEdge(genotype, place, [value, from, to]));
          }}
        >
          <optgroup label="NAT may make it">${PRIMITIVE_NAMES.filter(allowed).map(option)}</optgroup>
          <optgroup label="Others">${PRIMITIVE_NAMES.filter((name) => !allowed(name)).map(option)}</optgroup>
        </select></label
      >
      <label class="field" for="edit-from"
        >Reads
        <select
          id="edit-from"
          @change=${(event: Event) => {
            change(withEdge(genotype, place, [op, Number((event.target as HTMLSelectElement).value), to]));
          }}
        >
          ${Array.from({ length: to }, (_, node) => html`<option value=${node} ?selected=${node === from}>${SOURCES[node] ?? `node ${node}`}</option>`)}
        </select></label
      >
      ${
        original[0] === op && original[1] === from
          ? nothing
          : html`<button
              type="button"
              class="quiet"
              @click=${() => change(withEdge(genotype, place, original))}
            >
              Back to ${original[0]}
            </button>`
      }
      <button type="button" class="quiet" @click=${close}>Done</button>
    </form>
  `;
}
