// The time zone that this browser is in, where none was chosen yet.

const select = document.querySelector("select[data-zone]");
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (select && !select.value && [...select.options].some(({ value }) => value === here)) select.value = here;
