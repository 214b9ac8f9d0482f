// The operations of shop.graphql by name, each with the fragments that it needs, and what is known about the schema.

import { readFileSync } from "node:fs";
import { buildSchema, introspectionFromSchema, isAbstractType, parse, separateOperations } from "graphql";

const read = (path) => readFileSync(new URL(path, import.meta.url), "utf8");

export const documents = separateOperations(parse(read("shop.graphql")));

const schema = buildSchema(read("../../schema/schema.graphql"));
export const introspection = introspectionFromSchema(schema);
export const possibleTypes = Object.fromEntries(
  Object.values(schema.getTypeMap())
    .filter(isAbstractType)
    .map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)]),
);
