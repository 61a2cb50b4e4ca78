import type { JsonSchema } from "@/components/schema_form";
import type { TriggerSettings } from "./types";

const ANY: JsonSchema = {};

/** The schema that an event of a version follows, the last one where none is named; any value where none is known here. */
export function schemaOf(settings: TriggerSettings, version = ""): JsonSchema {
  const schemas = settings.schemas ?? {};
  const found = version === "" ? Object.values(schemas).at(-1) : schemas[version];
  return found === undefined || typeof found === "string" ? ANY : found;
}
