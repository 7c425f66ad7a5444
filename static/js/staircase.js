// What htmx and HTML cannot do: say what went wrong, say that saving takes long, keep the focus, close what is open.

const status = document.getElementById("status");
const toasts = document.getElementById("toasts");
const SLOW = 1000;

function fail(sentence, control) {
	status.textContent = sentence;
	const toast = document.getElementById("bad-toast").content.cloneNode(true);
	toast.querySelector(".says").textContent = sentence;
	toasts.replaceChildren(toast);
	control?.classList.add("is-error");
}

/* The server's own sentence where it wrote one for the reader (too many marks at once), else ours. */
function sentenceFor({ status: code, responseText }) {
	if (code === 429) return new DOMParser().parseFromString(responseText, "text/html").body.textContent.trim();
	if (code === 403) return status.dataset.denied;
	if (code === 404) return status.dataset.gone;
	return status.dataset.broken;
}

const controlOf = (element) => (element.isConnected ? element.closest("fieldset") : null);
const timers = new WeakMap();
let undoing = null;

/* Requests for one skill are sent one after the other: sent together, they may arrive in any order, and the last tap must stand.
   What was tapped meanwhile is sent once the answer is there; only the last of it. */
const saving = new Map();
const wanted = new Map();
const isState = (element) => element instanceof Element && element.matches("fieldset.state");

function settle(control) {
	const saved = saving.get(control.id);
	const next = wanted.get(control.id);
	saving.delete(control.id);
	wanted.delete(control.id);
	if (next !== undefined && next !== saved) control.querySelector(`[value="${next}"]`).click();
}

document.addEventListener("htmx:confirm", (event) => {
	const { elt, target } = event.detail;
	if (!isState(target) || !saving.has(target.id)) return;
	event.preventDefault();
	wanted.set(target.id, elt.value);
	if (toasts.contains(elt)) undoing = target;
});

document.addEventListener("htmx:load", ({ target }) => isState(target) && settle(target));

/* A button that is swapped while it is pressed gets no click: give it to the one that took its place. */
let pressed = null;
document.addEventListener("pointerdown", ({ target }) => {
	pressed = target.closest("fieldset.state button");
});
document.addEventListener("pointerup", ({ target }) => {
	const now = target.closest("fieldset.state button");
	if (pressed && !pressed.isConnected && now?.id === pressed.id) now.click();
	pressed = null;
});

document.addEventListener("htmx:beforeRequest", ({ detail: { elt, target, xhr, requestConfig } }) => {
	if (requestConfig.verb === "get") return;
	if (isState(target)) saving.set(target.id, elt.value);
	controlOf(elt)?.setAttribute("aria-busy", "true");
	const word = (requestConfig.triggeringEvent?.submitter ?? elt).textContent.trim();
	timers.set(
		xhr,
		setTimeout(() => {
			status.textContent = status.dataset.saving.replace("%s", word);
		}, SLOW),
	);
	if (toasts.contains(elt)) undoing = target;
});

document.addEventListener("htmx:afterRequest", ({ detail: { elt, target, xhr, successful } }) => {
	clearTimeout(timers.get(xhr));
	controlOf(elt)?.removeAttribute("aria-busy");
	if (!successful && isState(target)) settle(target);
});

document.addEventListener("htmx:responseError", ({ detail: { elt, xhr } }) => fail(sentenceFor(xhr), controlOf(elt)));
document.addEventListener("htmx:sendError", ({ detail }) => wait(detail, status.dataset.offline));
document.addEventListener("htmx:timeout", ({ detail }) => wait(detail, status.dataset.late));

/* A mark that did not reach the server waits on this device, where that can be; everything else was not saved. */
function wait({ elt, target }, sentence) {
	if (!isState(target)) return fail(sentence, controlOf(elt));
	import("./offline.js").then(({ take }) => take(target, elt.value)).catch(() => fail(sentence, target));
}

/* A refusal comes as a sentence for the status line: it is shown as well as said. */
document.addEventListener("htmx:afterSwap", ({ detail: { target } }) => target === status && fail(status.textContent.trim()));

document.addEventListener("htmx:afterSettle", ({ target, detail: { requestConfig } }) => {
	target.querySelector('[aria-invalid="true"]')?.focus();
	// What was pressed is gone with its form: go on where the answer stands.
	const isAction = requestConfig?.verb === "post";
	if (isAction && document.activeElement === document.body && target.matches('[tabindex="-1"]')) target.focus({ preventScroll: true });
	// The toast that held the focus is gone: go on at the control that it changed.
	if (undoing && document.activeElement === document.body) {
		const changed = document.getElementById(undoing.id);
		(changed.querySelector('[aria-pressed="true"]') ?? changed.querySelector("a, button"))?.focus();
		undoing = null;
	}
});

/* Where the clipboard is closed to us, what was to be copied is selected instead. */
async function copy(button) {
	const from = document.getElementById(button.dataset.copy);
	try {
		await navigator.clipboard.writeText(from.value);
		status.textContent = button.querySelector("span").textContent = button.dataset.copied;
	} catch {
		from.select();
	}
}

document.addEventListener("click", ({ target }) => {
	const copying = target.closest("[data-copy]");
	if (copying) copy(copying);
	const close = target.closest("[data-close]");
	if (close) {
		close.closest(".toast").remove();
		document.getElementById("main").focus({ preventScroll: true });
	}
	for (const menu of document.querySelectorAll(".menu[open]")) {
		if (!menu.contains(target)) menu.open = false;
	}
});

document.addEventListener("keydown", ({ key }) => {
	const menu = key === "Escape" && document.querySelector(".menu[open]");
	if (menu) {
		menu.open = false;
		menu.querySelector("summary").focus();
	}
});

/* The search from any page, and its results by arrow keys. A letter typed into a field stays a letter. */
const goSearch = document.getElementById("go-search");
const isField = (element) => element.isContentEditable || element.matches("input, textarea, select");

document.addEventListener("keydown", (event) => {
	const { key, target, ctrlKey, metaKey, altKey } = event;
	const isSlash = key === "/" && !ctrlKey && !metaKey && !altKey && localStorage.getItem("slash") !== "off";
	const isControlK = key.toLowerCase() === "k" && (ctrlKey || metaKey) && !altKey;
	if (!goSearch || event.defaultPrevented || isField(target) || (!isSlash && !isControlK)) return;
	event.preventDefault();
	const field = document.getElementById("q");
	if (!field) return goSearch.click();
	field.focus();
	field.select();
});

document.addEventListener("keydown", (event) => {
	const { key, target } = event;
	const results = [...document.querySelectorAll("#answer .hit h3 a")];
	const place = results.indexOf(target);
	if (target.id !== "q" && place < 0) return;
	const field = document.getElementById("q");
	const next = { ArrowDown: results[place + 1], ArrowUp: place > 0 ? results[place - 1] : field, Escape: place < 0 ? null : field }[key];
	if (!next || next === target) return;
	event.preventDefault();
	next.focus();
});

/* A key of one letter can be in the way of speech input: it can be switched off, on this device. */
const slash = document.getElementById("slash");
if (slash) {
	slash.checked = localStorage.getItem("slash") !== "off";
	slash.addEventListener("change", () => localStorage.setItem("slash", slash.checked ? "on" : "off"));
}

/* Back and Forward show a page as the browser kept it, whatever the server says about keeping: from before the marks made since.
   A service worker asks the server first. */
addEventListener("pageshow", ({ persisted }) => {
	const [visit] = performance.getEntriesByType("navigation");
	if (persisted || (visit?.type === "back_forward" && visit.transferSize === 0 && !visit.workerStart)) location.reload();
});

/* Times without a connection. What they take is loaded where there is something to do: the page was kept, marks wait, somebody else
   was here before. */
const { person, kept, worker } = document.body.dataset;
addEventListener("offline", () => import("./offline.js").catch(() => null));
addEventListener("load", () => {
	if (!person || !("serviceWorker" in navigator)) return;
	if (worker) navigator.serviceWorker.register(worker).catch(() => null);
	if (kept || localStorage.getItem("marks wait") || (localStorage.getItem("person") ?? "guest") !== person) import("./offline.js");
});
