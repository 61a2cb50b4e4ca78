import { createBrowserRouter, Navigate, type RouteObject } from "react-router";
import { Loading } from "./components/notice";
import { RouteProblem } from "./components/route_problem";
import { Shell } from "./components/shell";

/** A page whose code is fetched when it is first opened. */
const lazy = (load: () => Promise<{ Page: () => React.ReactNode }>): Pick<RouteObject, "lazy"> => ({
  lazy: async () => ({ Component: (await load()).Page }),
});

const ROUTES: RouteObject[] = [
  { index: true, element: <Navigate to="/threads/new" replace /> },
  {
    path: "threads",
    children: [
      { index: true, element: <Navigate to="/threads/new" replace /> },
      { path: ":threadId", ...lazy(() => import("./pages/chat/chat_page")) },
      { path: ":threadId/graph", ...lazy(() => import("./pages/graph/graph_page")) },
      { path: ":threadId/history", ...lazy(() => import("./pages/history/history_page")) },
      { path: ":threadId/undo", ...lazy(() => import("./pages/undo/undo_page")) },
      { path: ":threadId/why", ...lazy(() => import("./pages/why/why_page")) },
      { path: ":threadId/trace", ...lazy(() => import("./pages/trace/trace_page")) },
    ],
  },
  { path: "approvals", ...lazy(() => import("./pages/approvals/approvals_page")) },
  { path: "approvals/:threadId/:interruptId", ...lazy(() => import("./pages/approvals/approvals_page")) },
  { path: "runs", ...lazy(() => import("./pages/runs/runs_page")) },
  { path: "knowledge", ...lazy(() => import("./pages/knowledge/knowledge_page")) },
  { path: "triggers", ...lazy(() => import("./pages/triggers/triggers_page")) },
  { path: "triggers/:name", ...lazy(() => import("./pages/triggers/triggers_page")) },
  { path: "evaluations", ...lazy(() => import("./pages/evaluations/evaluations_page")) },
  { path: "evaluations/:name", ...lazy(() => import("./pages/evaluations/evaluations_page")) },
  { path: "dashboard", ...lazy(() => import("./pages/dashboard/dashboard_page")) },
  { path: "thresholds", ...lazy(() => import("./pages/thresholds/thresholds_page")) },
  { path: "audit", ...lazy(() => import("./pages/audit/audit_page")) },
  { path: "usage", ...lazy(() => import("./pages/usage/usage_page")) },
  { path: "settings", ...lazy(() => import("./pages/settings/settings_page")) },
  { path: "*", ...lazy(() => import("./pages/missing/missing_page")) },
];

export function makeRouter() {
  return createBrowserRouter(
    [
      {
        path: "/",
        element: <Shell />,
        hydrateFallbackElement: <Loading />,
        errorElement: <RouteProblem />,
        // A page that fails is told in its place: the others stay a click away.
        children: [{ errorElement: <RouteProblem />, children: ROUTES }],
      },
    ],
    { basename: import.meta.env.BASE_URL.replace(/\/$/, "") },
  );
}
