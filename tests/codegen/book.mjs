// node book.mjs URL TOKEN SHOW: runs booking.ts, after it was compiled. Prints the labels of the seats.

import { GraphQLClient } from "graphql-request";

import { bookBestSeats } from "./__generated__/javascript/booking.js";

const [url, token, showId] = process.argv.slice(2);
const client = new GraphQLClient(url, { headers: { Authorization: `Bearer ${token}` } });
console.log((await bookBestSeats(client, showId, 2)).join(" "));
