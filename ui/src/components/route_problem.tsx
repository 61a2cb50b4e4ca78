import { useRouteError } from "react-router";
import { asProblem } from "@/api/problem";
import { ProblemNotice } from "./notice";
import { PageFrame } from "./page";

/** What is shown when a page itself fails: what happened, and a way on. */
export function RouteProblem() {
  const problem = asProblem(useRouteError());
  return (
    <main>
      <PageFrame title="This page failed">
        <ProblemNotice error={problem} onRetry={() => window.location.reload()} />
        <p>
          <a href={import.meta.env.BASE_URL}>Back to the start</a>
        </p>
      </PageFrame>
    </main>
  );
}
