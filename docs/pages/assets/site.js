// A block of code that is too wide scrolls. The theme lets keys reach it only where there is a mouse, and a tablet with a
// keyboard has none.
const blocks = document.querySelectorAll("pre > code");
const reach = (code) => {
  if (code.scrollWidth > code.clientWidth && !code.hasAttribute("tabindex")) code.setAttribute("tabindex", "0");
};
const taken = new MutationObserver((changes) => changes.forEach((change) => reach(change.target)));
blocks.forEach((code) => {
  reach(code);
  taken.observe(code, { attributes: true, attributeFilter: ["tabindex"] });
});
addEventListener("resize", () => blocks.forEach(reach));
