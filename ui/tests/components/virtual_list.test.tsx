import { fireEvent, render, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { placeAfter, VirtualList } from "@/components/virtual_list";

test("keys move within the list", () => {
  expect(placeAfter("ArrowDown", 3, 20)).toBe(4);
  expect(placeAfter("ArrowUp", 0, 20)).toBe(0);
  expect(placeAfter("PageDown", 15, 20)).toBe(20);
  expect(placeAfter("PageUp", 15, 20)).toBe(5);
  expect(placeAfter("Home", 15, 20)).toBe(0);
  expect(placeAfter("End", 15, 20)).toBe(20);
  expect(placeAfter("a", 15, 20)).toBeNull();
});

test("without a choice the first key chooses the first row", () => {
  expect(placeAfter("ArrowDown", -1, 20)).toBe(0);
  expect(placeAfter("ArrowUp", -1, 20)).toBe(0);
});

function shown(chosen: string | null) {
  const [onMove, onOpen] = [vi.fn(), vi.fn()];
  render(
    <VirtualList
      role="tree"
      label="Things"
      rows={["one", "two", "three"]}
      keyOf={(row) => row}
      height={20}
      chosen={chosen}
      onPick={vi.fn()}
      onMove={onMove}
      onOpen={onOpen}
      attributesOf={() => ({ "aria-level": 1 })}
    >
      {(row) => row}
    </VirtualList>,
  );
  return { list: screen.getByRole("tree", { name: "Things" }), onMove, onOpen };
}

test("the list names the chosen row and says where a key leads to from it", () => {
  const { list, onMove } = shown("two");
  expect(list.getAttribute("aria-activedescendant")).toMatch(/-two$/);
  fireEvent.keyDown(list, { key: "ArrowDown" });
  fireEvent.keyDown(list, { key: "PageUp" });
  expect(onMove.mock.calls).toEqual([
    [2, false],
    [0, true],
  ]);
});

test("keys of the browser and of a tree's items move nothing", () => {
  const { list, onMove, onOpen } = shown(null);
  expect(list.hasAttribute("aria-activedescendant")).toBe(false);
  fireEvent.keyDown(list, { key: "ArrowDown", ctrlKey: true });
  fireEvent.keyDown(list, { key: "ArrowLeft" });
  expect(onMove).not.toHaveBeenCalled();
  expect(onOpen).toHaveBeenCalledWith(false);
});
