// A file larger than the browser may send is told before it is sent: data-most is the limit in MB.
document.addEventListener("change", (event) => {
  const most = Number(event.target.dataset.most);
  if (!most) return;
  const file = event.target.files[0];
  const isTooLarge = file && file.size > most * 1024 * 1024;
  const hint = document.getElementById(`${event.target.id}-hint`);
  event.target.setCustomValidity(isTooLarge ? hint.textContent : "");
  if (isTooLarge) event.target.reportValidity();
});
