// The pages that this device keeps, for the page that stands in for one it does not.

const TITLE = /<title>([^<|]*)/;
const list = document.getElementById("kept");

async function fill() {
	const seen = new Map();
	for (const name of (await caches.keys()).filter((one) => one.startsWith("pages "))) {
		const pages = await caches.open(name);
		for (const { url } of await pages.keys()) seen.set(new URL(url).pathname, await (await pages.match(url, { ignoreVary: true })).text());
	}
	for (const [path, text] of [...seen].sort()) {
		const link = document.createElement("a");
		link.href = path;
		link.textContent = new DOMParser().parseFromString(TITLE.exec(text)?.[1] ?? path, "text/html").body.textContent.trim();
		const item = document.createElement("li");
		item.append(link);
		list.append(item);
	}
	document.getElementById("kept-part").hidden = !seen.size;
}

document.getElementById("again").addEventListener("click", () => location.reload());
// Whoever has just followed a link goes there, and a connection that comes and goes at once is none.
let isLeaving = false;
addEventListener("beforeunload", () => (isLeaving = true));
addEventListener("pageshow", () => (isLeaving = false));
addEventListener("online", () => isLeaving || !navigator.onLine || location.reload());
fill();
