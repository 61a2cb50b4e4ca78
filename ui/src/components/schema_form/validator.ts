import { type OutputUnit, type Schema, Validator } from "@cfworker/json-schema";
import {
  ErrorSchemaBuilder,
  type RJSFSchema,
  type RJSFValidationError,
  type ValidationData,
  type ValidatorType,
} from "@rjsf/utils";
import type { JsonSchema } from "./simplify";
import { inWords, type Wrong } from "./words";

function faults(schema: JsonSchema, value: unknown): OutputUnit[] {
  return new Validator(schema as Schema, "2020-12", false).validate(value).errors;
}

/** What is wrong with a value, in words; nothing when it fits, or when the schema itself is broken. */
export function wrongs(schema: JsonSchema, value: unknown): Wrong[] {
  try {
    return inWords(faults(schema, JSON.parse(JSON.stringify(value ?? null))), schema);
  } catch {
    return [];
  }
}

function asFormError(wrong: Wrong): RJSFValidationError {
  return {
    name: wrong.keyword,
    property: `.${wrong.path.join(".")}`,
    message: wrong.message,
    stack: `${wrong.path.join(".")} ${wrong.message}`,
  };
}

/** A validator for the form library that compiles nothing: the content security policy forbids `eval`. */
export const validator: ValidatorType<unknown, RJSFSchema> = {
  validateFormData(value, schema): ValidationData<unknown> {
    const found = wrongs(schema, value === undefined ? {} : value);
    const builder = new ErrorSchemaBuilder();
    for (const { message, path } of found) builder.addErrors(message, path);
    return { errors: found.map(asFormError), errorSchema: builder.ErrorSchema };
  },
  isValid(schema, value, root): boolean {
    try {
      const { $defs, definitions } = root;
      const whole = { ...($defs ? { $defs } : {}), ...(definitions ? { definitions } : {}), ...schema };
      return new Validator(whole as Schema, "2020-12", true).validate(value).valid;
    } catch {
      return false;
    }
  },
  rawValidation(schema, value) {
    return { errors: faults(schema, value) as never[] };
  },
};
