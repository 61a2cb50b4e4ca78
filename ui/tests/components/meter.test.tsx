import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { Meter } from "@/components/meter";
import { StatusBadge, type Statuses, statusOptions } from "@/components/status_badge";

test("a meter tells its value within its bounds, and the figure in words", () => {
  render(<Meter label="Error budget" share={-0.5} figure="spent, and half as much again" />);
  const meter = screen.getByRole("meter", { name: "Error budget" });
  expect(meter.getAttribute("aria-valuenow")).toBe("0");
  expect(meter.getAttribute("aria-valuetext")).toBe("spent, and half as much again");
  expect(screen.getByText("spent, and half as much again")).toBeTruthy();
});

test("a meter without a figure tells its share", () => {
  render(<Meter label="Confidence" share={0.72} mark={0.9} />);
  expect(screen.getByRole("meter").getAttribute("aria-valuetext")).toMatch(/^72/);
});

const KNOWN: Statuses = { done: { words: "well done", tone: "good" } };

test("a status is told in words, and one that is not known as it is", () => {
  render(
    <>
      <StatusBadge statuses={KNOWN} status="done" />
      <StatusBadge statuses={KNOWN} status="constructor" />
    </>,
  );
  expect(screen.getByText("well done")).toBeTruthy();
  expect(screen.getByText("constructor")).toBeTruthy();
  expect(statusOptions(KNOWN)).toEqual([{ value: "done", label: "well done" }]);
});
