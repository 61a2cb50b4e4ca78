import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { FourEyes } from "@/judging/four_eyes";

const at = new Date(Date.now() - 180_000).toISOString();

describe("the state of an approval by several people", () => {
  it("tells who has approved and that another person must", () => {
    const { container } = render(
      <FourEyes people={2} consents={[{ digest: "d", principal: "bob", at }]} me="ada" />,
    );
    expect(container.textContent).toMatch(/^1 of 2 approvedby bob 3 min.* ago; another person must approve$/);
  });

  it("calls whoever looks you", () => {
    render(<FourEyes people={2} consents={[{ digest: "d", principal: "ada", at }]} me="ada" />);
    expect(screen.getByText(/by/).textContent).toContain("you");
  });

  it("is silent where one person is enough", () => {
    const { container } = render(<FourEyes people={1} consents={[]} me="ada" />);
    expect(container.innerHTML).toBe("");
  });
});
