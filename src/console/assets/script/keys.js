// Keys.
(function () {
  "use strict";
  var entry = hall.entry;
  function send() {
    var button = entry && entry.querySelector("button.main");
    if (button) { button.click(); }
  }
  document.addEventListener("keydown", function (event) {
    // Enter that ends an input method's composition is no Enter of ours.
    var composing = event.isComposing || event.keyCode === 229;
    if (event.key === "Enter" && composing) { return; }
    if (event.key === "Enter" && event.ctrlKey) { event.preventDefault(); send(); return; }
    if (event.altKey && (event.key === "c" || event.key === "C") && hall.rows.length) { event.preventDefault(); hall.copyNext(); return; }
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
