// Drafts: to the server two seconds after the first key that it does not have.
(function () {
  "use strict";
  var entry = hall.entry, kept = hall.kept, waiting = null, dirty = false, turn = 0;
  function keep() {
    clearTimeout(waiting);
    waiting = null;
    if (hall.left) { return; }
    dirty = false;
    var pairs = new URLSearchParams(new FormData(entry));
    // One that was thought lost on its way may arrive after the next.
    turn += 1;
    pairs.set("turn", turn);
    fetch(entry.dataset.draft, { method: "POST", body: pairs, headers: { "x-console": "1" }, redirect: "error" })
      .then(function (answer) {
        if (answer.status === 401) { hall.out("draft", keep); }
        if (answer.status === 403) { hall.listen(); }
        if (!answer.ok) { throw new Error(answer.status); }
        return answer.text();
      })
      .then(function (time) {
        kept.textContent = hall.word("kept") + " " + time;
        kept.classList.remove("error");
        if (!dirty) { hall.unseal(); }
      })
      .catch(function () {
        kept.textContent = hall.word("failed");
        kept.classList.add("error");
        dirty = true;
        if (!waiting) { waiting = setTimeout(keep, 4000); }
      });
  }
  hall.keep = function () { if (dirty) { keep(); } };
  // It was sent: there is nothing to keep any more.
  hall.settle = function () {
    dirty = false;
    clearTimeout(waiting);
    hall.unseal();
  };
  if (!entry || !kept) { return; }
  entry.addEventListener("input", function () {
    dirty = true;
    if (!waiting) { waiting = setTimeout(keep, 2000); }
  });
  window.addEventListener("beforeunload", function (event) {
    if (dirty && !hall.left) { keep(); event.preventDefault(); }
  });
})();
