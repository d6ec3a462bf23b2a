// Copying, field by field, as it stands or in the form that the other system wants. What was copied is told to the journal.
(function () {
  "use strict";
  var body = document.body, sheet = document.getElementById("sheet"), STORE = "tanghulu-forms";
  var rows = sheet ? Array.prototype.filter.call(sheet.rows, function (row) { return row.querySelector(".copy"); }) : [];
  var at = 0, copied = {}, forms = {};
  hall.rows = rows;
  function mark() {
    rows.forEach(function (row, n) { row.classList.toggle("here", n === at); });
    var did = rows.filter(function (row) { return row.classList.contains("did"); }).length;
    var says = document.getElementById("copied");
    if (says) { says.textContent = did + hall.word("of") + rows.length + " " + hall.word("copied"); }
    rows.forEach(function (row) { row.classList.toggle("formed", form(row) !== "is"); });
    offer();
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

  // --- forms: as it is, a date without marks, full-width
  var DATE = /^(\d{4})[-\/.](\d{2})[-\/.](\d{2})$/;
  function formed(text, form) {
    if (form === "compact") { return text.replace(DATE, "$1$2$3"); }
    if (form !== "wide") { return text; }
    return text.replace(/[!-~]/g, function (c) { return String.fromCharCode(c.charCodeAt(0) + 0xfee0); }).replace(/ /g, "\u3000");
  }
  hall.formed = formed;
  try { forms = JSON.parse(localStorage.getItem(STORE)) || {}; } catch (error) { /* as it is, then */ }
  function value(row) { return row.querySelector(".value").textContent; }
  function form(row) { return forms[row.dataset.field] || "is"; }
  // One choice for the row that is next: it would be in the way on each. It is remembered by the field's name.
  var box = document.getElementById("copy-as");
  function offer() {
    var row = rows[at];
    if (!box || !row) { return; }
    box.parentNode.hidden = false;
    Array.prototype.forEach.call(box.options, function (option) {
      option.disabled = option.value === "compact" ? !DATE.test(value(row)) : option.value === "wide" && !/[ -~]/.test(value(row));
    });
    box.value = form(row);
  }
  if (box) {
    box.addEventListener("change", function () {
      forms[rows[at].dataset.field] = box.value;
      try { localStorage.setItem(STORE, JSON.stringify(forms)); } catch (error) { /* until the page is left */ }
      mark();
    });
  }

  function copy(n) {
    if (!rows[n]) { return; }
    at = n;
    put(formed(value(rows[n]), form(rows[n]))).then(function () {
      copied[rows[n].dataset.field] = true;
      rows[n].classList.add("did");
      if (at + 1 < rows.length) { at = at + 1; }
      mark();
    });
  }
  hall.copyNext = function () {
    var last = rows.length > 0 && rows[rows.length - 1].classList.contains("did") && at === rows.length - 1;
    // Nothing of the case stays on the clipboard once all of it was copied.
    if (last) { put(" "); document.getElementById("i-a.number").focus(); return; }
    copy(at);
  };
  rows.forEach(function (row, n) {
    // Not by focus: a window that is gone back to focuses what was clicked last, and that was copied already.
    row.cells[0].addEventListener("click", function () { at = n; mark(); });
    row.querySelector(".copy").addEventListener("click", function () { copy(n); });
  });
  var next = document.getElementById("copy-next");
  if (next) { next.addEventListener("click", hall.copyNext); mark(); }

  // --- which fields, never what was in them: one entry of the journal, when the page is sent or left
  function told() {
    var names = Object.keys(copied), pairs = new URLSearchParams();
    if (!names.length || hall.left) { return null; }
    copied = {};
    pairs.set("csrf", document.querySelector("input[name=csrf]").value);
    names.forEach(function (name) { pairs.set("c." + name, "1"); });
    return pairs;
  }
  hall.noteCopies = function () {
    var names = copied, pairs = told();
    if (!pairs) { return Promise.resolve(); }
    return fetch(sheet.dataset.copied, { method: "POST", body: pairs, headers: { "x-console": "1" } }).then(function (answer) {
      if (!answer.ok) { throw new Error(answer.status); }
    }).catch(function () { Object.keys(names).forEach(function (name) { copied[name] = true; }); });
  };
  if (sheet) {
    window.addEventListener("pagehide", function () {
      var pairs = told();
      if (pairs) { navigator.sendBeacon(sheet.dataset.copied, pairs); }
    });
  }
})();
