// <nat-cell>: a drawing of cells in which edges can be visited: with the mouse, by touch, and with the arrow keys once
// the focus is in it (one stop for the Tab key, as in a toolbar).
//
// It tells of the edge that is looked at by `edge-look` (detail: EdgePlace or null), and of one that is chosen by
// `edge-pick`.
import type { CellKind, Genotype } from '../../../arch/genotype.ts';

/** An edge of a drawing. */
export interface EdgePlace {
  readonly kind: CellKind;
  /** The node that it feeds. */
  readonly node: number;
  /** Which of that node's two. */
  readonly slot: 0 | 1;
  /** In a drawing of two genotypes. */
  readonly side: 'before' | 'after' | null;
}

/** Its number in its cell. */
export const edgeNumber = ({ node, slot }: EdgePlace): number => 2 * (node - 2) + slot;

/** Its number among the edges of both cells, as probabilities count them. */
export const edgeOfPair = (genotype: Genotype, edge: EdgePlace): number =>
  (edge.kind === 'reduce' ? genotype.normal.length : 0) + edgeNumber(edge);

const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

function placeOf(edge: Element): EdgePlace {
  const [kind, node, slot] = (edge.getAttribute('data-edge') ?? '').split(':');
  const side = edge.closest('[data-side]')?.getAttribute('data-side') ?? null;
  return {
    kind: kind as CellKind,
    node: Number(node),
    slot: Number(slot) as 0 | 1,
    side: side as EdgePlace['side'],
  };
}

/** The element: set `drawing`. */
export class CellElement extends HTMLElement {
  #text = '';
  #current = 0;

  /** The drawing, made with `interactive` and not `standalone`. */
  set drawing(text: string) {
    if (text === this.#text) return;
    this.#text = text;
    const hadFocus = this.contains(document.activeElement);
    this.innerHTML = text;
    // a picture's children are hidden from those who do not see it; a group's are not
    this.querySelector('svg')?.setAttribute('role', 'group');
    // a button is called what stands on it
    for (const edge of this.edges) {
      const shown = edge.querySelector('.nat-chip')?.textContent?.trim() ?? '';
      const name = edge.getAttribute('aria-label') ?? '';
      edge.setAttribute('aria-label', name.replace(/^\w+/, shown));
    }
    this.#current = Math.min(this.#current, Math.max(0, this.edges.length - 1));
    this.#mark();
    if (hadFocus) this.edges[this.#current]?.focus();
  }

  get edges(): SVGElement[] {
    return [...this.querySelectorAll<SVGElement>('[data-edge]')];
  }

  connectedCallback(): void {
    this.addEventListener('keydown', this.#key);
    this.addEventListener('click', this.#pick);
    this.addEventListener('pointerover', this.#look);
    this.addEventListener('focusin', this.#look);
    this.addEventListener('pointerleave', this.#leave);
  }

  #mark(): void {
    this.edges.forEach((edge, i) => edge.setAttribute('tabindex', i === this.#current ? '0' : '-1'));
  }

  #move(to: number): void {
    const { edges } = this;
    this.#current = (to + edges.length) % edges.length;
    this.#mark();
    edges[this.#current]?.focus();
  }

  readonly #edgeAt = (event: Event): SVGElement | null =>
    event.target instanceof Element ? event.target.closest<SVGElement>('[data-edge]') : null;

  readonly #key = (event: KeyboardEvent): void => {
    const edge = this.#edgeAt(event);
    if (!edge) return;
    const step = STEPS[event.key];
    if (step !== undefined) this.#move(this.#current + step);
    else if (event.key === 'Home') this.#move(0);
    else if (event.key === 'End') this.#move(-1);
    else if (event.key === 'Enter' || event.key === ' ') this.#tell('edge-pick', placeOf(edge));
    else return;
    event.preventDefault();
  };

  readonly #pick = (event: Event): void => {
    const edge = this.#edgeAt(event);
    if (!edge) return;
    this.#move(this.edges.indexOf(edge));
    this.#tell('edge-pick', placeOf(edge));
  };

  readonly #look = (event: Event): void => {
    const edge = this.#edgeAt(event);
    if (edge) this.#tell('edge-look', placeOf(edge));
  };

  readonly #leave = (): void => this.#tell('edge-look', null);

  #tell(name: 'edge-look' | 'edge-pick', detail: EdgePlace | null): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
