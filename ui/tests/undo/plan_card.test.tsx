import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import type { Me } from "@/api/session";
import type { Report } from "@/pages/undo/model";
import { PlanCard } from "@/pages/undo/plan_card";

const { may } = vi.hoisted(() => ({ may: new Set<keyof Me["may"]>() }));
vi.mock("@/api/session", () => ({ useMay: (what: keyof Me["may"]) => may.has(what) }));

const PLAN: Report = {
  thread_id: "t",
  to: "c",
  dry_run: true,
  undone: [
    {
      digest: "d",
      tool: "refund_order",
      target: "O-1",
      effect: "compensable",
      before: "verified",
      after: "compensated",
      undoable: true,
      message: "would be undone",
    },
  ],
  checkpoint_id: "",
  complete: true,
  note: "",
};

beforeEach(() => may.clear());

it("is not undone by who may run and not decide, and says why", () => {
  may.add("read").add("run");
  const undo = vi.fn();
  render(<PlanCard plan={PLAN} effects={[]} onUndo={undo} />);
  expect(screen.getByRole<HTMLInputElement>("textbox").disabled).toBe(true);
  expect(screen.getByRole<HTMLButtonElement>("button", { name: /Undo 1 action/ }).disabled).toBe(true);
  screen.getByText(/for those who may approve/);
});

it("is undone by who may decide, once the word is typed", async () => {
  may.add("read").add("decide");
  const undo = vi.fn();
  render(<PlanCard plan={PLAN} effects={[]} onUndo={undo} />);
  const button = screen.getByRole<HTMLButtonElement>("button", { name: /Undo 1 action/ });
  expect(button.disabled).toBe(true);
  await userEvent.type(screen.getByRole("textbox"), "undo");
  await userEvent.click(button);
  expect(undo).toHaveBeenCalledExactlyOnceWith([], PLAN.undone);
});
