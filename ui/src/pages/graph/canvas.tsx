import "@xyflow/react/dist/base.css";
import { Controls, ReactFlow, ReactFlowProvider, useReactFlow } from "@xyflow/react";
import { useEffect, useMemo } from "react";
import styles from "./graph.module.css";
import { type Placed, type PlacedNode, place } from "./layout";
import { EDGE_TYPES, type FlowEdge, type FlowNode, figuresOf, NODE_TYPES } from "./nodes";
import { type Progress, STANDINGS, wayKey } from "./progress";
import type { Drawing } from "./topology";

interface CanvasProps {
  drawing: Drawing;
  progress: Progress;
  /** How sure the node was that judged, by its path. */
  confidence: ReadonlyMap<string, number>;
  selected: string | null;
  onSelect: (node: string | null) => void;
  onToggle: (path: string) => void;
}

function said(node: PlacedNode, progress: Progress, confidence: ReadonlyMap<string, number>): string {
  if (node.kind === "start" || node.kind === "end") return node.kind === "start" ? "Start" : "End";
  const told = progress.nodes.get(node.id);
  const visits = told?.visits ?? 0;
  return [
    node.name,
    STANDINGS[told?.standing ?? "idle"],
    ...(visits > 1 ? [`${visits} times`] : []),
    ...figuresOf(told, confidence.get(node.id) ?? null),
  ].join(", ");
}

function flowNodes({ progress, confidence, selected, onToggle }: CanvasProps, placed: Placed): FlowNode[] {
  return placed.nodes.map((node) => ({
    id: node.id,
    type: node.kind,
    position: { x: node.x, y: node.y },
    width: node.width,
    height: node.height,
    ...(node.parent === "" ? {} : { parentId: node.parent }),
    selected: node.id === selected,
    selectable: node.kind === "node" || node.kind === "closed",
    focusable: node.kind === "node" || node.kind === "closed",
    ariaLabel: said(node, progress, confidence),
    data: {
      node,
      progress: progress.nodes.get(node.id),
      confidence: confidence.get(node.id) ?? null,
      onToggle,
    },
  }));
}

function flowEdges({ progress }: CanvasProps, placed: Placed): FlowEdge[] {
  return placed.edges.map((edge) => {
    const taken = progress.ways.get(wayKey(edge.source, edge.target)) ?? 0;
    return {
      id: wayKey(edge.source, edge.target),
      type: "way",
      source: edge.source,
      target: edge.target,
      focusable: false,
      zIndex: 1,
      data: { edge, taken },
    };
  });
}

function Arrow({ id, className }: { id: string; className?: string }) {
  return (
    <marker id={id} viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">
      <path d="M 0 0 L 10 5 L 0 10 z" className={className} />
    </marker>
  );
}

function Flow(props: CanvasProps) {
  const { drawing, onSelect } = props;
  const placed = useMemo(() => place(drawing), [drawing]);
  const nodes = flowNodes(props, placed);
  const edges = flowEdges(props, placed);
  const { fitView } = useReactFlow();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the view fits anew when subgraphs open or close.
  useEffect(() => {
    const frame = requestAnimationFrame(() => void fitView({ padding: 0.08, maxZoom: 1.1 }));
    return () => cancelAnimationFrame(frame);
  }, [placed, fitView]);
  return (
    <ReactFlow
      nodes={nodes}
      edges={edges}
      nodeTypes={NODE_TYPES}
      edgeTypes={EDGE_TYPES}
      onNodeClick={(_, node) => onSelect(node.type === "node" || node.type === "closed" ? node.id : null)}
      onNodesChange={(changes) => {
        const chosen = changes.find((change) => change.type === "select" && change.selected);
        if (chosen !== undefined && "id" in chosen) onSelect(chosen.id);
      }}
      onPaneClick={() => onSelect(null)}
      nodesDraggable={false}
      nodesConnectable={false}
      edgesFocusable={false}
      deleteKeyCode={null}
      minZoom={0.2}
      maxZoom={1.6}
      fitView
      fitViewOptions={{ padding: 0.08, maxZoom: 1.1 }}
      zoomOnScroll={false}
      preventScrolling={false}
    >
      <svg className={styles.markers} aria-hidden="true">
        <defs>
          <Arrow id="way" className={styles.tip} />
          <Arrow id="way-taken" className={styles.tipTaken} />
        </defs>
      </svg>
      <Controls showInteractive={false} aria-label="Zoom" />
    </ReactFlow>
  );
}

/** The graph as a drawing that can be moved and zoomed. */
export function Canvas(props: CanvasProps) {
  return (
    <section className={styles.canvas} aria-label="Drawing of the graph">
      <ReactFlowProvider>
        <Flow {...props} />
      </ReactFlowProvider>
    </section>
  );
}
