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
const waiting = new WeakMap();
let undoing = null;

document.addEventListener("htmx:beforeRequest", ({ detail: { elt, xhr, requestConfig } }) => {
	if (requestConfig.verb === "get") return;
	controlOf(elt)?.setAttribute("aria-busy", "true");
	const word = elt.textContent.trim();
	waiting.set(
		xhr,
		setTimeout(() => {
			status.textContent = status.dataset.saving.replace("%s", word);
		}, SLOW),
	);
	undoing = toasts.contains(elt) ? elt.getAttribute("hx-target") : null;
});

document.addEventListener("htmx:afterRequest", ({ detail: { elt, xhr } }) => {
	clearTimeout(waiting.get(xhr));
	controlOf(elt)?.removeAttribute("aria-busy");
});

document.addEventListener("htmx:responseError", ({ detail: { elt, xhr } }) => fail(sentenceFor(xhr), controlOf(elt)));
for (const name of ["htmx:sendError", "htmx:timeout"]) {
	document.addEventListener(name, ({ detail: { elt } }) => fail(status.dataset.offline, controlOf(elt)));
}

document.addEventListener("htmx:afterSettle", ({ detail: { target } }) => {
	target.querySelector('[aria-invalid="true"]')?.focus();
	// The toast that held the focus is gone: go on at the control that it changed.
	if (undoing && document.activeElement === document.body) {
		document.querySelector(`${undoing} [aria-pressed="true"]`)?.focus();
		undoing = null;
	}
});

document.addEventListener("click", ({ target }) => {
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
