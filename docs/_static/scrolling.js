// What scrolls sideways can be reached, and then scrolled, with the keyboard.
addEventListener("load", () => {
  for (const node of document.querySelectorAll(".formula, .scrolls, .way-of-a-row")) {
    if (node.scrollWidth > node.clientWidth) node.tabIndex = 0;
  }
});
