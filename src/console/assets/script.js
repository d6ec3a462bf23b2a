// Saves keystrokes and drafts. Every action works without it.
(function () {
  "use strict";
  var body = document.body;
  var sheet = document.getElementById("sheet");
  var entry = document.getElementById("entry");
  var kept = document.getElementById("kept");

  // --- copying, field by field
  var rows = sheet ? Array.prototype.filter.call(sheet.rows, function (row) { return row.querySelector(".copy"); }) : [];
  var at = 0;
  function mark() {
    rows.forEach(function (row, n) { row.classList.toggle("here", n === at); });
    var did = rows.filter(function (row) { return row.classList.contains("did"); }).length;
    var says = document.getElementById("copied");
    if (says) { says.textContent = did + body.dataset.of + rows.length + " " + body.dataset.copied; }
  }
  function put(text) {
    // Pages of plain HTTP have no clipboard of their own: the old way is kept beside the new one.
    if (navigator.clipboard && window.isSecureContext) { return navigator.clipboard.writeText(text); }
    var area = document.createElement("textarea");
    area.value = text;
    body.appendChild(area);
    area.select();
    document.execCommand("copy");
    body.removeChild(area);
    return Promise.resolve();
  }
  function copy(n) {
    if (!rows[n]) { return; }
    at = n;
    put(rows[n].querySelector(".value").textContent).then(function () {
      rows[n].classList.add("did");
      if (at + 1 < rows.length) { at = at + 1; }
      mark();
    });
  }
  function copyNext() {
    var last = rows.length > 0 && rows[rows.length - 1].classList.contains("did") && at === rows.length - 1;
    // Nothing of the case stays on the clipboard once all of it was copied.
    if (last) { put(" "); document.getElementById("i-a.number").focus(); return; }
    copy(at);
  }
  rows.forEach(function (row, n) {
    row.querySelector(".copy").addEventListener("click", function () { copy(n); });
  });
  var next = document.getElementById("copy-next");
  if (next) { next.addEventListener("click", copyNext); mark(); }

  // --- drafts: to the server two seconds after the last key
  var waiting = null, dirty = false;
  function keep() {
    waiting = null;
    dirty = false;
    var pairs = new URLSearchParams(new FormData(entry));
    fetch(entry.dataset.draft, { method: "POST", body: pairs, headers: { "x-console": "1" }, redirect: "error" })
      .then(function (answer) { if (!answer.ok) { throw new Error(answer.status); } return answer.text(); })
      .then(function (time) { kept.textContent = body.dataset.kept + " " + time; kept.classList.remove("error"); })
      .catch(function () {
        kept.textContent = body.dataset.failed;
        kept.classList.add("error");
        dirty = true;
        if (!waiting) { waiting = setTimeout(keep, 4000); }
      });
  }
  if (entry && kept) {
    entry.addEventListener("input", function () {
      dirty = true;
      if (!waiting) { waiting = setTimeout(keep, 2000); }
    });
    window.addEventListener("beforeunload", function (event) { if (dirty) { keep(); event.preventDefault(); } });
    entry.addEventListener("submit", function () { dirty = false; clearTimeout(waiting); });
  }

  // --- keys
  function send() {
    var button = entry && entry.querySelector("button.main");
    if (button) { button.click(); }
  }
  document.addEventListener("keydown", function (event) {
    // Enter that ends an input method's composition is no Enter of ours.
    var composing = event.isComposing || event.keyCode === 229;
    if (event.key === "Enter" && composing) { return; }
    if (event.key === "Enter" && event.ctrlKey) { event.preventDefault(); send(); return; }
    if (event.altKey && (event.key === "c" || event.key === "C") && rows.length) { event.preventDefault(); copyNext(); return; }
    var take = document.getElementById("next");
    if (event.altKey && (event.key === "n" || event.key === "N") && take) { event.preventDefault(); take.click(); return; }
    var typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === "?" && !typing) {
      var help = document.querySelector("details.keys");
      if (help) { help.open = !help.open; }
      return;
    }
    if (event.key === "Enter" && typing && entry && entry.contains(event.target)) {
      event.preventDefault();
      var inputs = Array.prototype.filter.call(entry.elements, function (e) { return e.type !== "hidden" && e.tagName !== "FIELDSET" && !e.disabled; });
      var here = inputs.indexOf(event.target);
      if (inputs[here + 1]) { inputs[here + 1].focus(); }
    }
  });
  var errors = document.getElementById("errors");
  if (errors) { errors.focus(); }
})();
