// Lets Unfold's templates work with Alpine's build for a Content-Security-Policy without `unsafe-eval`.
//
// That build does not evaluate JavaScript. It has an interpreter of single expressions, without global variables, arrow
// functions and statements, and it does not write to elements. So this script gives Alpine the functions that the
// templates call, and rewrites the few expressions that the interpreter does not understand.
"use strict";

document.addEventListener("alpine:init", () => {
  const { Alpine } = window;
  const initialTab = /activeTab: '([^']*)'/.exec(document.body.getAttribute("x-data"))?.[1];

  // All elements are in the scope of `theme`, which is that of the document.
  Alpine.data("theme", (initial) => ({ ...theme(initial), sortRecords, moveRecords }));
  Alpine.data("searchForm", searchForm);
  Alpine.data("searchCommand", searchCommand);
  Alpine.data("searchDropdown", () => ({
    ...searchDropdown(),
    leaveSearch() {
      this.openSearchResults = false;
      if (this.$refs.searchInput.value === "") {
        this.$refs.searchInput.blur();
      } else {
        this.$refs.searchInput.value = "";
      }
    },
  }));
  // The scope of the body.
  Alpine.data("page", () => ({
    activeTab: initialTab === undefined ? "" : getCurrentTab() || initialTab,
    sidebarMobileOpen: false,
    sidebarDesktopOpen: (localStorage.getItem("sidebarDesktopOpen") ?? "1") === "1",
    init() {
      this.$watch("sidebarDesktopOpen", (value) => localStorage.setItem("sidebarDesktopOpen", value ? "1" : "0"));
    },
    addressWithTab() {
      const { pathname, search } = window.location;
      return this.activeTab && this.activeTab !== "general" ? `${pathname}${search}#${this.activeTab}` : pathname + search;
    },
  }));
  document.body.setAttribute("x-data", "page");
  document.body.removeAttribute("x-init");

  for (const element of document.body.querySelectorAll("*")) {
    for (const { name, value } of element.attributes) {
      if (name.startsWith("x-")) {
        const changed = rewritten(value.trim());
        if (changed !== value) element.setAttribute(name, changed);
      }
    }
  }
});

function rewritten(expression) {
  if (expression.includes("window.location")) return "addressWithTab()";
  if (expression.includes("$refs.searchInput.value = ''")) return "leaveSearch()";
  const condition = /^if \((.+)\) ([^{}]+)$/.exec(expression);
  if (condition) return `${condition[1]} && ${condition[2]}`;
  const statements = expression.split(";").map((statement) => statement.trim()).filter(Boolean);
  // The interpreter evaluates all items of a list. The body stores whether the sidebar is open.
  const needed = statements.filter((statement) => !statement.startsWith("localStorage."));
  return statements.length > 1 ? `[${needed.join(", ")}]` : expression;
}
