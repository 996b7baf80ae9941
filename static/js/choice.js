// Theme and density are chosen per device: the page changes at once, a cookie tells the server for the next one.
// The same form works without JavaScript, so a change here only spares the button.
const YEAR = 60 * 60 * 24 * 365;

document.addEventListener("change", (event) => {
  const choice = event.target.dataset.choice;
  if (choice !== "theme" && choice !== "density") return;
  const value = event.target.value;
  if (value && value !== "system") document.documentElement.dataset[choice] = value;
  else delete document.documentElement.dataset[choice];
  document.cookie = `${choice}=${encodeURIComponent(value)}; path=/; max-age=${YEAR}; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
});
