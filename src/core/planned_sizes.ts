// Memory that several recordings share, of which one runs at a time, is as large as the most that any of them needs.
// That is known once all are made: a plan learns it, and the recording on the device keeps to it.

export class PlannedSizes {
  private readonly sizes: Map<string, number>;

  /**
   * @param name of the memory, unique in its program
   * @param bytesOf what all of it takes
   * @param learnt what a plan has learnt; sizes are learnt where there is none
   */
  constructor(
    private readonly name: string,
    private readonly bytesOf: (sizes: PlannedSizes) => number,
    private readonly learnt: ReadonlyMap<string, number> | null = null,
  ) {
    this.sizes = new Map(learnt);
  }

  get learning(): boolean {
    return this.learnt === null;
  }

  /** What was learnt, for the recording on a device. */
  fixed(): PlannedSizes {
    return new PlannedSizes(this.name, this.bytesOf, this.sizes);
  }

  /** Asks for at least `size` of `part`. Throws where a recording asks for more than was planned. */
  need(part: string, size: number): void {
    const planned = this.of(part);
    if (size <= planned) return;
    if (!this.learning) {
      throw new Error(`internal: ${this.name}: ${part} needs ${size}, planned ${planned}`);
    }
    this.sizes.set(part, size);
  }

  /** The size of a part so far; 0 for one that nothing has needed. */
  of(part: string): number {
    return this.sizes.get(part) ?? 0;
  }

  /** All parts with their sizes, in the order in which they were first needed. */
  entries(): Iterable<[part: string, size: number]> {
    return this.sizes;
  }

  /** The sum over all parts of a function of their sizes. */
  sum(of: (size: number) => number = (size) => size): number {
    let total = 0;
    for (const size of this.sizes.values()) total += of(size);
    return total;
  }

  get bytes(): number {
    return this.bytesOf(this);
  }
}
