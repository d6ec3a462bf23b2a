// Sends a form and stays on the page until it has arrived: a lost connection, a restart, an ended session lose nothing, and
// its token makes it one effect however often it is sent.
(function () {
  "use strict";
  // A form is on its way, and would be lost with the page.
  var unsent = false;
  function native(form) {
    unsent = false;
    hall.settle();
    HTMLFormElement.prototype.submit.call(form);
  }
  function send(form, tries) {
    if (hall.left) { return; }
    var pairs = new URLSearchParams(new FormData(form));
    var again = function () { send(form, tries + 1); };
    fetch(form.action, { method: "POST", body: pairs, headers: { "x-console": "1" } }).then(function (answer) {
      if (answer.status === 401) { hall.out("send", again); return; }
      // Logged in again on another page: the stream tells this one.
      if (answer.status === 403 && tries < 3) { hall.listen(); setTimeout(again, 1500); return; }
      if (answer.status >= 500) { throw new Error(answer.status); }
      hall.banner("unsent", "");
      var go = answer.headers.get("x-go");
      if (go) { unsent = false; hall.settle(); location.href = go; return; }
      // It had no effect. The same form says so on a page of its own.
      native(form);
    }).catch(function () {
      hall.banner("unsent", hall.word("unsent"));
      setTimeout(again, 3000);
    });
  }
  window.addEventListener("beforeunload", function (event) { if (unsent && !hall.left) { event.preventDefault(); } });
  Array.prototype.forEach.call(document.querySelectorAll(".screen form"), function (form) {
    if (!form.elements.once || /\/(claim|looked)$/.test(form.action)) { return; }
    form.addEventListener("submit", function (event) {
      if (event.submitter && event.submitter.hasAttribute("formaction")) { hall.settle(); return; }
      event.preventDefault();
      if (form.dataset.sending) { return; }
      form.dataset.sending = "1";
      unsent = true;
      hall.noteCopies().then(function () { send(form, 0); });
    });
  });
})();
