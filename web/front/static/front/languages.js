// The languages of shows: audio and subtitles.

import { languageName } from "./format.js";

const differs = (values) => new Set(values).size > 1;

/** For example "English, Portuguese subtitles", or "" if nothing is known. */
export function languagesOf({ language, subtitles }, movie) {
  return describe(language ?? movie.language, subtitles && subtitlesIn(subtitles));
}

/** Returns a function that describes what distinguishes one of `shows` of `movie`, for example "Portuguese, subtitled".
 *
 * It returns "" where nothing differs. A show in another language than the movie also differs.
 */
export function languageDifferences(shows, movie) {
  const audio = ({ language }) => language ?? movie.language;
  const hasOtherAudio = differs([...shows.map(audio), movie.language ?? audio(shows[0])]);
  const hasOtherSubtitles = differs(shows.map(({ subtitles }) => subtitles));
  const hasManySubtitles = differs(shows.map(({ subtitles }) => subtitles).filter(Boolean));
  const subtitled = (tag) => (hasManySubtitles ? subtitlesIn(tag) : "subtitled");
  return (show) =>
    describe(hasOtherAudio && audio(show), hasOtherSubtitles && show.subtitles && subtitled(show.subtitles));
}

function subtitlesIn(tag) {
  return `${languageName(tag)} subtitles`;
}

function describe(audio, subtitles) {
  return [audio && languageName(audio), subtitles].filter(Boolean).join(", ");
}
