// Copying, field by field.
(function () {
  "use strict";
  var body = document.body, sheet = document.getElementById("sheet");
  var rows = sheet ? Array.prototype.filter.call(sheet.rows, function (row) { return row.querySelector(".copy"); }) : [];
  var at = 0;
  hall.rows = rows;
  hall.noteCopies = function () { return Promise.resolve(); };
  function mark() {
    rows.forEach(function (row, n) { row.classList.toggle("here", n === at); });
    var did = rows.filter(function (row) { return row.classList.contains("did"); }).length;
    var says = document.getElementById("copied");
    if (says) { says.textContent = did + hall.word("of") + rows.length + " " + hall.word("copied"); }
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
  hall.copyNext = function () {
    var last = rows.length > 0 && rows[rows.length - 1].classList.contains("did") && at === rows.length - 1;
    // Nothing of the case stays on the clipboard once all of it was copied.
    if (last) { put(" "); document.getElementById("i-a.number").focus(); return; }
    copy(at);
  };
  rows.forEach(function (row, n) {
    row.querySelector(".copy").addEventListener("click", function () { copy(n); });
  });
  var next = document.getElementById("copy-next");
  if (next) { next.addEventListener("click", hall.copyNext); mark(); }
})();
