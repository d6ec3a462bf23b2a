// Saves keystrokes and drafts. Every action works without it. This piece is what the others share.
var hall = {};
(function () {
  "use strict";
  var words = document.getElementById("words");
  // A text in the page's language.
  hall.word = function (name) { return (words && words.dataset[name]) || document.body.dataset[name] || ""; };
  hall.live = document.getElementById("live");
  hall.entry = document.getElementById("entry");
  hall.kept = document.getElementById("kept");
  // Whoever logs in here is somebody else: nothing of what was typed may be kept or sent any more.
  hall.left = false;

  hall.make = function (tag, text) {
    var made = document.createElement(tag);
    made.textContent = text || "";
    return made;
  };
  hall.button = function (text, does) {
    var made = hall.make("button", text);
    made.type = "button";
    made.className = "plain small";
    made.addEventListener("click", does);
    return made;
  };

  // A line above the page, one of each kind; without a text it goes.
  hall.banner = function (kind, text, more) {
    var place = document.getElementById("banners");
    if (!place) { return; }
    var line = place.querySelector("[data-kind=" + kind + "]");
    if (!text) { if (line) { place.removeChild(line); } return; }
    if (line && line.dataset.text === text) { return; }
    if (!line) { line = place.appendChild(hall.make("p")); }
    line.className = "look";
    line.dataset.kind = kind;
    line.dataset.text = text;
    line.textContent = text + " ";
    (more || []).forEach(function (part) { line.appendChild(part); line.appendChild(document.createTextNode(" ")); });
  };
  hall.link = function (text, place) {
    var made = hall.make("a", text);
    made.href = place;
    return made;
  };
})();
