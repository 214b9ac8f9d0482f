// Draws a seat plan below its text area while staff type. The same drawing as templates/cinema/admin/seat_plan.html.
"use strict";

(() => {
    // The limits of a plan. The server refuses more, so more is not drawn.
    const MAX_ROWS = 100;
    const MAX_COLUMNS = 100;
    const GAP = "_";
    // Between the label of a row and its letters.
    const SEPARATOR = ":";
    const ROW_LABEL = /^[A-Za-z]{1,4}$/;

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

    function cell({ letter, unit }, next, kind, rowName, number) {
        if (letter === GAP) {
            return element("seat gap");
        }
        if (!kind) {
            return element("seat invalid", letter);
        }
        const isJoined = unit && unit === next?.unit;
        const seat = element(`seat ${kind}${isJoined ? " joined" : ""}`, number);
        seat.title = rowName + number;
        return seat;
    }

    /** The letters of a row: { letter, unit }, where `unit` is the number of its unit, or 0. */
    function parseRow(row) {
        // Every second part is the inside of a pair of parentheses.
        return row
            .split(/\(([^()]*)\)/)
            .flatMap((part, index) => [...part].map((letter) => ({ letter, unit: index % 2 && index })))
            .slice(0, MAX_COLUMNS);
    }

    /** The rows of a plan: { label, letters }. Each line may begin with a label, such as "K: SSS". */
    function parse(text) {
        const lines = text ? text.split("\n").slice(0, MAX_ROWS) : [];
        if (!text.includes(SEPARATOR)) {
            return lines.map((line, index) => ({ label: rowLabel(index), letters: parseRow(line) }));
        }
        return lines.map((line) => {
            const end = line.lastIndexOf(SEPARATOR);
            const typed = line.slice(0, Math.max(end, 0)).trim();
            const label = ROW_LABEL.test(typed) ? typed.toUpperCase() : typed;
            return { label, letters: parseRow(line.slice(end + 1).trim()) };
        });
    }

    function drawRow({ label, letters }, kinds, fromRight) {
        const row = document.createElement("div");
        row.className = "seat-plan-row";
        row.append(element("seat-plan-label", label));
        const total = letters.filter(({ letter }) => kinds.has(letter)).length;
        let seats = 0;
        for (const [index, position] of letters.entries()) {
            const kind = kinds.get(position.letter);
            seats += kind ? 1 : 0;
            row.append(cell(position, letters[index + 1], kind, label, fromRight ? total + 1 - seats : seats));
        }
        return row;
    }

    function draw(editor) {
        const legend = [...editor.querySelectorAll("[data-letter]")];
        const kinds = new Map(legend.map((line) => [line.dataset.letter, line.dataset.kind]));
        const text = editor.querySelector("textarea").value.replace(/\n+$/, "");
        const rows = parse(text);
        const fromRight = numbering(editor)?.value === "RIGHT_TO_LEFT";
        editor.querySelector(".seat-plan-rows").replaceChildren(...rows.map((row) => drawRow(row, kinds, fromRight)));
        const letters = rows.flatMap((row) => row.letters);
        let total = 0;
        for (const line of legend) {
            const count = letters.filter(({ letter }) => letter === line.dataset.letter).length;
            line.querySelector(".seat-plan-count").textContent = count;
            total += count;
        }
        editor.querySelector(".seat-plan-total").textContent = total;
    }

    function numbering(editor) {
        return editor.closest("form")?.querySelector("[name=numbering]");
    }

    document.addEventListener("DOMContentLoaded", () => {
        for (const editor of document.querySelectorAll(".seat-plan-editor")) {
            editor.addEventListener("input", () => draw(editor));
            numbering(editor)?.addEventListener("change", () => draw(editor));
        }
    });
})();
