import {
  BaseEdge,
  type Edge,
  EdgeLabelRenderer,
  type EdgeProps,
  Handle,
  type Node,
  type NodeProps,
  Position,
} from "@xyflow/react";
import {
  Check,
  CircleDashed,
  Clock,
  LoaderCircle,
  type LucideIcon,
  Maximize2,
  Minimize2,
  TriangleAlert,
  UserRound,
} from "lucide-react";
import { classes } from "@/lib/classes";
import { money, percent, whole } from "@/lib/numbers";
import { duration } from "@/lib/times";
import styles from "./graph.module.css";
import { type PlacedEdge, type PlacedNode, smooth } from "./layout";
import { type NodeProgress, STANDINGS, type Standing } from "./progress";

interface NodeData extends Record<string, unknown> {
  node: PlacedNode;
  progress: NodeProgress | undefined;
  confidence: number | null;
  onToggle: (path: string) => void;
}

interface EdgeData extends Record<string, unknown> {
  edge: PlacedEdge;
  taken: number;
}

export type FlowNode = Node<NodeData>;
export type FlowEdge = Edge<EdgeData>;

const ICONS: Record<Standing, LucideIcon> = {
  idle: CircleDashed,
  done: Check,
  running: LoaderCircle,
  next: Clock,
  waiting: UserRound,
  failed: TriangleAlert,
};

function Ends() {
  return (
    <>
      <Handle type="target" position={Position.Top} className={styles.handle} isConnectable={false} />
      <Handle type="source" position={Position.Bottom} className={styles.handle} isConnectable={false} />
    </>
  );
}

/** What a node took, in few words. */
export function figuresOf(progress: NodeProgress | undefined, confidence: number | null): string[] {
  if (progress === undefined) return [];
  const told: string[] = [];
  if (progress.seconds !== null) told.push(duration(progress.seconds));
  if (progress.tokens !== null && progress.tokens > 0) told.push(`${whole(progress.tokens)} tokens`);
  if (progress.cost !== null && progress.cost > 0) told.push(money(progress.cost));
  if (confidence !== null) told.push(`${percent(confidence)} sure`);
  return told;
}

function Toggle({ node, onToggle }: { node: PlacedNode; onToggle: (path: string) => void }) {
  const opens = node.kind === "closed";
  const Icon = opens ? Maximize2 : Minimize2;
  return (
    <button
      type="button"
      className={`nodrag nopan ${styles.toggle}`}
      aria-label={`${opens ? "Open" : "Close"} the subgraph ${node.name}`}
      aria-expanded={!opens}
      onClick={(event) => {
        event.stopPropagation();
        onToggle(node.id);
      }}
    >
      <Icon size={14} aria-hidden />
    </button>
  );
}

function Work({ data, selected }: NodeProps<FlowNode>) {
  const { node, progress, confidence, onToggle } = data;
  const standing = progress?.standing ?? "idle";
  const Icon = ICONS[standing];
  const figures = figuresOf(progress, confidence);
  return (
    <div className={classes(styles.node, styles[standing], selected && styles.selected)} data-node={node.id}>
      <Ends />
      <div className={styles.nodeHead}>
        <Icon size={15} aria-hidden className={standing === "running" ? styles.turning : undefined} />
        <strong>{node.name}</strong>
        {(progress?.visits ?? 0) > 1 ? <span className={styles.visits}>×{progress?.visits}</span> : null}
        {node.kind === "closed" ? <Toggle node={node} onToggle={onToggle} /> : null}
      </div>
      <div className={styles.figures}>{figures.length > 0 ? figures.join(" · ") : STANDINGS[standing]}</div>
    </div>
  );
}

function Frame({ data }: NodeProps<FlowNode>) {
  const { node, progress, onToggle } = data;
  const standing = progress?.standing ?? "idle";
  return (
    <div className={classes(styles.frame, styles[standing])} data-node={node.id}>
      <Ends />
      <div className={styles.nodeHead}>
        <strong>{node.name}</strong>
        <span className={styles.figures}>{STANDINGS[standing]}</span>
        <Toggle node={node} onToggle={onToggle} />
      </div>
    </div>
  );
}

function Dot({ data }: NodeProps<FlowNode>) {
  return (
    <div className={styles.dot}>
      <Ends />
      {data.node.kind === "start" ? "Start" : "End"}
    </div>
  );
}

function Way({ data, id }: EdgeProps<FlowEdge>) {
  if (data === undefined) return null;
  const { edge, taken } = data;
  return (
    <>
      <BaseEdge
        id={id}
        path={smooth(edge.points)}
        markerEnd={taken > 0 ? "url(#way-taken)" : "url(#way)"}
        className={classes(styles.way, taken > 0 && styles.taken, edge.conditional && styles.conditional)}
      />
      {taken > 1 || edge.label !== "" ? (
        <EdgeLabelRenderer>
          <div
            className={classes(styles.count, taken > 0 && styles.countTaken)}
            style={{ transform: `translate(-50%, -50%) translate(${edge.at.x}px, ${edge.at.y}px)` }}
          >
            {[edge.label, taken > 1 ? `×${taken}` : ""].filter(Boolean).join(" ")}
          </div>
        </EdgeLabelRenderer>
      ) : null}
    </>
  );
}

export const NODE_TYPES = { start: Dot, end: Dot, node: Work, closed: Work, open: Frame };
export const EDGE_TYPES = { way: Way };
