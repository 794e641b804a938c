"use strict";

// Spans of sentences that somebody has changed on this page, by sentence: nothing leaves it but the file that they ask for.
const corrected = new Map();

function editor(sentence) {
  const tokens = sentence[TOKENS], types = data.types.slice(0, data.correctable);
  const shown = make("p", { class: "text", dir: "auto", lang: "" });
  const places = (selected) => tokens.map((text, place) => {
    const option = make("option", { value: String(place) }, `${place} ${text}`);
    option.selected = place === selected;
    return option;
  });
  const field = (words, ...options) => {
    const select = make("select", {}, ...options);
    return [select, make("p", {}, make("label", {}, `${words} `, select))];
  };
  const [first, firstField] = field("First token", ...places(0));
  const [last, lastField] = field("Last token", ...places(0));
  const [type, typeField] = field("Type", ...types.map((name, number) => make("option", { value: String(number) }, name)), make("option", { value: "" }, "no entity"));
  const set = make("button", { type: "button" }, "Set it"), undo = make("button", { type: "button" }, "As it was");
  const draw = () => {
    shown.replaceChildren(...marked(tokens, corrected.get(sentence) ?? sentence[SPANS], LONGEST));
    undo.disabled = !corrected.has(sentence);
    tellCorrected();
  };
  first.addEventListener("change", () => { if (Number(last.value) < Number(first.value)) last.value = first.value; });
  set.addEventListener("click", () => {
    const after = changed(corrected.get(sentence) ?? sentence[SPANS], Number(first.value), Math.max(Number(first.value), Number(last.value)) + 1, type.value);
    if (after.join() === sentence[SPANS].join()) corrected.delete(sentence);
    else corrected.set(sentence, after);
    draw();
  });
  undo.addEventListener("click", () => { corrected.delete(sentence); draw(); set.focus(); });
  draw();
  return make("div", { class: "editor" }, shown, make("div", { class: "fields" }, firstField, lastField, typeField), make("p", {}, set, " ", undo));
}

// The spans with one more, which replaces all that it overlaps; without a type that is all it does.
function changed(spans, begin, end, type) {
  const kept = threes(spans).filter(([start, stop]) => stop <= begin || end <= start);
  if (type !== "") kept.push([begin, end, Number(type)]);
  return kept.sort((one, other) => one[0] - other[0]).flat();
}

const threes = (spans) => spans.flatMap((_, place) => (place % 3 ? [] : [spans.slice(place, place + 3)]));

function tellCorrected() {
  find("corrections").hidden = corrected.size === 0;
  find("corrected-count").textContent = `${counted(corrected.size, "sentence")} corrected on this page`;
}

// A line for each sentence, as builds take them: all spans that it has, and all that it shall have.
function correctionLine([sentence, after], who, why) {
  const named = (spans) => threes(spans).map(([begin, end, type]) => [begin, end, data.types[type]]);
  const config = data.config ? { config: data.config } : {};
  return `${JSON.stringify({ id: sentence[ID], ...config, tokens: sentence[TOKENS], before: named(sentence[SPANS]), after: named(after), who, why })}\n`;
}

function download(lines) {
  const address = URL.createObjectURL(new Blob(lines, { type: "application/jsonl" }));
  make("a", { href: address, download: "corrections.jsonl" }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

if (document.getElementById("corrections")) {
  document.getElementById("corrections").addEventListener("submit", (event) => {
    event.preventDefault();
    const [who, why] = ["who", "why"].map((name) => find(name).value.trim());
    if (who && why) download([...corrected].map((one) => correctionLine(one, who, why)));
  });
}

const canCorrect = (sentence) => data.correctable > 0 && sentence[GROUP] < data.published && sentence[ID] !== "" && sentence[TOKENS].length <= LONGEST;
