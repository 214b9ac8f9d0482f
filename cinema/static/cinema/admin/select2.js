// Corrections of Select2, of Django's lists of permissions, and of Unfold's icons, for screen readers.

// Select2 names a field by its value only. Its label is added, so that an empty field is announced, too. The element that
// is shown has the focus if the field had it.
function nameField(container) {
    // The hidden field cannot be used by keyboard.
    if (container.previousElementSibling === document.activeElement) {
        container.querySelector("[role=combobox]")?.focus();
    }
    const label = container.previousElementSibling?.labels?.[0];
    if (!label) {
        return;
    }
    label.id ||= `${container.previousElementSibling.id}_label`;
    const value = container.querySelector(".select2-selection__rendered[role=textbox]");
    value?.setAttribute("aria-labelledby", label.id);
    container.querySelector(".select2-search__field")?.setAttribute("aria-labelledby", label.id);
    const names = value ? `${label.id} ${value.id}` : label.id;
    container.querySelector("[role=combobox]")?.setAttribute("aria-labelledby", names);
}

// A list can only have items. Each item has its own button, so the button that removes all is not needed.
function removeClearButtons() {
    for (const button of document.querySelectorAll("ul > .select2-selection__clear")) {
        button.remove();
    }
}

// The label of an element without a role is not read. The field beside it has a placeholder.
function nameFilters() {
    for (const icon of document.querySelectorAll(".search-label-icon[aria-label]")) {
        icon.parentElement.control?.setAttribute("aria-label", icon.getAttribute("aria-label"));
        icon.removeAttribute("aria-label");
    }
}

// An icon is text in a font of icons, such as "event_seat", which would be read. The name of a button that has no other.
const ICON_NAMES = { theaters: "Today", search: "Search", more_horiz: "Actions" };

function hideIcons() {
    for (const icon of document.querySelectorAll(".material-symbols-outlined:not([aria-hidden], [x-on\\:click])")) {
        const text = icon.textContent.trim();
        const owner = icon.closest("a, button");
        if (owner?.textContent.trim() === text) {
            owner.ariaLabel ??= ICON_NAMES[text] ?? (owner.title || null);
        }
        if (!owner || owner.ariaLabel || owner.textContent.trim() !== text) {
            icon.ariaHidden = "true";
        }
    }
}

new MutationObserver((changes) => {
    for (const node of changes.flatMap((change) => [...change.addedNodes])) {
        if (node instanceof Element && node.matches("select + .select2-container")) {
            nameField(node);
        }
    }
    removeClearButtons();
    nameFilters();
    hideIcons();
}).observe(document.documentElement, { childList: true, subtree: true });
