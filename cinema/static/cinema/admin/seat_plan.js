// Draws a seat plan below its text area while staff type. The same drawing as templates/cinema/admin/seat_plan.html.
"use strict";

(() => {
    // The limits of a plan. The server refuses more, so more is not drawn.
    const MAX_ROWS = 100;
    const MAX_COLUMNS = 100;
    const GAP = "_";

    function rowLabel(index) {
        let label = "";
        for (let left = index + 1; left > 0; left = Math.floor((left - 1) / 26)) {
            label = String.fromCharCode(65 + ((left - 1) % 26)) + label;
        }
        return label;
    }

    function element(className, text = "") {
        const span = document.createElement("span");
        span.className = className;
        span.textContent = text;
        return span;
    }

    function cell(letter, kind, rowName, number) {
        if (letter === GAP) {
            return element("seat gap");
        }
        if (!kind) {
            return element("seat invalid", letter);
        }
        const seat = element(`seat ${kind}`, number);
        seat.title = rowName + number;
        return seat;
    }

    function drawRow(letters, index, kinds) {
        const row = document.createElement("div");
        row.className = "seat-plan-row";
        row.append(element("seat-plan-label", rowLabel(index)));
        let number = 0;
        for (const letter of [...letters].slice(0, MAX_COLUMNS)) {
            const kind = kinds.get(letter);
            number += kind ? 1 : 0;
            row.append(cell(letter, kind, rowLabel(index), number));
        }
        return row;
    }

    function draw(editor) {
        const legend = [...editor.querySelectorAll("[data-letter]")];
        const kinds = new Map(legend.map((line) => [line.dataset.letter, line.dataset.kind]));
        const text = editor.querySelector("textarea").value.replace(/\n+$/, "");
        const rows = text ? text.split("\n").slice(0, MAX_ROWS) : [];
        editor.querySelector(".seat-plan-rows").replaceChildren(...rows.map((row, index) => drawRow(row, index, kinds)));
        let total = 0;
        for (const line of legend) {
            const count = text.split(line.dataset.letter).length - 1;
            line.querySelector(".seat-plan-count").textContent = count;
            total += count;
        }
        editor.querySelector(".seat-plan-total").textContent = total;
    }

    document.addEventListener("DOMContentLoaded", () => {
        for (const editor of document.querySelectorAll(".seat-plan-editor")) {
            editor.addEventListener("input", () => draw(editor));
        }
    });
})();
