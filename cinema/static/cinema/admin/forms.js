// A form is sent once when its button is clicked twice, and the first field, or the first one with an error, has the
// focus. A file that is too large is refused before it is sent.
"use strict";

{
    const PAUSE_MILLISECONDS = 3000;
    const sentAt = new WeakMap();

    document.addEventListener("submit", (event) => {
        const form = event.target;
        if (event.defaultPrevented || form.method !== "post") {
            return;
        }
        if (event.timeStamp - (sentAt.get(form) ?? -Infinity) < PAUSE_MILLISECONDS) {
            event.preventDefault();
            return;
        }
        sentAt.set(form, event.timeStamp);
    });

    const FIELDS = ":is(input, select, textarea):not([type=hidden])";

    // Select2 hides a field, and shows another element instead.
    function shown(field) {
        return field.matches(".select2-hidden-accessible") ? field.nextElementSibling.querySelector("[role=combobox], [tabindex]") : field;
    }

    // The first field of the page for a new object. The script is Django's.
    function firstField() {
        const isNew = document.querySelector("#django-admin-form-add-constants");
        return isNew && [...document.querySelectorAll(`#content-main ${FIELDS}`)].map(shown).find((field) => field?.checkVisibility());
    }

    // Browsers ignore `autofocus` in an element that is hidden at first, as Unfold's pages are.
    addEventListener("load", () => {
        const first = document.querySelector(`.errors ${FIELDS}`);
        // Before the field with the error, there can be another one, such as the box that removes a picture.
        const wrong = first?.closest(".errors").querySelector(`${FIELDS}[aria-invalid=true]`) ?? first;
        if (wrong) {
            shown(wrong)?.focus();
            wrong.closest(".errors").scrollIntoView({ block: "center" });
        } else if (document.activeElement.matches("body, .select2-hidden-accessible")) {
            (document.querySelector("[autofocus]") ?? firstField())?.focus();
        }
    });

    document.addEventListener("change", ({ target }) => {
        const limit = Number(target.dataset.maxBytes ?? Infinity);
        if (target.type !== "file") {
            return;
        }
        const isTooLarge = [...target.files].some(({ size }) => size > limit);
        target.setCustomValidity(isTooLarge ? `This file is larger than ${Math.floor(limit / 1_000_000)} MB. Choose another one.` : "");
        if (isTooLarge) {
            target.value = "";
            target.reportValidity();
        }
    });
}
