// Places for a cell's nodes and edges. dagre ranks the nodes, orders them so that few edges cross, and keeps a place for
// every edge's label; the curves are ours: through a rank of nodes or labels an edge runs straight, at the height that
// dagre gave it there, and turns only between ranks. So no edge crosses a node or a label that is not its own.
import { Graph, layout } from '@dagrejs/dagre';

/** Which way edges point. */
export type Direction = 'right' | 'down';

/** A point in pixels. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A rectangle by its centre. */
export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A graph whose nodes have names. */
export interface FlowGraph {
  readonly nodes: ReadonlyMap<string, Size>;
  readonly edges: readonly {
    /** One that no other edge has. */
    readonly name: string;
    readonly from: string;
    readonly to: string;
    /** Room for its label, if it has one. */
    readonly label?: Size;
  }[];
}

/** An edge's way: from one end to the other, with its label's place. */
export interface PlacedEdge {
  /** Straight parts from every even point to the next one, curves between these parts. */
  readonly points: readonly Point[];
  readonly label: Box | null;
}

/** A graph with places; all coordinates are positive. */
export interface PlacedGraph extends Size {
  readonly nodes: ReadonlyMap<string, Box>;
  readonly edges: ReadonlyMap<string, PlacedEdge>;
}

/** Between neighbours of a rank, edges beside one another, and ranks (half of it where edges have labels). */
const GAPS = { nodesep: 22, edgesep: 14, ranksep: 64 };

/** Between the ends of two edges at one side of a node. */
const PORT_GAP = 9;

/**
 * Deterministic: the same graph has the same places, on every machine.
 * @param first of two nodes, the one that is to stand above the other, or left of it where edges point down
 */
export function placeGraph(
  { nodes, edges }: FlowGraph,
  direction: Direction,
  [first, second]: readonly [string, string],
): PlacedGraph {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: direction === 'right' ? 'LR' : 'TB', ...GAPS });
  for (const [name, size] of nodes) graph.setNode(name, { ...size });
  for (const { from, to, name, label } of edges) {
    graph.setEdge(from, to, label ? { ...label, labelpos: 'c' } : {}, name);
  }
  layout(graph);
  const axis = direction === 'right' ? ACROSS : DOWN;
  const { width = 0, height = 0 } = graph.graph() as Partial<Size>;
  const found = (name: string): Point => graph.node(name) as Point;
  // dagre may order the nodes of a rank either way round
  const mirrored = axis.across(found(first)) > axis.across(found(second));
  const place = (point: Point): Point => (mirrored ? axis.mirrored(point, { width, height }) : point);
  const boxes = new Map<string, Box>();
  for (const [name, size] of nodes) boxes.set(name, { ...place(found(name)), ...size });
  const routes = edges.map(({ from, to, name, label }) => {
    const placed = graph.edge({ v: from, w: to, name }) as Partial<Point> & { points: Point[] };
    const box = label ? { ...place(placed as Point), ...label } : null;
    return { name, from, to, inner: placed.points.slice(1, -1).map(place), label: box };
  });
  const extents = rankExtents([...boxes.values(), ...routes.flatMap(({ label }) => label ?? [])], axis);
  const ports = portsOf(routes, boxes, axis);
  const halfRank = (point: Point): number => extents.get(rankKey(axis.along(point))) ?? 0;
  const placed = routes.map(({ name, from, to, inner, label }): [string, PlacedEdge] => {
    const [start, end] = ports.get(name)!;
    const [source, target] = [boxes.get(from)!, boxes.get(to)!];
    const points = [
      start,
      axis.moved(start, halfRank(source) - axis.depth(source) / 2),
      ...inner.flatMap((point) => [axis.moved(point, -halfRank(point)), axis.moved(point, halfRank(point))]),
      axis.moved(end, axis.depth(target) / 2 - halfRank(target)),
      end,
    ];
    return [name, { points, label }];
  });
  return { width, height, nodes: boxes, edges: new Map(placed) };
}

/** The coordinates along the edges' direction and across it. */
interface Axis {
  along(point: Point): number;
  across(point: Point): number;
  /** Of a box along the direction, and across it. */
  depth(size: Size): number;
  breadth(size: Size): number;
  moved(point: Point, along: number, across?: number): Point;
  /** The point in a picture that is turned over along the direction. */
  mirrored(point: Point, whole: Size): Point;
}

const ACROSS: Axis = {
  along: ({ x }) => x,
  across: ({ y }) => y,
  depth: ({ width }) => width,
  breadth: ({ height }) => height,
  moved: ({ x, y }, along, across = 0) => ({ x: x + along, y: y + across }),
  mirrored: ({ x, y }, { height }) => ({ x, y: height - y }),
};

const DOWN: Axis = {
  along: ({ y }) => y,
  across: ({ x }) => x,
  depth: ({ height }) => height,
  breadth: ({ width }) => width,
  moved: ({ x, y }, along, across = 0) => ({ x: x + across, y: y + along }),
  mirrored: ({ x, y }, { width }) => ({ x: width - x, y }),
};

const rankKey = (along: number): number => Math.round(along);

/** Half of the depth of every rank, by where its middle is. */
function rankExtents(boxes: readonly Box[], axis: Axis): Map<number, number> {
  const extents = new Map<number, number>();
  for (const box of boxes) {
    const key = rankKey(axis.along(box));
    extents.set(key, Math.max(extents.get(key) ?? 0, axis.depth(box) / 2));
  }
  return extents;
}

interface Route {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly inner: readonly Point[];
}

/** Where every edge leaves its source and enters its target: side by side, in the order of where they come from. */
function portsOf(
  routes: readonly Route[],
  boxes: ReadonlyMap<string, Box>,
  axis: Axis,
): Map<string, [Point, Point]> {
  const ports = new Map<string, [Point, Point]>();
  for (const { name, from, to } of routes) ports.set(name, [boxes.get(from)!, boxes.get(to)!]);
  for (const [node, box] of boxes) {
    for (const end of [0, 1] as const) {
      const here = routes
        .filter((route) => (end === 0 ? route.from : route.to) === node)
        .map((route) => {
          const towards = end === 0 ? route.inner[0] : route.inner.at(-1);
          return {
            name: route.name,
            across: axis.across(towards ?? boxes.get(end ? route.from : route.to)!),
          };
        })
        .sort((a, b) => a.across - b.across);
      const half = axis.depth(box) / 2;
      const room = (axis.breadth(box) - 2 * PORT_GAP) / Math.max(1, here.length - 1);
      here.forEach(({ name }, i) => {
        const across = (i - (here.length - 1) / 2) * Math.min(PORT_GAP, room);
        ports.get(name)![end] = axis.moved(box, end === 0 ? half : -half, across);
      });
    }
  }
  return ports;
}

/** The path of an edge as the `d` of an SVG path: straight parts, and curves that leave and arrive along the direction. */
export function edgePath(points: readonly Point[], direction: Direction): string {
  const [first, ...rest] = points;
  const written = ({ x, y }: Point): string => `${coordinate(x)} ${coordinate(y)}`;
  let path = `M${written(first!)}`;
  rest.forEach((point, i) => {
    const last = points[i]!;
    if (i % 2 === 0) path += `L${written(point)}`;
    else {
      const [a, b] = controls(last, point, direction);
      path += `C${written(a)} ${written(b)} ${written(point)}`;
    }
  });
  return path;
}

/** The control points of the curve between two ranks. */
function controls(from: Point, to: Point, direction: Direction): [Point, Point] {
  if (direction === 'right') {
    const x = (from.x + to.x) / 2;
    return [
      { x, y: from.y },
      { x, y: to.y },
    ];
  }
  const y = (from.y + to.y) / 2;
  return [
    { x: from.x, y },
    { x: to.x, y },
  ];
}

const coordinate = (value: number): number => Math.round(10 * value) / 10;
