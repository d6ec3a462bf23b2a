// What the node says of the open page by itself: a line above it, and a button that is shut where it must be.
(function () {
  "use strict";
  var live = hall.live, source = null, away = null, again = null;
  hall.listen = function () {};
  if (!live || !window.EventSource) { return; }
  var about = live.dataset.task ? "task=" + live.dataset.task + "&as=" + live.dataset.as : "since=" + live.dataset.since;
  var path = "/console/events?" + about;

  function unblock(main) {
    var why = document.getElementById("blocked");
    if (why) { why.parentNode.removeChild(why); }
    main.disabled = false;
  }
  function block(main, told) {
    unblock(main);
    main.disabled = true;
    var why = hall.make("p", told.text + " ");
    why.id = "blocked";
    why.className = "error";
    if (told.may && document.getElementById("sheet")) {
      // Whoever keyed it before the news came must be able to say so.
      var label = hall.make("label"), box = document.createElement("input");
      box.type = "checkbox";
      box.addEventListener("change", function () { main.disabled = !box.checked; });
      label.appendChild(box);
      label.appendChild(document.createTextNode(" " + hall.word("did")));
      why.appendChild(label);
    }
    main.parentNode.appendChild(why);
  }
  function stand(told) {
    var main = hall.entry && hall.entry.querySelector("button.main");
    hall.banner("stand", told.text, told.text ? [hall.link(hall.word("open"), location.pathname)] : []);
    if (!main) { return; }
    if (told.blocks && told.text) { block(main, told); hall.keep(); } else { unblock(main); }
  }
  function queue(told) {
    hall.banner("queue", told.text, [hall.link(hall.word("open"), location.pathname)]);
    ["free", "overdue"].forEach(function (name) {
      var place = document.getElementById("count-" + name);
      if (place) { place.textContent = told[name]; }
    });
  }
  function here() {
    clearTimeout(away);
    away = null;
  }
  function close() {
    here();
    clearTimeout(again);
    if (source) { source.close(); source = null; }
  }
  function refused() {
    close();
    fetch(path, { method: "HEAD", headers: { "x-console": "1" } }).then(function (answer) {
      if (answer.status === 401) { hall.out("events", open); return; }
      again = setTimeout(open, answer.ok ? 500 : 15000);
    }, function () { hall.banner("lost", hall.word("lost")); again = setTimeout(open, 3000); });
  }
  function open() {
    close();
    if (document.hidden || hall.left) { return; }
    source = new EventSource(path);
    var on = function (name, does) {
      source.addEventListener(name, function (event) { does(JSON.parse(event.data)); });
    };
    on("who", function (told) { hall.who(told.person, told.csrf); });
    on("stand", stand);
    on("queue", queue);
    on("here", function (told) { hall.banner("here", told.text); });
    on("stops", function (told) { hall.banner("stops", told.text); });
    on("out", function () { close(); hall.out("events", open); });
    source.onopen = function () { here(); hall.banner("stops", ""); hall.banner("lost", ""); };
    source.onerror = function () {
      if (source && source.readyState === 2) { refused(); return; }
      // Streams end and begin again; only one that does not is lost. Each try that fails comes by here.
      if (!away) { away = setTimeout(function () { hall.banner("lost", hall.word("lost")); }, 4000); }
    };
  }
  hall.listen = open;
  // A browser has few connections: a page that nobody sees holds none.
  document.addEventListener("visibilitychange", function () { if (document.hidden) { close(); } else { open(); } });
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", function (event) { if (event.persisted) { open(); } });
  open();
})();
