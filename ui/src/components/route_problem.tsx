import { Link, useRouteError } from "react-router";
import { asProblem } from "@/api/problem";
import { ProblemNotice } from "./notice";
import { PageFrame } from "./page";

/** What is shown when a page itself fails: what happened, and a way on. */
export function RouteProblem() {
  const problem = asProblem(useRouteError());
  return (
    <PageFrame title="This page failed">
      <ProblemNotice error={problem} onRetry={() => window.location.reload()} />
      <p>
        <Link to="/" reloadDocument>
          Back to the start
        </Link>
      </p>
    </PageFrame>
  );
}
