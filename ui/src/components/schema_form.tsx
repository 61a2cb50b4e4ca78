import { lazy, Suspense } from "react";
import { Loading } from "./notice";
import type { SchemaFormProps } from "./schema_form/form";

export type { SchemaFormProps } from "./schema_form/form";
export type { JsonSchema } from "./schema_form/simplify";

const Whole = lazy(() => import("./schema_form/form"));

/**
 * A form for any JSON schema: fields with their faults in words, or the same value as JSON. `value` is where it begins;
 * changing it from outside starts anew. `onSubmit` gets a value that fits the schema.
 */
export function SchemaForm(props: SchemaFormProps) {
  return (
    <Suspense fallback={<Loading what="Loading the form" />}>
      <Whole {...props} />
    </Suspense>
  );
}
