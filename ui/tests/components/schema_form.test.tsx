import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { type JsonSchema, SchemaForm } from "@/components/schema_form";
import { hasFields, simplified, withNulls, withoutNulls } from "@/components/schema_form/simplify";
import { wrongs } from "@/components/schema_form/validator";

const REFUND: JsonSchema = {
  title: "Refund",
  type: "object",
  required: ["order_id", "amount"],
  properties: {
    order_id: {
      title: "Order",
      type: "string",
      pattern: "^O-\\d{5}$",
      description: "The order, like O-10004",
    },
    amount: { title: "Amount", type: "number", exclusiveMinimum: 0, maximum: 500 },
    reason: { title: "Reason", enum: ["broken", "late", "wrong item"] },
    note: { title: "Note", anyOf: [{ type: "string", maxLength: 20 }, { type: "null" }], default: null },
    tell: { title: "Tell the customer", type: "boolean", default: false },
  },
};

const NESTED: JsonSchema = {
  type: "object",
  required: ["address", "due"],
  $defs: {
    Address: {
      title: "Address",
      type: "object",
      required: ["city"],
      properties: {
        city: { title: "City", type: "string", minLength: 2 },
        zip: { title: "Zip", type: "string" },
      },
    },
    Kind: { title: "Kind", enum: ["home", "work"], type: "string" },
  },
  properties: {
    address: { $ref: "#/$defs/Address" },
    kind: { anyOf: [{ $ref: "#/$defs/Kind" }, { type: "null" }], default: null },
    tags: { title: "Tags", type: "array", items: { type: "string" }, maxItems: 2 },
    due: { title: "Due", anyOf: [{ type: "string", format: "date" }, { type: "null" }] },
    target: {
      title: "Target",
      oneOf: [
        {
          title: "By mail",
          type: "object",
          properties: { mail: { title: "Mail", type: "string" } },
          required: ["mail"],
        },
        { title: "By number", type: "integer" },
      ],
    },
    extra: { title: "Extra", type: "object", additionalProperties: true },
  },
};

async function shown(schema: JsonSchema, value: unknown) {
  const onSubmit = vi.fn();
  const onChange = vi.fn();
  render(
    <SchemaForm
      schema={schema}
      value={value}
      onSubmit={onSubmit}
      onChange={onChange}
      submitLabel="Send it"
    />,
  );
  await screen.findByRole("button", { name: "Send it" });
  return { onSubmit, onChange, user: userEvent.setup() };
}

describe("a form of a schema", () => {
  it("sends what was typed, with numbers as numbers", async () => {
    const { onSubmit, user } = await shown(REFUND, { order_id: "O-10004", amount: 35 });
    const amount = screen.getByLabelText(/Amount/);
    await user.clear(amount);
    await user.type(amount, "20.5");
    await user.selectOptions(screen.getByLabelText("Reason"), "late");
    await user.click(screen.getByLabelText("Tell the customer"));
    await user.click(screen.getByRole("button", { name: "Send it" }));
    expect(onSubmit).toHaveBeenCalledWith({ order_id: "O-10004", amount: 20.5, reason: "late", tell: true });
  });

  it("says at the field what is wrong, and sends nothing", async () => {
    const { onSubmit, user } = await shown(REFUND, { order_id: "10004", amount: 900 });
    await user.click(screen.getByRole("button", { name: "Send it" }));
    expect(onSubmit).not.toHaveBeenCalled();
    const order = await screen.findByLabelText(/Order/);
    expect(order.getAttribute("aria-invalid")).toBe("true");
    expect(screen.getByText("At most 500.")).toBeTruthy();
    const amount = screen.getByLabelText(/Amount/);
    const described = (amount.getAttribute("aria-describedby") ?? "").split(" ");
    expect(described.some((id) => document.getElementById(id)?.textContent === "At most 500.")).toBe(true);
    await user.clear(amount);
    await user.type(amount, "5");
    await waitFor(() => expect(screen.queryByText("At most 500.")).toBeNull());
  });

  it("asks for what is needed", async () => {
    const { onSubmit, user } = await shown(REFUND, {});
    await user.click(screen.getByRole("button", { name: "Send it" }));
    expect(await screen.findAllByText("This is needed.")).toHaveLength(2);
    expect(onSubmit).not.toHaveBeenCalled();
  });

  it("holds the same value as JSON, with its faults in words", async () => {
    const { onSubmit, user } = await shown(REFUND, { order_id: "O-10004", amount: 35 });
    await user.click(screen.getByRole("button", { name: "JSON" }));
    const text = screen.getByLabelText<HTMLTextAreaElement>("The value as JSON");
    expect(JSON.parse(text.value)).toMatchObject({ order_id: "O-10004", amount: 35 });
    await user.clear(text);
    await user.click(text);
    await user.paste('{"order_id": "O-1", "amount": ');
    expect(screen.getByText(/This is not JSON yet/)).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Send it" }));
    expect(onSubmit).not.toHaveBeenCalled();
    await user.type(text, "0}");
    await user.click(screen.getByRole("button", { name: "Send it" }));
    expect(screen.getByText("More than 0.")).toBeTruthy();
    await user.clear(text);
    await user.click(text);
    await user.paste('{"order_id": "O-12345", "amount": 3}');
    await user.click(screen.getByRole("button", { name: "Form" }));
    expect(screen.getByLabelText<HTMLInputElement>(/Order/).value).toBe("O-12345");
    await user.click(screen.getByRole("button", { name: "Send it" }));
    expect(onSubmit).toHaveBeenCalledWith(expect.objectContaining({ order_id: "O-12345", amount: 3 }));
  });

  it("draws nested objects, lists, dates, unions and free keys", async () => {
    const { onSubmit, user } = await shown(NESTED, { address: { city: "Bath" }, due: null, target: 7 });
    await user.selectOptions(screen.getByLabelText("Kind"), "work");
    await user.click(screen.getByRole("button", { name: "Add to Tags" }));
    await user.type(within(screen.getByRole("group", { name: "Tags" })).getByRole("textbox"), "vip");
    await user.type(screen.getByLabelText("Zip"), "BA1");
    expect(screen.getByLabelText(/^Due/).getAttribute("type")).toBe("date");
    await user.selectOptions(screen.getByRole("combobox", { name: "Target" }), "By mail");
    await user.type(await screen.findByLabelText(/Mail/), "a@b.example");
    await user.click(screen.getByLabelText("Extra as JSON"));
    await user.paste('{"colour": "red"}');
    await user.click(screen.getByRole("button", { name: "Send it" }));
    expect(onSubmit).toHaveBeenCalledWith({
      address: { city: "Bath", zip: "BA1" },
      due: null,
      kind: "work",
      tags: ["vip"],
      target: { mail: "a@b.example" },
      extra: { colour: "red" },
    });
  });

  it("reads a text file into a field that asks for one", async () => {
    const schema = {
      type: "object",
      properties: { mail: { title: "Mail", type: "string", contentMediaType: "text/plain" } },
    };
    const { onSubmit, user } = await shown(schema, {});
    await user.upload(
      screen.getByLabelText("Mail: read a text file"),
      new File(["Dear shop,\nhello"], "mail.txt", { type: "text/plain" }),
    );
    await screen.findByText(/mail.txt, 16 B/);
    await user.click(screen.getByRole("button", { name: "Send it" }));
    expect(onSubmit).toHaveBeenCalledWith({ mail: "Dear shop,\nhello" });
  });

  it("shows text from a schema as text", async () => {
    const hostile = '<img src=x onerror="alert(1)">';
    await shown(
      { type: "object", properties: { a: { type: "string", title: hostile, description: hostile } } },
      {},
    );
    expect(screen.getAllByText(hostile).length).toBeGreaterThan(0);
    expect(document.querySelector("img")).toBeNull();
  });

  it("offers JSON alone where no field can be drawn", async () => {
    const { onSubmit, user } = await shown({}, { a: 1 });
    expect(screen.queryByRole("button", { name: "Form" })).toBeNull();
    await user.click(screen.getByRole("button", { name: "Send it" }));
    expect(onSubmit).toHaveBeenCalledWith({ a: 1 });
  });
});

describe("the words for what is wrong", () => {
  it("judges a union by the way that comes closest", () => {
    const found = wrongs(NESTED, { address: { city: "Bath" }, due: null, target: { mail: 3 } });
    expect(found).toEqual([{ path: ["target", "mail"], message: "This has to be a text.", keyword: "type" }]);
  });

  it("follows references to bounds", () => {
    const found = wrongs(NESTED, { address: { city: "B" }, due: null });
    expect(found).toEqual([
      { path: ["address", "city"], message: "At least 2 characters.", keyword: "minLength" },
    ]);
  });

  it("says nothing about a schema that is broken itself", () => {
    expect(wrongs({ $ref: "#/nowhere" }, 3)).toEqual([]);
  });
});

describe("simplifying", () => {
  it("turns what may be null into a field that may stay empty, and back", () => {
    const simple = simplified(NESTED) as { properties: Record<string, JsonSchema> };
    expect(simple.properties.due).toEqual({ title: "Due", type: "string", format: "date" });
    expect(simple.properties.kind?.enum).toEqual(["home", "work"]);
    expect(withoutNulls({ due: null, kind: null, other: null }, NESTED)).toEqual({ other: null });
    expect(withNulls({ kind: undefined }, NESTED)).toEqual({ due: null });
  });

  it("knows what has no fields", () => {
    expect(hasFields({})).toBe(false);
    expect(hasFields({ type: "object" })).toBe(false);
    expect(hasFields({ $ref: "#/$defs/A", $defs: { A: { properties: { a: {} } } } })).toBe(true);
  });
});
