// The menus of Unfold open by keyboard, too. Unfold opens them with elements that are not buttons. A link skips the sidebar.
"use strict";

{
    // Names of elements that have only an icon. Others are named by their text.
    const NAMES = { sidebar: "Menu", openRelatedWidgetWrapper: "More" };
    const MENUS = [
        ["sidebar", "#nav-sidebar"],
        ["filterOpen", "#changelist-filter"],
        ["openUserLinks", "nav[x-show=openUserLinks]"],
    ];
    // Menus appear with a transition.
    const DELAY_MILLISECONDS = 150;

    function menuOf(opener) {
        const field = opener.getAttribute("x-ref")?.replace("relatedWidgetWrapper", "");
        if (field !== undefined) {
            return document.getElementById(`related-widget-wrapper-${field}`);
        }
        const expression = opener.getAttribute("x-on:click");
        const [, menu] = MENUS.find(([part]) => expression.includes(part)) ?? [];
        return menu ? document.querySelector(menu) : null;
    }

    function open(opener) {
        opener.click();
        setTimeout(() => {
            const links = [...(menuOf(opener)?.querySelectorAll("a[href], button") ?? [])];
            links.find((link) => link.checkVisibility())?.focus();
        }, DELAY_MILLISECONDS);
    }

    function makeButton(opener) {
        const expression = opener.getAttribute("x-on:click");
        opener.role = "button";
        opener.tabIndex = 0;
        opener.ariaLabel = Object.entries(NAMES).find(([part]) => expression.includes(part))?.[1] ?? null;
        opener.addEventListener("keydown", (event) => {
            if (event.key === "Enter" || event.key === " ") {
                event.preventDefault();
                open(opener);
            }
        });
    }

    function addSkipLink() {
        const link = document.createElement("a");
        link.className = "skip-link";
        link.href = "#content";
        link.textContent = "Skip to content";
        document.body.prepend(link);
    }

    addEventListener("load", () => {
        if (document.querySelector("#nav-sidebar")) {
            addSkipLink();
        }
        for (const opener of document.querySelectorAll(":is(div, span, a:not([href]))[x-on\\:click]")) {
            // Without text, it only closes a menu when somebody clicks beside it.
            if (opener.textContent.trim()) {
                makeButton(opener);
            }
        }
    });
}
