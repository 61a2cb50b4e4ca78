/** A checkpoint as far as the tree of a conversation needs it. Parents stand before their children. */
export interface Point {
  id: string;
  parent: string | null;
  /** `input`, `loop`, `update` or `fork`. */
  source: string;
}

/** A turn on the way from the beginning to a leaf. */
export interface TurnPlace {
  /** Where an edited question goes on from; null where none can be. */
  before: string | null;
  /** Where the same question is asked again from. */
  opening: string;
  /** The last checkpoint of the turn: its state has all of the turn. */
  end: string;
  /** The ends of all versions of this turn, oldest first; `end` is one of them. */
  versions: string[];
}

export interface Tree {
  /** The turns up to a checkpoint; none for one that is not known. */
  turns(leaf: string): TurnPlace[];
  /** The latest checkpoint that came of one. */
  latest(point: string): string;
}

interface Held extends Point {
  order: number;
  opens: boolean;
  /** Turns that begin at the same place are versions of one. */
  turn: string;
  latest: string;
}

/** Reads the checkpoints of a thread as turns and their versions. */
export function treeOf(points: readonly Point[]): Tree {
  const held = heldOf(points);
  const inside = new Set<string>();
  const after = new Set<string>();
  for (const point of held.values()) {
    const parent = point.parent === null ? undefined : held.get(point.parent);
    if (parent === undefined) continue;
    (parent.turn === point.turn ? inside : after).add(parent.id);
  }
  const versions = new Map<string, string[]>();
  for (const point of held.values()) {
    if (inside.has(point.id) && !after.has(point.id)) continue;
    const known = versions.get(point.turn);
    if (known === undefined) versions.set(point.turn, [point.id]);
    else known.push(point.id);
  }
  return {
    turns: (leaf) => turnsTo(leaf, held, versions),
    latest: (point) => held.get(point)?.latest ?? point,
  };
}

function heldOf(points: readonly Point[]): Map<string, Held> {
  const held = new Map<string, Held>();
  for (const [order, point] of points.entries()) {
    const parent = point.parent === null ? undefined : held.get(point.parent);
    const opens = point.source === "input" || (point.source === "fork" && (parent?.opens ?? false));
    const begins = parent === undefined || (opens && !parent.opens);
    const turn = begins ? `after ${point.parent ?? "nothing"}` : parent.turn;
    held.set(point.id, { ...point, order, opens, turn, latest: point.id });
  }
  for (const point of [...held.values()].reverse()) {
    const parent = point.parent === null ? undefined : held.get(point.parent);
    if (parent === undefined) continue;
    const [mine, theirs] = [held.get(point.latest), held.get(parent.latest)];
    if (mine !== undefined && theirs !== undefined && mine.order > theirs.order) parent.latest = mine.id;
  }
  return held;
}

function turnsTo(leaf: string, held: Map<string, Held>, versions: Map<string, string[]>): TurnPlace[] {
  const path: Held[] = [];
  for (let point = held.get(leaf); point !== undefined; ) {
    path.push(point);
    point = point.parent === null ? undefined : held.get(point.parent);
  }
  const turns: (TurnPlace & { turn: string })[] = [];
  for (const point of path.reverse()) {
    const last = turns.at(-1);
    if (last === undefined || last.turn !== point.turn) {
      turns.push({
        turn: point.turn,
        before: point.parent ?? (point.opens ? point.id : null),
        opening: point.id,
        end: point.id,
        versions: versions.get(point.turn) ?? [point.id],
      });
    } else {
      last.end = point.id;
      if (point.opens) last.opening = point.id;
    }
  }
  return turns.map(({ turn: _, ...place }) => place);
}
