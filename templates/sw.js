// The service worker. The server writes one line in front: RELEASE, with its version, its files and how many days a page is kept.
//
// It keeps the static files of the release, and the pages of the roadmap as they were last seen, for one person at a time. Everything
// else (account, settings, mentoring, projects, the workshop) passes through and is kept nowhere.

const FILES = `files ${RELEASE.version}`;
const OFFLINE = "/offline/";
const PAGES = /^\/(?:(?:stages|skills)\/[\w-]+\/)?$/;
// Where people sign in and out.
const ACCOUNT = "/accounts/";
const HASHED = /\.[0-9a-f]{12}\.\w+$/;
// How long a page may take before the kept one is shown, in milliseconds.
const PATIENCE = 3000;

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
	const { request } = event;
	const url = new URL(request.url);
	if (url.origin !== location.origin) return;
	if (request.method === "POST" && url.pathname.startsWith(ACCOUNT)) event.waitUntil(forget());
	if (request.method !== "GET") return;
	if (url.pathname.startsWith(RELEASE.static)) event.respondWith(file(request, url));
	else if (request.mode === "navigate" || request.headers.has("Renews")) event.respondWith(page(event, url));
	else if (url.pathname === OFFLINE) event.respondWith(fetch(request).catch(standIn));
});

async function install() {
	const files = await caches.open(FILES);
	await files.addAll([...RELEASE.files, OFFLINE]);
	await self.skipWaiting();
}

/* What the last release kept stays readable, with its files; what earlier ones kept goes. */
async function activate() {
	const names = await caches.keys();
	const earlier = names.filter((name) => name.startsWith("files ") && name !== FILES);
	const kept = [FILES, ...earlier.slice(-1)].map((name) => name.split(" ")[1]);
	for (const name of names) if (!kept.includes(name.split(" ")[1])) await caches.delete(name);
	await self.clients.claim();
	// The page that brought the worker was loaded without it.
	for (const client of await self.clients.matchAll({ type: "window" })) {
		const url = new URL(client.url);
		if (isKept(url)) await fetch(url.pathname).then((response) => keep(url.pathname, response, 0), () => null);
	}
}

const isKept = (url) => PAGES.test(url.pathname) && !url.search;

/* A name with a hash in it never changes its content. */
async function file(request, url) {
	const kept = await caches.match(url.pathname, { ignoreVary: true });
	if (kept && HASHED.test(url.pathname)) return kept;
	try {
		const response = await fetch(request);
		if (response.status === 200 && !url.pathname.startsWith(`${RELEASE.static}admin/`)) {
			const files = await caches.open(FILES);
			await files.put(url.pathname, response.clone());
		}
		return response;
	} catch (error) {
		if (kept) return kept;
		throw error;
	}
}

/* The network's answer; where none comes, or none in time, the page as it was last seen; else the page that says so. */
async function page(event, url) {
	const isVisit = event.request.mode === "navigate";
	const kept = isVisit && isKept(url) ? await lastSeen(url.pathname) : null;
	const since = turns;
	const answer = fetch(event.request).then((response) => {
		if (isKept(url)) event.waitUntil(keep(url.pathname, response.clone(), since));
		return response;
	});
	event.waitUntil(answer.catch(() => null));
	const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, kept));
	try {
		return await (kept ? Promise.race([answer, late]) : answer);
	} catch (error) {
		const instead = kept ?? (isVisit && (await standIn()));
		if (instead) return instead;
		throw error;
	}
}

async function standIn() {
	const files = await caches.open(FILES);
	return files.match(OFFLINE, { ignoreVary: true });
}

/* Somebody signs in or out: what was kept goes, and what was asked for before that is not kept when it comes. */
let turns = 0;
async function forget() {
	turns += 1;
	for (const name of await caches.keys()) if (name.startsWith("pages ")) await caches.delete(name);
}

/* A page may have been seen under this release and the one before. */
async function lastSeen(path) {
	let newest = null;
	for (const name of await caches.keys()) {
		if (!name.startsWith("pages ")) continue;
		const pages = await caches.open(name);
		const kept = await pages.match(path, { ignoreVary: true });
		if (!kept) continue;
		if (!(Date.now() - keptAt(kept) < RELEASE.days * 86400000)) await pages.delete(path, { ignoreVary: true });
		else if (!newest || keptAt(kept) > keptAt(newest)) newest = kept;
	}
	return newest;
}

const keptAt = (response) => Date.parse(response.headers.get("Kept-At"));

/* A page names whose it is. Somebody else's pages are dropped first, and a page that says when it was kept is put in. */
async function keep(path, response, since) {
	const isPage = response.headers.get("Content-Type")?.startsWith("text/html");
	if (response.status !== 200 || response.redirected || !isPage || response.headers.get("Cache-Control")?.includes("no-store")) return;
	const text = await response.text();
	const person = /<body[^>]* data-person="(\w+)"/.exec(text)?.[1];
	if (!person || since !== turns) return;
	for (const name of await caches.keys()) {
		if (name.startsWith("pages ") && name.split(" ")[2] !== person) await caches.delete(name);
	}
	const at = new Date().toISOString();
	const headers = new Headers(response.headers);
	for (const name of ["Content-Encoding", "Content-Length"]) headers.delete(name);
	headers.set("Kept-At", at);
	const pages = await caches.open(`pages ${RELEASE.version} ${person}`);
	await pages.put(path, new Response(text.replace("<body ", `<body data-kept="${at}" `), { headers }));
	await speak(languageOf(text));
}

const languageOf = (text) => /<html lang="([\w-]+)"/.exec(text)?.[1];

/* The page that stands in for others has the language of the one that was seen last. */
async function speak(language) {
	const kept = await standIn();
	if (!kept || languageOf(await kept.text()) === language) return;
	const files = await caches.open(FILES);
	await files.add(OFFLINE);
}
