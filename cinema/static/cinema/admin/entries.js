// A form that is not saved because its session has expired keeps its entries: after the login, it opens with them.
//
// They are stored in the tab when the form is sent, and removed when the next page is neither the login page nor the
// page for a form that was opened before the login. They are restored only for the same user.
//
// Other forms, such as the one that blocks seats, keep no entries. After the login, a notice says that nothing was changed.
"use strict";

{
    const KEY = "entries";
    // Fields that are not stored, and what staff do about them.
    const NOT_STORED = { password: "Enter the password again.", file: "Choose the file again." };
    const BUTTONS = ["submit", "button", "reset"];

    /** The fields of a form with a key that is the same when it is opened again. */
    function* keyed(form) {
        const counts = new Map();
        for (const field of form.elements) {
            const { name, type } = field;
            if (name && name !== "csrfmiddlewaretoken" && !BUTTONS.includes(type)) {
                counts.set(name, (counts.get(name) ?? 0) + 1);
                yield [`${name} ${counts.get(name)}`, field];
            }
        }
    }

    function stateOf(field) {
        if (field instanceof HTMLSelectElement) {
            return [...field.selectedOptions].map(({ value, text }) => ({ value, text }));
        }
        return ["checkbox", "radio"].includes(field.type) ? field.checked : field.value;
    }

    function fill(field, state) {
        if (field instanceof HTMLSelectElement) {
            // A field with a search has only the options that were chosen.
            const missing = state.filter(({ value }) => ![...field.options].some((option) => option.value === value));
            field.append(...missing.map(({ value, text }) => new Option(text, value)));
            for (const option of field.options) {
                option.selected = state.some(({ value }) => value === option.value);
            }
        } else if (["checkbox", "radio"].includes(field.type)) {
            field.checked = state;
        } else {
            field.value = state;
        }
        field.dispatchEvent(new Event("input", { bubbles: true }));
        field.dispatchEvent(new Event("change", { bubbles: true }));
    }

    function notify(place, text) {
        const notice = document.createElement("p");
        notice.className = "entries-notice";
        notice.role = "status";
        notice.textContent = text;
        place.prepend(notice);
    }

    function keep(form, user) {
        if (!user) {
            sessionStorage.setItem(KEY, "{}");
            return;
        }
        const fields = [...keyed(form)];
        const states = fields.filter(([, { type }]) => !(type in NOT_STORED)).map(([key, field]) => [key, stateOf(field)]);
        const missing = fields.filter(([, { type, value }]) => type in NOT_STORED && value).map(([, { type }]) => type);
        try {
            sessionStorage.setItem(KEY, JSON.stringify({ page: location.pathname, user, states, missing }));
        } catch {
            // They are too large for the storage of the browser.
            sessionStorage.removeItem(KEY);
        }
    }

    function restore(form, { states, missing }) {
        const byKey = new Map(states);
        for (const [key, field] of keyed(form)) {
            if (byKey.has(key)) {
                fill(field, byKey.get(key));
            }
        }
        const todo = [...new Set(missing)].map((type) => NOT_STORED[type]);
        const done = "Your session had expired, so this was not saved. Your entries are here again: check and save them.";
        notify(form, [done, ...todo].join(" "));
    }

    document.addEventListener("submit", ({ target }) => {
        if (target.method === "post" && !target.matches("#login-form, #logout-form")) {
            keep(target, target.querySelector("[data-entries-of]")?.dataset.entriesOf);
        }
    });

    addEventListener("load", () => {
        const kept = JSON.parse(sessionStorage.getItem(KEY));
        const login = document.querySelector("#login-form");
        const isInterrupted = login ?? document.querySelector("[data-form-expired]");
        if (!kept) {
            return;
        }
        if (isInterrupted) {
            sessionStorage.setItem(KEY, JSON.stringify({ ...kept, isInterrupted: true }));
            if (login) {
                const next = kept.user ? "After you log in, the form opens again with your entries." : "Nothing was changed.";
                notify(login, `Your session has expired. ${next}`);
            }
            return;
        }
        sessionStorage.removeItem(KEY);
        if (!kept.isInterrupted) {
            return;
        }
        const marker = document.querySelector("[data-entries-of]");
        if (!kept.user) {
            notify(document.querySelector("#content"), "Your session had expired, so nothing was changed. If you still want the change, make it again.");
        } else if (kept.page === location.pathname && kept.user === marker?.dataset.entriesOf) {
            restore(marker.closest("form"), kept);
        }
    });
}
