// Finds titles that are similar to a search with spelling mistakes.

/** Returns the movies whose titles have a word similar to one of `text`, those with the most such words first. */
export function similarTo(text, movies) {
  const searched = wordsOf(text);
  return movies
    .map((movie) => ({ movie, score: countSimilar(searched, wordsOf(movie.title)) }))
    .filter(({ score }) => score)
    .toSorted((a, b) => b.score - a.score)
    .map(({ movie }) => movie);
}

function countSimilar(searched, titleWords) {
  return searched.filter((word) => titleWords.some((titleWord) => isSimilar(word, titleWord))).length;
}

/** The words with at least 4 letters, without accents. Shorter ones, such as "the", are in too many titles. */
function wordsOf(text) {
  const plain = text.normalize("NFD").replace(/\p{Mark}/gu, "").toLowerCase();
  return plain.split(/[^\p{Letter}\p{Number}]+/u).filter((word) => word.length >= 4);
}

/** Whether one word becomes the other with one change, or for a long word two. */
function isSimilar(one, other) {
  const changes = Math.min(one.length, other.length) < 7 ? 1 : 2;
  return Math.abs(one.length - other.length) <= changes && editDistance(one, other) <= changes;
}

/** The number of letters to add, remove, replace, or swap with the next one. */
function editDistance(one, other) {
  let [beforeLast, last] = [[], Array.from({ length: other.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= one.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const replaced = last[j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1);
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, replaced);
      const isSwapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      if (isSwapped) row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
    }
    [beforeLast, last] = [last, row];
  }
  return last.at(-1);
}
