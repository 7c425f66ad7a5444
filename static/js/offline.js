// A page without a connection: it says so, and of when it is; marks wait in a queue that it shows and sends. Loaded when it is needed.

import * as queue from "./queue.js";

const { person, kept } = document.body.dataset;
const status = document.getElementById("status");
const language = document.documentElement.lang;
// What marking changes on a page of the roadmap; all of the page that only shows it.
const PARTS = "#step-progress, #climb-count, #next-step, [id^='step-'], fieldset.state, [id^='note-']";
const AGAIN = 30000;

let isKept = Boolean(kept);
let isCut = isKept || !navigator.onLine;
let isSignedOut = false;
// The marks that wait, and the last of them for each skill.
let marks = [];
let last = new Map();

// --- Words ---------------------------------------------------------------------------------------------------------

const fill = (sentence, value) => sentence.replace("%s", value);
let templates;
let words;
async function learnWords() {
	const page = await (await fetch("/offline/")).text();
	templates = new DOMParser().parseFromString(page, "text/html");
	words = templates.getElementById("offline-banner").dataset;
}
const counted = ({ one, two, says }, count) => (count === 1 && one) || (count === 2 && two) || fill(says, count);
const copyOf = (id) => document.importNode(templates.getElementById(id).content, true).firstElementChild;
const isToday = (moment) => moment.toDateString() === new Date().toDateString();

/* 14:12; with its day where that is not today. */
function when(iso) {
	const moment = new Date(iso);
	return moment.toLocaleString(language, { ...(!isToday(moment) && { dateStyle: "medium" }), timeStyle: "short", hourCycle: "h23" });
}

const asOf = (iso) => (isToday(new Date(iso)) ? fill(words.today, when(iso)) : when(iso));

const badgeOf = (state) => document.importNode(templates.getElementById("state-badges").content.querySelector(`[data-s="${state}"]`), true);

// --- What the page shows -------------------------------------------------------------------------------------------

async function show() {
	marks = await queue.waiting(person);
	last = new Map(marks.map((mark) => [mark.slug, mark]));
	for (const control of document.querySelectorAll("fieldset.state")) showState(control, last.get(slugOf(control)));
	showCounts();
	showBanner(person === "guest" ? await queue.held(person) : 0);
	showList();
}

const slugOf = (control) => control.id.replace("state-", "");
const pressed = (control) => control.querySelector('[aria-pressed="true"]').value;

/* The state that waits stays, dashed, with the reason under it; without one, the control is as the server wrote it. */
function showState(control, mark) {
	const note = document.getElementById(`waits-${control.id}`);
	note?.remove();
	if (!mark && !control.dataset.stands) return;
	control.dataset.stands ??= pressed(control);
	press(control, mark?.state ?? control.dataset.stands);
	control.classList.toggle("is-queued", Boolean(mark));
	control.removeAttribute("aria-describedby");
	if (!mark) return;
	const says = copyOf("mark-waits");
	says.id = `waits-${control.id}`;
	says.querySelector("span").textContent = mark.problem ? words.asks : fill(words.marked, when(mark.at));
	control.after(says);
	control.setAttribute("aria-describedby", says.id);
}

function press(control, state) {
	for (const button of control.querySelectorAll("button")) {
		button.setAttribute("aria-pressed", String(button.value === state));
		const drawing = button.querySelector("use");
		if (button.value === "done") drawing.setAttribute("href", drawing.getAttribute("href").replace(/#.*/, state === "done" ? "#done" : "#done-o"));
	}
}

/* "3 done, 1 waiting": what waits is never counted as done. */
function showCounts() {
	for (const old of document.querySelectorAll(".waiting-count")) old.remove();
	const here = [...document.querySelectorAll("fieldset.state")].filter((control) => last.has(slugOf(control))).length;
	const places = { "#step-progress .big-num small": here, "#climb-count": last.size };
	for (const [place, count] of Object.entries(places)) {
		const element = count && document.querySelector(place);
		if (!element) continue;
		const says = document.createElement("span");
		says.className = "waiting-count";
		says.textContent = fill(words.count, count);
		element.textContent = element.textContent.trimEnd();
		element.append(says);
	}
}

function showBanner(held) {
	const asking = [...last.values()].filter(({ problem }) => problem).length;
	const waits = last.size - asking;
	const is = { offline: isCut, kept: isKept, waits, asks: asking, held: held || (isSignedOut && last.size), list: last.size, try: isCut || waits };
	const old = document.querySelector(".banner");
	if (!isCut && !last.size && !is.held) return old?.remove();
	const banner = copyOf("offline-banner");
	for (const part of banner.querySelectorAll("[data-if]")) {
		const fact = is[part.dataset.if];
		if (!fact) part.remove();
		else if (part.dataset.says) part.textContent = part.dataset.if === "kept" ? fill(part.dataset.says, asOf(kept)) : counted(part.dataset, fact);
	}
	const hadFocus = old?.contains(document.activeElement);
	old?.remove();
	(document.querySelector(".site-head") ?? document.querySelector(".skip-link")).after(banner);
	if (hadFocus) banner.querySelector("button, a")?.focus();
}

function showList() {
	const old = document.getElementById("waiting");
	const hadFocus = old?.contains(document.activeElement);
	old?.remove();
	if (last.size) {
		const card = copyOf("waiting-list");
		const heading = card.querySelector("h2");
		heading.textContent = counted(heading.dataset, last.size);
		const discard = card.querySelector("[data-discard]");
		discard.textContent = counted(discard.dataset, last.size);
		for (const mark of last.values()) card.querySelector("ul").append(rowOf(mark));
		const aside = document.querySelector("main aside");
		if (aside) aside.prepend(card);
		else document.querySelector(".banner").append(card);
	}
	if (hadFocus) (document.getElementById("waiting-title") ?? document.getElementById("main")).focus();
}

function rowOf(mark) {
	const row = copyOf({ elsewhere: "waiting-question", gone: "waiting-gone" }[mark.problem] ?? "waiting-mark");
	row.dataset.slug = mark.slug;
	const what = row.querySelector(".what");
	what.textContent = what.dataset.says ? fill(what.dataset.says, mark.title) : mark.title;
	const [here, there] = row.querySelectorAll(".state-is");
	here?.append(badgeOf(mark.state));
	there?.append(badgeOf(mark.stands));
	const said = row.querySelector("[data-choose='here'] [data-says]");
	if (said) said.textContent = fill(said.dataset.says, when(mark.at));
	return row;
}

/* A page of when there was a connection says which of its parts need one. */
function showKept() {
	for (const title of isKept ? document.querySelectorAll("#resources-title, #skills-title") : []) {
		const says = document.createElement("span");
		says.className = "muted sm kept-note";
		says.textContent = words.kept;
		title.parentElement.append(says);
	}
}

// --- Back -----------------------------------------------------------------------------------------------------------

/* Asks for this page anew and puts in what has changed; what is being typed stays. */
async function renew() {
	const answer = await fetch(location.href, { headers: { Renews: "yes" } });
	if (!answer.ok || answer.redirected) return;
	const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
	if (fresh.body.dataset.person !== person) return location.reload();
	const held = document.activeElement?.id;
	document.body.setAttribute("hx-headers", fresh.body.getAttribute("hx-headers"));
	const token = JSON.parse(fresh.body.getAttribute("hx-headers"))["X-CSRFToken"];
	for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
	const places = location.pathname === "/" ? ["main"] : [...document.querySelectorAll(PARTS)].map(({ id }) => `[id="${id}"]`);
	for (const place of places) {
		const now = fresh.querySelector(place);
		if (!now) continue;
		document.querySelector(place).replaceWith(now);
		htmx.process(now);
	}
	if (held) document.getElementById(held)?.focus({ preventScroll: true });
	isKept = isCut = false;
	for (const note of document.querySelectorAll(".kept-note")) note.remove();
}

let timer;
async function back() {
	clearTimeout(timer);
	const had = last.size;
	const { taken, stopped } = await queue.send(person);
	isSignedOut = stopped === "signed out";
	isCut = stopped === "offline" || !navigator.onLine;
	if (!isCut && (taken || isKept || isSignedOut)) await renew().catch(() => { isCut = true; });
	if (stopped) timer = setTimeout(back, AGAIN);
	await show();
	if (had && taken) status.textContent = taken === 1 ? words.sentOne : fill(words.sent, taken);
}

const tell = (sentence) => {
	status.textContent = sentence;
};

// --- Marking --------------------------------------------------------------------------------------------------------

const controlOf = ({ elt, target }) => (elt.name === "state" && target?.matches?.("fieldset.state") ? target : null);

async function put(control, state) {
	control.dataset.stands ??= pressed(control);
	const button = control.querySelector(`[value="${state}"]`);
	const title = control.dataset.title;
	await queue.add({ person, slug: slugOf(control), title, address: button.getAttribute("formaction"), before: control.dataset.stands, state });
	await show();
	// What stands already need not wait.
	if (last.has(slugOf(control))) tell(fill(words.queued, `${title}, ${button.textContent.trim()}`));
}

/* The server was not reached, or did not answer: it may have taken the mark, and then the queue finds that it stands. */
export async function take(control, state) {
	isCut = true;
	await ready;
	await put(control, state);
	clearTimeout(timer);
	timer = setTimeout(back, AGAIN);
}

function begin() {
	/* What waits for a skill goes first. */
	document.addEventListener(
		"htmx:confirm",
		(event) => {
			const control = controlOf(event.detail);
			if (!control || !last.has(slugOf(control))) return;
			event.preventDefault();
			event.stopImmediatePropagation();
			put(control, event.detail.elt.value).then(() => !isCut && back());
		},
		{ capture: true },
	);

	document.addEventListener("htmx:afterSettle", ({ detail }) => detail.requestConfig?.verb === "post" && show());

	document.addEventListener("click", async ({ target }) => {
		const button = target.closest("button");
		if (!button) return;
		if (button.dataset.if === "try") await back();
		else if (button.matches("[data-discard]")) {
			await queue.discard(person);
			await show();
			tell(words.discarded);
		} else if (button.dataset.choose) {
			await queue.choose(person, button.closest("[data-slug]").dataset.slug, button.dataset.choose === "here");
			await back();
			if (!isCut) await renew().then(show, () => null);
		}
	});

	document.addEventListener("submit", (event) => {
		if (!event.target.action?.endsWith?.("/accounts/logout/")) return;
		event.preventDefault();
		signOut(event.target);
	});

	queue.onChange((what) => (what === "sent" ? renew().catch(() => null) : Promise.resolve()).then(show));
	addEventListener("online", back);
	addEventListener("offline", () => {
		isCut = true;
		show();
	});
	document.addEventListener("visibilitychange", () => !document.hidden && (isCut || last.size) && back());
}

// --- Signing out ----------------------------------------------------------------------------------------------------

/* What still waits goes out first; what cannot is asked about. Nothing of this person stays on the device. */
async function signOut(form) {
	await back();
	if (last.size && !(await wantsToLeave())) return;
	await queue.discard(person);
	await forgetPages(null);
	form.submit();
}

function wantsToLeave() {
	const dialog = copyOf("sign-out-asks");
	const says = dialog.querySelector("p");
	says.textContent = counted(says.dataset, last.size);
	document.body.append(dialog);
	dialog.showModal();
	return new Promise((resolve) => {
		dialog.addEventListener("close", () => {
			dialog.remove();
			resolve(dialog.returnValue === "leave");
		});
	});
}

/* A device keeps the pages of one person: of whoever is signed in now. */
async function forgetPages(of) {
	for (const name of await caches.keys()) {
		if (name.startsWith("pages ") && name.split(" ")[2] !== of) await caches.delete(name);
	}
}

// --- Beginning ------------------------------------------------------------------------------------------------------

async function start() {
	await forgetPages(person);
	localStorage.setItem("person", person);
	await learnWords();
	await show();
	begin();
	showKept();
	if (navigator.onLine && (isKept || last.size)) await back();
}

const ready = start();
