// node lint.mjs FILE: what graphql-eslint has to say against a schema, a line each. Exit status 0 if nothing.

import { dirname, resolve } from "node:path";

import graphql from "@graphql-eslint/eslint-plugin";
import { ESLint } from "eslint";

const rules = {
  ...graphql.configs["flat/schema-recommended"].rules,
  ...graphql.configs["flat/schema-relay"].rules,
  // Off: an amount of money, a page or a problem is a value and has no identity. What has one is a Node, whose id the
  // Relay tests look after.
  "@graphql-eslint/strict-id-in-types": "off",
  // Relay says what the edges of a connection are, not that everything is a connection. What cannot grow without
  // limits, such as the seats of a row, is a plain list, and so is `nodes`.
  "@graphql-eslint/relay-edge-types": ["error", { listTypeCanWrapOnlyEdgeType: false }],
  // Everything takes a description, with one exception: @oneOf is GraphQL's own, and Strawberry prints it bare.
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

// The rule has no exceptions of its own: a username is one word, and what it is called is promised to clients.
const ALLOWED = ['Field "username" starts with the name of the parent type "User"'];

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
const complaints = messages.filter(({ message }) => !ALLOWED.includes(message));
for (const { line, ruleId, message } of complaints) {
  console.log(`${line}: ${message} (${ruleId})`);
}
process.exitCode = complaints.length ? 1 : 0;
