import { describe, expect, it } from "vitest";
import { documentName } from "@/api/uploads";
import { documentPath } from "@/pages/knowledge/addresses";

const TAKEN = /^[A-Za-z0-9_][A-Za-z0-9 ._()-]{0,150}\.[A-Za-z0-9]{1,10}$/;

describe("the name of an uploaded file", () => {
  it.each([
    "Rückgabe 2026.md",
    "../../etc/passwd.txt",
    "été/où?.html",
    "-.md",
    `${"x".repeat(400)}.pdf`,
    "日本.csv",
  ])("is one that the server takes: %s", (name) => {
    expect(documentName(name)).toMatch(TAKEN);
  });

  it("is another one for another file, also where nothing of it can be kept", () => {
    expect(documentName("日本.csv")).not.toBe(documentName("中国.csv"));
  });

  it("stays as it was where it may", () => {
    expect(documentName("returns-policy (new).md")).toBe("returns-policy (new).md");
  });
});

describe("the path of a document", () => {
  it("keeps the slashes of its source and nothing else", () => {
    expect(documentPath("hand book", "a b/c#d?.md", "/chunks")).toBe(
      "/knowledge/collections/hand%20book/documents/a%20b/c%23d%3F.md/chunks",
    );
  });
});
