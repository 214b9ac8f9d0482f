// node all_members.mjs: writes __generated__/all_members.graphql, which selects each member of the result of each
// mutation, with all its fields that are not objects.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { buildSchema, getNamedType, isLeafType } from "graphql";

// Booking.cancelledAt can be null and BookingCancelled.cancelledAt cannot, so one of them needs an alias.
const ALIASES = { "BookingCancelled.cancelledAt": "bookingCancelledAt: cancelledAt" };

const here = (path) => new URL(path, import.meta.url);
const schema = buildSchema(readFileSync(here("../../schema/schema.graphql"), "utf8"));

function selection(type) {
  const leaves = Object.values(type.getFields()).filter((field) => isLeafType(getNamedType(field.type)));
  return leaves.map(({ name }) => ALIASES[`${type.name}.${name}`] ?? name).join(" ");
}

const operations = Object.values(schema.getMutationType().getFields()).map(({ name, args, type }) => {
  // `exportMe` has no input.
  const [variables, values] = args.length ? [`($input: ${args[0].type})`, "(input: $input)"] : ["", ""];
  const members = schema.getPossibleTypes(type).map((member) => `    ... on ${member.name} { ${selection(member)} }\n`);
  return `mutation All_${name}${variables} {\n  ${name}${values} {\n${members.join("")}  }\n}\n`;
});
mkdirSync(here("__generated__"), { recursive: true });
writeFileSync(here("__generated__/all_members.graphql"), operations.join("\n"));
