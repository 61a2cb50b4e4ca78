import type { Step, StepTask } from "@/steps/step";

/** A checkpoint as tests need it: `node>key` are tasks that ran from it and what they wrote. */
export function makeStep(
  id: string,
  parentId: string | null,
  given: Partial<Step> & { ran?: string[] } = {},
): Step {
  const { ran = [], ...rest } = given;
  const tasks = ran.map((told, at): StepTask => {
    const [node = "", key] = told.split(">");
    return { id: `${id}-${at}`, node, wrote: key ? [key] : [], status: "done", error: "", tokens: null };
  });
  return {
    id,
    parentId,
    step: 0,
    source: "loop",
    wentBack: false,
    runId: null,
    at: "2026-01-01T00:00:00Z",
    tasks,
    ...rest,
  };
}
