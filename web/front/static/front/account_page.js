// The account of the user: email address, password, sessions, and personal data.

import { logIn } from "./account.js";
import { request } from "./api.js";
import { openDialog } from "./dialog.js";
import { announce, h, redraw } from "./dom.js";
import { resendLink } from "./email_verification.js";
import { NEW_PASSWORD, mutationForm, requestButton, send } from "./forms.js";
import { keepCurrent } from "./keep_current.js";
import { setNextPageMessage } from "./next_page_message.js";
import { CHANGE_EMAIL, CHANGE_PASSWORD, ERASE_ME, EXPORT_ME, LOG_OUT, ME } from "./operations.js";
import { clearRefreshedSession } from "./refreshed_session.js";
import { clearSession, currentSession, saveSession } from "./session.js";

const PAGE = { title: "Your account", reloadOnSessionChange: true };
const CURRENT_PASSWORD = {
  name: "currentPassword",
  label: "Current password",
  type: "password",
  autocomplete: "current-password",
};

/** Shows the account in `main`. */
export async function accountPage(main) {
  const heading = h("h1", { tabindex: "-1" }, PAGE.title);
  const { me } = currentSession() ? await request(ME) : { me: null };
  if (!me) {
    const button = h("button", { type: "button", class: "primary", onclick: () => logIn() }, "Log in");
    main.replaceChildren(heading, h("p", { class: "empty" }, "Log in to see your account. ", button));
    return PAGE;
  }
  const email = emailSection(me);
  main.replaceChildren(
    heading,
    h("p", { class: "muted" }, `You are logged in as ${me.username}.`),
    h("div", { class: "account-sections" }, email.section, passwordSection(me), sessionsSection(), privacySection()),
  );
  return { ...PAGE, stop: keepCurrent(email.refresh) };
}

function section(title, ...content) {
  return h("section", { class: "card stack", "aria-label": title }, h("h2", {}, title), ...content);
}

// ---------------------------------------------------------------------- email address

/** Returns the section and `refresh()`, because a link can be opened in another tab, or on another device. */
function emailSection(me) {
  let shown = me;
  const refresh = async () => {
    const before = shown;
    const { me: current } = await request(ME);
    if (!current || shown !== before || JSON.stringify(current) === JSON.stringify(shown)) return;
    shown = current;
    redraw(state, ...emailState(shown, refresh));
  };
  const state = h("div", { class: "stack" }, ...emailState(me, refresh));
  const form = mutationForm({
    document: CHANGE_EMAIL,
    fields: [{ name: "email", label: "New email address", type: "email", autocomplete: "email" }, CURRENT_PASSWORD],
    submitLabel: "Change email address",
    success: "MailOnItsWay",
    onSuccess: ({ email }) => {
      form.reset();
      details.open = false;
      const sent = h("div", {});
      shown = { ...shown, newEmail: email };
      state.replaceChildren(...emailState(shown, refresh), sent);
      showDone(sent, `We’ve sent a link to ${email}. Open it to verify the address.`);
    },
  });
  const details = h("details", {}, h("summary", {}, "Change email address"), form);
  return { section: section("Email address", state, details), refresh };
}

function emailState({ email, emailVerified, newEmail }, refresh) {
  const badge = (isVerified) =>
    isVerified
      ? h("span", { class: "badge verified" }, "Verified")
      : h("span", { class: "badge pending" }, "Not verified");
  const row = (address, isVerified) =>
    h("p", { class: "email", tabindex: "-1", "data-focus-fallback": true }, h("b", {}, address), " ", badge(isVerified));
  const current = [row(email, emailVerified)];
  if (newEmail) {
    const label = h("p", {}, "Your new email address:");
    return [...current, label, row(newEmail, false), resendLink(newEmail, refresh)];
  }
  const reason = "Verify your email address to receive emails about your bookings.";
  return emailVerified ? current : [...current, h("p", { class: "muted" }, reason), resendLink(email, refresh)];
}

// ---------------------------------------------------------------------- password and sessions

function passwordSection({ username }) {
  const result = h("div", {});
  const form = mutationForm({
    document: CHANGE_PASSWORD,
    fields: [CURRENT_PASSWORD, NEW_PASSWORD],
    submitLabel: "Change password",
    success: "Session",
    onSuccess: (session) => {
      saveSession(session);
      form.reset();
      details.open = false;
      showDone(result, "Your password has been changed. You have been logged out everywhere else.");
    },
  });
  // For password managers.
  form.prepend(h("input", { type: "text", autocomplete: "username", value: username, readonly: true, hidden: true }));
  const details = h("details", {}, h("summary", {}, "Change password"), form);
  return section("Password", result, details);
}

function sessionsSection() {
  const problem = h("p", { class: "problem", role: "alert" });
  const logOutEverywhere = async () => {
    const result = await send(LOG_OUT, { everywhere: true });
    if (result.__typename !== "LoggedOut") {
      problem.textContent = result.message;
      return;
    }
    endSession("You are logged out everywhere.");
  };
  return section(
    "Devices",
    h("p", {}, "Log out of this browser and of every other device."),
    problem,
    requestButton("Log out everywhere", logOutEverywhere),
  );
}

// ---------------------------------------------------------------------- personal data

function privacySection() {
  const result = h("div", {});
  const download = async () => {
    const { json, message } = await sendExport();
    if (json) {
      save(json);
      showDone(result, "Your data has been downloaded.");
    } else {
      result.replaceChildren(h("p", { class: "problem", role: "alert" }, message));
    }
  };
  return section(
    "Personal data",
    h("p", {}, "Download a copy of everything that we store about you, as a JSON file."),
    result,
    requestButton("Download my data", download),
    h("p", {}, "If you delete your account, your bookings stay valid, but you can no longer see or cancel them here."),
    h("button", { type: "button", class: "danger", onclick: openEraseDialog }, "Delete my account"),
  );
}

async function sendExport() {
  try {
    return (await request(EXPORT_ME)).exportMe;
  } catch (error) {
    return { message: error.message };
  }
}

function save(json) {
  const url = URL.createObjectURL(new Blob([json], { type: "application/json" }));
  h("a", { href: url, download: "cinema-personal-data.json" }).click();
  URL.revokeObjectURL(url);
}

async function openEraseDialog() {
  const advice = "Confirmed bookings stay valid, so write down their references first.";
  await openDialog("Delete your account?", (close) => [
    h("p", {}, `This cannot be undone. Seats that are held for you are released. ${advice}`),
    mutationForm({
      document: ERASE_ME,
      fields: [CURRENT_PASSWORD],
      submitLabel: "Delete my account",
      success: "AccountErased",
      onSuccess: () => {
        close("done");
        endSession("Your account has been deleted.");
      },
    }),
  ]);
}

/** Ends the session in this browser, which opens the schedule with `message`. */
function endSession(message) {
  setNextPageMessage(message);
  // Without a new entry in the history: this page has nothing to show any more.
  history.replaceState(null, "", "#/");
  clearSession();
  clearRefreshedSession();
  announce(message);
}

/** Shows that something is done, instead of the last message in `result`. */
function showDone(result, message) {
  const done = h("p", { class: "success", tabindex: "-1" }, message);
  result.replaceChildren(done);
  done.focus();
}
