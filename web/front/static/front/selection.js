// The seats that the user has selected for a show. They are kept when the page is reloaded.

import { isAccessible } from "./seat_map.js";

export class Selection {
  #key;
  #labels;
  #needsAccessible;

  /** Restores the selection for a show, without seats that the show no longer has. */
  constructor(showId, seatMap) {
    this.#key = `front.selection.${showId}`;
    const { labels, needsAccessible } = read(this.#key) ?? { labels: [], needsAccessible: false };
    this.#needsAccessible = needsAccessible;
    this.#labels = new Set(labels.filter((label) => seatMap.seats.has(label)));
  }

  get labels() {
    return [...this.#labels];
  }

  get size() {
    return this.#labels.size;
  }

  has(label) {
    return this.#labels.has(label);
  }

  replace(labels) {
    this.#labels = new Set(labels);
    this.#save();
  }

  /** Selects these seats, or deselects them if they are selected. */
  toggle(labels) {
    if (this.has(labels[0])) this.remove(labels);
    else this.replace([...this.labels, ...labels]);
  }

  remove(labels) {
    this.replace(this.labels.filter((label) => !labels.includes(label)));
  }

  /** Whether the user needs a wheelchair space, so that these and companion seats can be selected. */
  get needsAccessible() {
    return this.#needsAccessible;
  }

  /** Sets whether the user needs a wheelchair space. If not, deselects these and companion seats. */
  setNeedsAccessible(needsAccessible, seatMap) {
    this.#needsAccessible = needsAccessible;
    this.replace(this.labels.filter((label) => needsAccessible || !isAccessible(seatMap.seats.get(label))));
  }

  #save() {
    const saved = { labels: this.labels, needsAccessible: this.#needsAccessible };
    sessionStorage.setItem(this.#key, JSON.stringify(saved));
  }
}

function read(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}
