// node lint.mjs FILE: prints the errors that graphql-eslint finds in a schema, one per line. Exits with 1 if there are any.

import { dirname, resolve } from "node:path";

import graphql from "@graphql-eslint/eslint-plugin";
import { ESLint } from "eslint";

const rules = {
  ...graphql.configs["flat/schema-recommended"].rules,
  ...graphql.configs["flat/schema-relay"].rules,
  // Off: an amount of money, a page or a problem is a value without an identity. Types with an identity are Nodes. The
  // Relay tests check their ids.
  "@graphql-eslint/strict-id-in-types": "off",
  // Relay specifies the edges of a connection, but does not require connections. A list with a limited length, such as
  // the seats of a row, is a plain list. So is `nodes`.
  "@graphql-eslint/relay-edge-types": ["error", { listTypeCanWrapOnlyEdgeType: false }],
  // An error in a root field that cannot be null removes the data of all other fields. See ALLOWED.
  "@graphql-eslint/require-nullable-result-in-root": "error",
  // Everything needs a description, except @oneOf: it is part of GraphQL, and Strawberry prints it without one.
  "@graphql-eslint/require-description": [
    "error",
    {
      types: true,
      rootField: true,
      DirectiveDefinition: true,
      EnumValueDefinition: true,
      FieldDefinition: true,
      InputValueDefinition: true,
      ignoredSelectors: ["DirectiveDefinition[name.value=oneOf]"],
    },
  ],
};

// These rules have no options for exceptions. "username" is one word, and clients depend on the name. Public queries
// return the same to everyone and do not fail because of a token, so clients need not handle null.
const ALLOWED = [
  'Field "username" starts with the name of the parent type "User"',
  ...["MovieConnection", "TheaterConnection", "ShowConnection", "Cinema"].map(
    (type) => `Unexpected non-null result type "${type}" in type "Query"`,
  ),
];

const file = resolve(process.argv[2]);
const eslint = new ESLint({
  cwd: dirname(file),
  overrideConfigFile: true,
  overrideConfig: {
    files: ["**/*.graphql"],
    plugins: { "@graphql-eslint": graphql },
    languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema: file } } },
    rules,
  },
});

const [{ messages }] = await eslint.lintFiles([file]);
const errors = messages.filter(({ message }) => !ALLOWED.includes(message));
for (const { line, ruleId, message } of errors) {
  console.log(`${line}: ${message} (${ruleId})`);
}
process.exitCode = errors.length ? 1 : 0;
