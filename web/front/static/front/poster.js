// Posters. A movie without a picture gets a generated poster. Its colors and shapes depend on the title and the genres.

import { h, s } from "./dom.js";

const COLORS = 8;
const PATTERNS = {
  "Science Fiction": orbits,
  Horror: spikes,
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

/** Returns the poster of a movie. Screen readers ignore it, so show the title beside it. */
export function poster({ title, genres, posterUrl }) {
  const hash = [...title].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) >>> 0, 7);
  const patterns = [...new Set(genres.map((genre) => PATTERNS[genre] ?? sunrise)), sunrise];
  const pattern = patterns[hash % Math.max(1, patterns.length - 1)];
  const element = h(
    "div",
    { class: `poster colors-${hash % COLORS}`, "data-title-length": titleLength(title), "aria-hidden": "true" },
    s("svg", { class: "art", viewBox: "0 0 200 300", preserveAspectRatio: "xMidYMid slice" }, ...pattern(hash)),
    h("span", { class: "poster-title" }, h("span", {}, title)),
  );
  if (isSameOrigin(posterUrl)) element.append(picture(posterUrl));
  return element;
}

// The Content-Security-Policy of the page allows images of this origin only.
function isSameOrigin(url) {
  return url !== null && URL.canParse(url, location.href) && new URL(url, location.href).origin === location.origin;
}

function picture(url) {
  const hide = ({ target }) => target.remove();
  // The server has uploaded posters in two widths.
  const small = url.replace(/(\/media\/posters\/[0-9a-f]{32})-640\.webp$/, "$1-320.webp");
  const srcset = small === url ? null : `${small} 320w, ${url} 640w`;
  return h("img", { srcset, sizes: "240px", src: url, alt: "", loading: "lazy", onerror: hide });
}

function titleLength(title) {
  const longestWord = Math.max(...title.split(/[\s-]+/).map((word) => word.length));
  if (title.length > 22 || longestWord > 10) return "long";
  return title.length > 11 || longestWord > 7 ? "medium" : "short";
}

function orbits(hash) {
  const [x, y] = [60 + (hash % 90), 90 + (hash % 50)];
  const rings = [34, 62, 94, 130, 170].map((r) => s("circle", { class: "outline", cx: x, cy: y, r }));
  const moon = (r, angle) =>
    s("circle", { class: "fill", cx: x + r * Math.cos(angle), cy: y + r * Math.sin(angle), r: 7 });
  return [
    ...rings,
    s("circle", { class: "fill", cx: x, cy: y, r: 20 }),
    moon(62, hash % 6),
    moon(130, (hash % 5) + 2),
  ];
}

function sunrise(hash) {
  const y = 130 + (hash % 40);
  const bars = [0, 1, 2, 3, 4].map((index) =>
    s("rect", { class: "stripe", x: 0, y: y + 6 + index * 18, width: 200, height: 3 + index * 3 }),
  );
  return [s("circle", { class: "fill", cx: 100, cy: y, r: 66 }), ...bars];
}

function blinds(hash) {
  const slant = (hash % 2 ? 1 : -1) * 50;
  return Array.from({ length: 9 }, (_, index) => {
    const y = index * 30 - 40;
    return s("polygon", {
      class: index % 4 === hash % 4 ? "fill" : "faint",
      points: `0,${y + slant} 200,${y - slant} 200,${y + 15 - slant} 0,${y + 15 + slant}`,
    });
  });
}

function waves(hash) {
  return Array.from({ length: 7 }, (_, index) => {
    const y = 40 + index * 24;
    const lift = 26 + (hash % 20);
    return s("path", { class: index === hash % 7 ? "outline thick" : "outline", d: `M-10 ${y} q55 -${lift} 110 0 t110 0` });
  });
}

function confetti(hash) {
  return Array.from({ length: 16 }, (_, index) => {
    const seed = (hash >>> (index % 16)) + index * 97;
    return s("circle", {
      class: index % 3 ? "faint" : "fill",
      cx: (seed * 53) % 200,
      cy: (seed * 29) % 190,
      r: 6 + ((seed * 7) % 18),
    });
  });
}

function peaks(hash) {
  const height = 60 + (hash % 60);
  return [
    s("circle", { class: "outline", cx: 145, cy: 62, r: 26 }),
    s("polygon", { class: "faint", points: `-20,210 70,${150 - height / 2} 160,210` }),
    s("polygon", { class: "fill", points: `40,210 130,${170 - height / 2} 230,210` }),
  ];
}

function spikes(hash) {
  const points = Array.from(
    { length: 9 },
    (_, index) => `${index * 25},${index % 2 ? 170 - ((hash * index) % 60) : 40}`,
  );
  return [s("polygon", { class: "fill", points: `0,0 ${points.join(" ")} 200,0` })];
}
