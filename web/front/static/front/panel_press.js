// Whether the user is pressing a button of the booking panel.

const ENDS = ["pointerup", "pointercancel"];

export class PanelPress {
  isActive = false;
  #onEnd;

  /** Watches presses in the element `panel`. Calls `onEnd()` after each. */
  constructor(panel, onEnd) {
    this.#onEnd = onEnd;
    panel.addEventListener("pointerdown", () => (this.isActive = true));
    panel.addEventListener("click", () => (this.isActive = false), { capture: true });
    for (const end of ENDS) addEventListener(end, this.#handleEnd);
  }

  stop() {
    for (const end of ENDS) removeEventListener(end, this.#handleEnd);
  }

  #handleEnd = () => {
    // The click follows the release.
    setTimeout(() => {
      this.isActive = false;
      this.#onEnd();
    });
  };
}
