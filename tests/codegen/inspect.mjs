// node inspect.mjs SDL...: compares each schema with the committed one, and validates the documents of the clients.
// Prints a line of JSON for each: the changes with their criticality, and the errors of the documents.

import { readFileSync } from "node:fs";
import { diff, validate } from "@graphql-inspector/core";
import { Source, buildSchema } from "graphql";

const read = (path) => readFileSync(path, "utf8");
const committed = buildSchema(read("../../schema/schema.graphql"));
const documents = [new Source(read("../clients/shop.graphql"), "shop.graphql")];

for (const path of process.argv.slice(2)) {
  const schema = buildSchema(read(path));
  const changes = await diff(committed, schema);
  console.log(
    JSON.stringify({
      changes: changes.map(({ criticality, message }) => `${criticality.level}: ${message}`),
      errors: validate(schema, documents).flatMap(({ errors }) => errors.map(({ message }) => message)),
    }),
  );
}
