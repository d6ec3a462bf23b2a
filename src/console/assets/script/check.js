// Says at a field, when it is left, what the server would say once it is sent. It stops nobody: the server judges.
(function () {
  "use strict";
  var entry = hall.entry;
  if (!entry) { return; }
  function isDate(text) {
    var parts = /^(\d{4})[-\/.年]?(\d{1,2})[-\/.月]?(\d{1,2})日?$/.exec(text);
    if (!parts) { return false; }
    var day = new Date(Date.UTC(+parts[1], parts[2] - 1, +parts[3]));
    return day.getUTCMonth() === parts[2] - 1 && day.getUTCDate() === +parts[3];
  }
  function wrong(input) {
    var text = input.value.trim(), need = input.dataset;
    if (need.must && !text) { return hall.word("required"); }
    if (need.bytes && new TextEncoder().encode(text).length > +need.bytes) { return hall.word("long"); }
    if (need.form === "date" && text && !isDate(text)) { return hall.word("date"); }
    if (need.alike) {
      var first = entry.elements[need.alike];
      if (first && first.value.trim() !== text) { return hall.word("alike"); }
    }
    return "";
  }
  function say(input, text) {
    var id = "w-" + input.id, line = document.getElementById(id);
    if (!text) {
      if (line) { line.parentNode.removeChild(line); input.removeAttribute("aria-invalid"); input.removeAttribute("aria-describedby"); }
      return;
    }
    if (!line) {
      line = input.parentNode.appendChild(hall.make("p"));
      line.id = id;
      line.className = "error";
      input.setAttribute("aria-invalid", "true");
      input.setAttribute("aria-describedby", id);
    }
    line.textContent = text;
  }
  function judge(input) { if (input.id) { say(input, wrong(input)); } }
  entry.addEventListener("focusout", function (event) {
    judge(event.target);
    // The second entry is judged against the first whichever was left last.
    Array.prototype.forEach.call(entry.elements, function (other) {
      if (other.dataset.alike && other.dataset.alike === event.target.name && other.value) { judge(other); }
    });
  });
  // What is put right is right at once.
  entry.addEventListener("input", function (event) {
    if (document.getElementById("w-" + event.target.id)) { say(event.target, wrong(event.target)); }
  });
})();
