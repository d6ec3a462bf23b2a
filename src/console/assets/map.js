// Brings the picture again every ten seconds. Without it the page shows what was so when it was opened.
(function () {
  "use strict";
  var map = document.getElementById("map");
  var stale = document.getElementById("stale");
  if (!map) { return; }
  function again() {
    fetch("/console/map?part=1", { redirect: "error" })
      .then(function (answer) { if (!answer.ok) { throw new Error(answer.status); } return answer.text(); })
      .then(function (text) { map.innerHTML = text; stale.hidden = true; })
      .catch(function () { stale.hidden = false; })
      .then(function () { setTimeout(again, 10000); });
  }
  setTimeout(again, 10000);
})();
