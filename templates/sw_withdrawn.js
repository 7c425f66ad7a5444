// The service worker, withdrawn: it takes the place of the one that is there, drops what that kept, and goes.

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => event.waitUntil(leave()));

async function leave() {
	for (const name of await caches.keys()) await caches.delete(name);
	await self.registration.unregister();
}
