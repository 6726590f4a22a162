
const sheet = JSON.parse(document.getElementById("sheet").textContent);
const student = document.getElementById("student");

// answers are those of the exercises in order, "" where there is none.
function answers() {
  return [...document.querySelectorAll(".exercise .answer")].map((a) => {
    if (a.dataset.kind === "option") {
      const chosen = a.querySelector("input:checked");
      return chosen ? chosen.value : "";
    }
    return a.querySelector("input").value.trim();
  });
}

// save gives the answers to the browser as a file.
function save() {
  const data = Object.assign({}, sheet, { student: student.value.trim(), answers: answers() });
  const url = URL.createObjectURL(new Blob([JSON.stringify(data, null, 1) + "\n"], { type: "application/json" }));
  const who = data.student.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "").toLowerCase();
  const file = "answers-" + (who || sheet.seed) + ".json";
  make("a", { href: url, download: file }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
  document.getElementById("saved").textContent = texts.saved.replace("{file}", file);
}

const button = document.getElementById("save");
if (button) {
  document.getElementById("saving").hidden = false;
  button.addEventListener("click", save);
}
document.getElementById("tools").hidden = false;
theme(document.getElementById("theme"));
document.getElementById("print").addEventListener("click", () => print());
addEventListener("resize", scrollers);
scrollers();
