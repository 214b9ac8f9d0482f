// Posters. A movie without a picture gets one made of its title, in colors and shapes that are always the same for it.

import { h, s } from "./dom.js";

const COLORS = 8;
const SHAPES = {
  "Science Fiction": orbits,
  Horror: teeth,
  Thriller: blinds,
  Crime: blinds,
  Romance: waves,
  Music: waves,
  Fantasy: waves,
  Animation: confetti,
  Family: confetti,
  Comedy: confetti,
  Adventure: peaks,
  Action: peaks,
};

/** The poster of a movie, for the eye only: its title has to be said beside it. */
export function poster({ title, genres, posterUrl }) {
  const number = [...title].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) >>> 0, 7);
  const shapes = [...new Set(genres.map((genre) => SHAPES[genre] ?? sunrise)), sunrise];
  const shape = shapes[number % Math.max(1, shapes.length - 1)];
  const drawn = h(
    "div",
    { class: `poster colors-${number % COLORS}`, "data-length": length(title), "aria-hidden": "true" },
    s("svg", { class: "art", viewBox: "0 0 200 300", preserveAspectRatio: "xMidYMid slice" }, ...shape(number)),
    h("span", { class: "poster-title" }, title),
  );
  if (isOurs(posterUrl)) drawn.append(picture(posterUrl));
  return drawn;
}

// The page's policy lets in pictures of this origin only.
function isOurs(address) {
  return (
    address !== null &&
    URL.canParse(address, location.href) &&
    new URL(address, location.href).origin === location.origin
  );
}

function picture(address) {
  return h("img", { src: address, alt: "", loading: "lazy", onerror: ({ target }) => target.remove() });
}

function length(title) {
  const longest = Math.max(...title.split(/[\s-]+/).map((word) => word.length));
  if (title.length > 22 || longest > 10) return "long";
  return title.length > 11 || longest > 8 ? "middle" : "short";
}

function orbits(number) {
  const [x, y] = [60 + (number % 90), 90 + (number % 50)];
  const rings = [34, 62, 94, 130, 170].map((r) => s("circle", { class: "line", cx: x, cy: y, r }));
  const moon = (r, turn) =>
    s("circle", { class: "fill", cx: x + r * Math.cos(turn), cy: y + r * Math.sin(turn), r: 7 });
  return [
    ...rings,
    s("circle", { class: "fill", cx: x, cy: y, r: 20 }),
    moon(62, number % 6),
    moon(130, (number % 5) + 2),
  ];
}

function sunrise(number) {
  const y = 130 + (number % 40);
  const bars = [0, 1, 2, 3, 4].map((index) =>
    s("rect", { class: "ground", x: 0, y: y + 6 + index * 18, width: 200, height: 3 + index * 3 }),
  );
  return [s("circle", { class: "fill", cx: 100, cy: y, r: 66 }), ...bars];
}

function blinds(number) {
  const slant = (number % 2 ? 1 : -1) * 50;
  return Array.from({ length: 9 }, (_, index) => {
    const y = index * 30 - 40;
    return s("polygon", {
      class: index % 4 === number % 4 ? "fill" : "faint",
      points: `0,${y + slant} 200,${y - slant} 200,${y + 15 - slant} 0,${y + 15 + slant}`,
    });
  });
}

function waves(number) {
  return Array.from({ length: 7 }, (_, index) => {
    const y = 40 + index * 24;
    const lift = 26 + (number % 20);
    return s("path", { class: index === number % 7 ? "line thick" : "line", d: `M-10 ${y} q55 -${lift} 110 0 t110 0` });
  });
}

function confetti(number) {
  return Array.from({ length: 16 }, (_, index) => {
    const seed = (number >>> (index % 16)) + index * 97;
    return s("circle", {
      class: index % 3 ? "faint" : "fill",
      cx: (seed * 53) % 200,
      cy: (seed * 29) % 190,
      r: 6 + ((seed * 7) % 18),
    });
  });
}

function peaks(number) {
  const height = 60 + (number % 60);
  return [
    s("circle", { class: "line", cx: 145, cy: 62, r: 26 }),
    s("polygon", { class: "faint", points: `-20,210 70,${150 - height / 2} 160,210` }),
    s("polygon", { class: "fill", points: `40,210 130,${170 - height / 2} 230,210` }),
  ];
}

function teeth(number) {
  const points = Array.from(
    { length: 9 },
    (_, index) => `${index * 25},${index % 2 ? 170 - ((number * index) % 60) : 40}`,
  );
  return [s("polygon", { class: "fill", points: `0,0 ${points.join(" ")} 200,0` })];
}
