// Prints, for each search, the titles that are similar to it, as JSON.

const { similarTo } = await import(process.argv[2]);

const titles = ["The Matrix", "Oppenheimer", "Amélie", "Parasite", "Toy Story", "Story of a Parasite"];
const movies = titles.map((title) => ({ title }));
const searches = ["oppenhiemer", "the matrx", "amelei", "toy storey", "parasite bong", "the of a", "xyzzy"];
const found = searches.map((text) => [text, similarTo(text, movies).map(({ title }) => title)]);
console.log(JSON.stringify(Object.fromEntries(found)));
