// The session ended, or is another: whoever was here logs in on the same page and goes on.
(function () {
  "use strict";
  var dialog = document.getElementById("login-again"), waiting = {};
  // `then` is done once somebody is logged in again; one of each kind.
  hall.out = function (kind, then) {
    if (hall.left) { return; }
    if (!dialog || !dialog.showModal) { location.href = "/console/login?again=1"; return; }
    waiting[kind] = then;
    if (!dialog.open) { dialog.showModal(); document.getElementById("login-password").focus(); }
  };
  // Whose session this page has now. What somebody typed is shown to nobody else, and kept for nobody else.
  hall.who = function (person, csrf) {
    if (hall.left) { return; }
    if (person !== hall.live.dataset.person) { hall.left = true; location.replace(location.pathname); return; }
    Array.prototype.forEach.call(document.querySelectorAll("input[name=csrf]"), function (input) { input.value = csrf; });
    if (dialog && dialog.open) { dialog.close(); }
    var all = waiting;
    waiting = {};
    Object.keys(all).forEach(function (kind) { all[kind](); });
  };
  if (!dialog) { return; }
  // The page behind it shows a case, and nobody says who sits before it.
  dialog.addEventListener("cancel", function (event) { event.preventDefault(); });
  var form = dialog.querySelector("form"), wrong = document.getElementById("login-wrong");
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    var pairs = new URLSearchParams(new FormData(form)), head = { method: "POST", body: pairs, headers: { "x-console": "1" } };
    var say = function (text) { wrong.textContent = text; wrong.hidden = !text; };
    fetch("/console/login?lang=" + form.dataset.lang, head).then(function (answer) {
      if (!answer.ok) { return answer.text().then(say); }
      return answer.json().then(function (told) {
        say("");
        form.elements.password.value = "";
        form.elements.code.value = "";
        if (told.go) { hall.left = true; location.href = told.go; return; }
        hall.who(told.person, told.csrf);
      });
    }).catch(function () { say(hall.word("lost")); });
  });
})();
