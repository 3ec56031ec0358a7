// Keys go to the terminal without a click, as soon as it has its connection: before, it could not tell of its focus.
new MutationObserver((_changes, observer) => {
  if (!document.body.classList.contains("-loaded")) return;
  observer.disconnect();
  document.querySelector(".xterm-helper-textarea").focus();
}).observe(document.body, { attributes: true, attributeFilter: ["class"] });
