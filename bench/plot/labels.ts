// Where the labels of crowded points go: beside their points, clear of all points and of each other.
interface Point {
  readonly x: number;
  readonly y: number;
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const HEIGHT = 11;
const CHARACTER = 6.5;
/** From a point's centre to the nearest label, and on outwards. */
const DISTANCES = [9, 15, 22, 30, 40];
const DIRECTIONS = 16;

const overlap = (a: Box, b: Box): number =>
  Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left)) *
  Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));

function boxAt({ x, y }: Point, words: string): Box {
  const half = (CHARACTER * words.length) / 2 + 1;
  return { left: x - half, right: x + half, top: y - HEIGHT / 2, bottom: y + HEIGHT / 2 };
}

/** The centre of every label, in the order given: the nearest place that overlaps least. */
export function placeLabels(
  points: readonly (Point & { readonly words: string })[],
  radius: number,
): Point[] {
  const taken: Box[] = points.map(({ x, y }) => ({
    left: x - radius,
    right: x + radius,
    top: y - radius,
    bottom: y + radius,
  }));
  return points.map(({ x, y, words }) => {
    let best: { at: Point; cost: number } | null = null;
    for (const distance of DISTANCES) {
      for (let i = 0; i < DIRECTIONS; i++) {
        const angle = (2 * Math.PI * i) / DIRECTIONS;
        const at = { x: x + distance * Math.cos(angle), y: y - distance * Math.sin(angle) };
        const box = boxAt(at, words);
        const cost = taken.reduce((sum, other) => sum + overlap(box, other), 0) + distance / 100;
        if (!best || cost < best.cost) best = { at, cost };
      }
    }
    taken.push(boxAt(best!.at, words));
    return best!.at;
  });
}
