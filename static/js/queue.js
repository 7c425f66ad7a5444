// Marks made without a connection. They wait in this browser's database, in order, each with a key of its own, under the name of
// whoever made them, until the server has taken them or the person has discarded them.
//
// A mark: { id, key, person, slug, title, address, before, state, at, problem, stands }. `problem` is "elsewhere" where the skill was
// marked meanwhile (then `stands` is what stands), or "gone" where the roadmap has no such skill any more; such a mark waits for the person.

const changes = new BroadcastChannel("waiting marks");
// Set while anything waits, so that pages need not open the database to know.
const FLAG = "marks wait";
const PATIENCE = 10000;
// The skill is not there any more, or nobody understands the mark: an answer that will not change.
const GONE = [404, 410, 422];

const result = (request) =>
	new Promise((resolve, reject) => {
		request.onsuccess = () => resolve(request.result);
		request.onerror = () => reject(request.error);
	});

let opened;
function database() {
	if (!opened) {
		const opening = indexedDB.open("staircase", 1);
		opening.onupgradeneeded = () => opening.result.createObjectStore("marks", { keyPath: "id", autoIncrement: true });
		opened = result(opening);
	}
	return opened;
}

/* Reads everything and changes it in one transaction, which other tabs wait for. So the flag is written in it as well. */
async function change(act) {
	const transaction = (await database()).transaction("marks", "readwrite");
	const store = transaction.objectStore("marks");
	const ended = new Promise((resolve, reject) => {
		transaction.oncomplete = resolve;
		transaction.onabort = () => reject(transaction.error);
	});
	act(await result(store.getAll()), store);
	if (await result(store.count())) localStorage.setItem(FLAG, "yes");
	else localStorage.removeItem(FLAG);
	await ended;
	changes.postMessage("changed");
}

async function everything() {
	const store = (await database()).transaction("marks").objectStore("marks");
	return result(store.getAll());
}

/* Calls back when another tab has changed the queue, or has sent a mark. */
export const onChange = (act) => changes.addEventListener("message", ({ data }) => act(data));

export const waiting = async (person) => (await everything()).filter((mark) => mark.person === person);

/* How many marks wait for people who are not signed in now. */
export const held = async (person) => (await everything()).filter((mark) => mark.person !== person && mark.person !== "guest").length;

/* Puts a mark at the end. It begins where the one before on its skill ended, and answers what was asked about that. */
export const add = (mark) =>
	change((marks, store) => {
		const last = marks.filter(({ person, slug }) => person === mark.person && slug === mark.slug).at(-1);
		const entry = { ...mark, key: crypto.randomUUID(), at: new Date().toISOString(), before: last?.state ?? mark.before };
		if (last?.problem) {
			store.delete(last.id);
			entry.before = last.stands ?? last.before;
		}
		if (entry.before !== entry.state) store.add(entry);
	});

/* The answer to "which is right?": what was marked here goes out anew, or is dropped. */
export const choose = (person, slug, isHere) =>
	change((marks, store) => {
		for (const mark of marks.filter((one) => one.person === person && one.slug === slug)) {
			if (isHere) store.put({ ...mark, key: crypto.randomUUID(), before: mark.stands, problem: null, stands: null });
			else store.delete(mark.id);
		}
	});

export const discard = (person) =>
	change((marks, store) => {
		for (const mark of marks) if (mark.person === person) store.delete(mark.id);
	});

/* Sends what waits, one after the other; one tab at a time. Says how many were taken, and what stopped it:
   "" (nothing is left to send), "offline", "signed out" or "later" (the server cannot take them now). */
export const send = (person) => navigator.locks.request("waiting marks", () => sendAll(person));

async function sendAll(person) {
	let taken = 0;
	let now = null;
	for (;;) {
		const mark = (await waiting(person)).find(({ problem }) => !problem);
		if (!mark) return { taken, stopped: "" };
		let answer;
		let said = null;
		try {
			// The page may be older than the sign-in: who is it by now, and what is the token?
			now ??= await (await fetch("/offline/person/", { signal: AbortSignal.timeout(PATIENCE) })).json();
			if (now.person !== person) return { taken, stopped: "signed out" };
			answer = await post(mark, now.token);
			if (answer.ok || answer.status === 409) said = await answer.json();
		} catch {
			return { taken, stopped: "offline" };
		}
		if (answer.status === 403) return { taken, stopped: "signed out" };
		if (GONE.includes(answer.status)) {
			await ask(mark, { problem: "gone" });
		} else if (said?.wanted !== mark.state) {
			// Not an answer of the site's own, such as of a proxy on the way: nothing is known of the mark.
			return { taken, stopped: "later" };
		} else if (answer.ok) {
			await change((marks, store) => store.delete(mark.id));
			taken += 1;
			changes.postMessage("sent");
		} else {
			await ask(mark, { problem: "elsewhere", stands: said.stands });
		}
	}
}

const post = ({ address, key, before, state, at, person }, token) =>
	fetch(address, {
		method: "POST",
		headers: { "X-CSRFToken": token },
		body: new URLSearchParams({ state, key, before, at, person }),
		signal: AbortSignal.timeout(PATIENCE),
	});

/* All that waits on this skill becomes one mark, the last wanted, that the person decides about. */
const ask = ({ id, person, slug }, problem) =>
	change((marks, store) => {
		const all = marks.filter((one) => one.person === person && one.slug === slug);
		const last = all.at(-1);
		for (const one of all) store.delete(one.id);
		// None is left where another tab has discarded them meanwhile.
		if (last && last.state !== problem.stands) store.put({ ...last, ...problem, id });
	});
