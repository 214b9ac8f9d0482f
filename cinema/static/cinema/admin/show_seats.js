// The pages of a show's seats: names the selected seats, enables the buttons that apply to them, and moves between seats
// with the arrow keys. Without it, the pages work too.
"use strict";

(() => {
    const MAX_NAMED = 12;
    const MIXED = "Select only available, only blocked, or only booked seats.";

    function describe(selected, count) {
        const named = selected.slice(0, MAX_NAMED).map((box) => box.dataset.label).join(", ");
        const more = selected.length > MAX_NAMED ? ` and ${selected.length - MAX_NAMED} more` : "";
        if (count) {
            return `${selected.length} of ${count} chosen${named ? `: ${named}${more}` : ""}`;
        }
        if (selected.length === 1) {
            return selected[0].getAttribute("aria-label");
        }
        return selected.length ? `${selected.length} selected: ${named}${more}` : "Select seats.";
    }

    function update(form, boxes) {
        const selected = boxes.filter((box) => box.checked);
        const count = Number(form.dataset.count ?? 0);
        const buttons = [...form.querySelectorAll("button[data-for]")];
        for (const button of buttons) {
            const states = button.dataset.for.split(" ");
            const applies = selected.length > 0 && selected.every((box) => states.includes(box.dataset.state));
            button.disabled = !applies || (count > 0 && selected.length !== count);
        }
        const isMixed = !count && selected.length > 1 && buttons.every((button) => button.disabled);
        const hint = isMixed ? `. ${MIXED}` : "";
        form.querySelector("[data-selected]").textContent = describe(selected, count) + hint;
    }

    // Seats that are sold only together are selected together.
    function selectUnit(boxes, box) {
        for (const other of boxes.filter(({ dataset }) => box.dataset.unit && dataset.unit === box.dataset.unit)) {
            other.checked = box.checked;
        }
    }

    // The nearest seat in the direction of an arrow key.
    function neighbor(boxes, box, key) {
        const [row, column] = [Number(box.dataset.row), Number(box.dataset.column)];
        const distance = (other) => {
            const down = Number(other.dataset.row) - row;
            const right = Number(other.dataset.column) - column;
            const [ahead, aside] = { ArrowDown: [down, right], ArrowUp: [-down, right], ArrowRight: [right, down], ArrowLeft: [-right, down] }[key];
            const isSideways = key === "ArrowLeft" || key === "ArrowRight";
            return ahead <= 0 || (isSideways && aside) ? Infinity : ahead * 1000 + Math.abs(aside);
        };
        const [nearest] = boxes.filter((other) => distance(other) < Infinity).sort((one, other) => distance(one) - distance(other));
        return nearest;
    }

    // One seat is in the tab order: the one that had the focus last.
    function makeCurrent(boxes, current) {
        for (const box of boxes) {
            box.tabIndex = box === current ? 0 : -1;
        }
    }

    // The available seats of a row, or all if none is available. A second time, none.
    function selectRow(boxes, label) {
        const all = boxes.filter((box) => label.parentElement.contains(box));
        const available = all.filter(({ dataset }) => dataset.state === "available");
        const row = available.length ? available : all;
        const isSelected = row.every((box) => box.checked);
        for (const box of row) {
            box.checked = !isSelected;
        }
    }

    function start(form) {
        const boxes = [...form.querySelectorAll("input[type=checkbox][data-label]")];
        if (!boxes.length) {
            return;
        }
        makeCurrent(boxes, boxes.find((box) => box.checked) ?? boxes[0]);
        form.addEventListener("change", ({ target }) => {
            selectUnit(boxes, target);
            update(form, boxes);
        });
        form.addEventListener("click", ({ target }) => {
            if (target.matches(".auditorium-label") && !form.dataset.count) {
                selectRow(boxes, target);
                update(form, boxes);
            }
        });
        form.addEventListener("focusin", ({ target }) => boxes.includes(target) && makeCurrent(boxes, target));
        form.addEventListener("keydown", (event) => {
            if (!event.key.startsWith("Arrow") || !boxes.includes(event.target)) {
                return;
            }
            event.preventDefault();
            neighbor(boxes, event.target, event.key)?.focus();
        });
        update(form, boxes);
        // Browsers restore the selection when the visitor comes back.
        addEventListener("pageshow", () => update(form, boxes));
    }

    for (const form of document.querySelectorAll("[data-auditorium]")) {
        start(form);
    }
    for (const button of document.querySelectorAll("[data-print]")) {
        button.hidden = false;
        button.addEventListener("click", () => print());
    }
})();
